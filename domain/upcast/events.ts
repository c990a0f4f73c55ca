import { integrityVerdictV1 } from './integrity-verdict-v1.ts';
import { localUserUnrecordedV1 } from './local-user-unrecorded-v1.ts';
import { metaRunOpenedV1 } from './meta-run-opened-v1.ts';
import { parityDecidedV1 } from './parity-decided-v1.ts';
import { sleeveDefinedV1 } from './sleeve-defined-v1.ts';
import { sleeveResultHeldV1 } from './sleeve-result-held-v1.ts';
import { sleeveReturnsJoinedV1 } from './sleeve-returns-joined-v1.ts';
import { sleeveRunOpenedV1 } from './sleeve-run-opened-v1.ts';
import { sleeveRunRejectedV1 } from './sleeve-run-rejected-v1.ts';
import { universeFormedV1 } from './universe-formed-v1.ts';
import type { Upcaster } from './upcaster.ts';

/** Upcasters by event type. The events of the ledger itself never have one: verification looks at the stored version. */
export const eventUpcasters: Readonly<Record<string, readonly Upcaster[]>> = {
  IntegrityFailed: [integrityVerdictV1],
  IntegrityPassed: [integrityVerdictV1],
  MetaRunOpened: [metaRunOpenedV1],
  ParityAccepted: [parityDecidedV1],
  ParityRejected: [parityDecidedV1],
  ParityWaived: [parityDecidedV1],
  RebalanceApproved: [localUserUnrecordedV1],
  RebalanceHeld: [localUserUnrecordedV1],
  RebalanceRejected: [localUserUnrecordedV1],
  SleeveDefined: [sleeveDefinedV1],
  SleeveResultHeld: [sleeveResultHeldV1],
  SleeveReturnsJoined: [sleeveReturnsJoinedV1],
  SleeveRunOpened: [sleeveRunOpenedV1],
  SleeveRunRejected: [sleeveRunRejectedV1],
  UniverseFormed: [universeFormedV1],
};
