import type { LedgerFormat } from '../shared/ledger-events.ts';

const events = [
  'LedgerOpened',
  'LedgerSealed',
  'SigningKeyRotated',
  'SleeveRunOpened',
  'IntegrityPassed',
  'IntegrityFailed',
  'UniverseFormed',
  'SleeveProfileSolved',
  'SleeveProfileImported',
  'SleeveProfileAbsent',
  'SleeveProfileFailed',
  'SleeveRunCertified',
  'SleeveRunDegraded',
  'SleeveRunFoundIneligible',
  'SleeveRunAccepted',
  'SleeveQuarantined',
  'SleeveReinstated',
  'SleeveDefined',
  'SleeveRunRejected',
  'SleeveResultHeld',
  'SleeveResultReleased',
  'DeadLetterResolved',
  'SleeveOverdue',
  'ParityWaiverGranted',
  'ParityWaiverRevoked',
  'MetaPortfolioDefined',
  'ReallocationScheduled',
  'AllocationPublished',
  'RebalanceSkipped',
  'RebalanceHeld',
  'RebalanceApproved',
  'ReallocationRefused',
  'PublicationHalted',
  'PublicationResumed',
  'MetaRunOpened',
  'ParityAccepted',
  'ParityRejected',
  'ParityWaived',
  'SleeveReturnsJoined',
  'SleeveWeightsOptimised',
  'GuardrailsApplied',
  'PortfolioFlattened',
  'AcceptanceMeasured',
  'MetaProfileFailed',
  'MetaRunCompleted',
];

const documents = ['flattened-portfolio', 'imported-definition', 'meta-portfolio', 'resolved-profile', 'told-definition', 'walk-forward'];

const inVersionOne = (names: readonly string[]): Record<string, number> => Object.fromEntries(names.map((name) => [name, 1]));

/** What a ledger without a recorded format has: that of release 0.1.0, written out, because it never changes again. */
export const formatOf010: LedgerFormat = {
  streams: ['ledger', 'sleeve-', 'sleeveRun-', 'intake-', 'metaPortfolio-', 'metaRun-', 'backtest-', 'combination-', 'scan-', 'selection-'],
  events: inVersionOne(events),
  documents: inVersionOne(documents),
  identityVersion: 1,
};
