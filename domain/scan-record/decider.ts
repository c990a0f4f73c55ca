import type { Decider } from '../shared/decider.ts';
import { unreachable } from '../shared/errors.ts';
import { GrowingMap } from '../shared/growing-map.ts';
import type { ScanCommand } from './commands.ts';
import { draftScan, type ScanDraft, type ScanEvent } from './slice.ts';

/** What is kept of a recorded scan: what tells it from others. The rest is in its event. */
export interface KnownScan {
  readonly number: number;
  readonly asOf: string;
}

export interface ScanState {
  /** By snapshot, in ledger order. */
  readonly scans: GrowingMap<KnownScan>;
  /** Number of each kept audit, by its id. */
  readonly audits: GrowingMap<number>;
}

function evolve(state: ScanState, event: ScanEvent): ScanState {
  switch (event.type) {
    case 'ScanRecorded': {
      const { snapshot, number, asOf } = event.data;
      return { ...state, scans: state.scans.with(snapshot, { number, asOf }) };
    }
    case 'ScanAudited':
      return { ...state, audits: state.audits.with(event.data.auditId, event.data.number) };
    default:
      return unreachable(event);
  }
}

/** A scan or an audit of the same inputs is known again, whatever followed. */
function decide(command: ScanCommand, { scans, audits }: ScanState): readonly ScanDraft[] {
  switch (command.kind) {
    case 'RecordScan':
      return scans.has(command.scan.snapshot) ? [] : [draftScan('ScanRecorded', { ...command.scan, number: scans.size + 1 })];
    case 'KeepAudit':
      return audits.has(command.audit.auditId) ? [] : [draftScan('ScanAudited', { ...command.audit, number: audits.size + 1 })];
    default:
      return unreachable(command);
  }
}

export const scanDecider: Decider<ScanCommand, ScanState, ScanEvent, ScanDraft> = {
  initialState: { scans: GrowingMap.empty(), audits: GrowingMap.empty() },
  evolve,
  decide,
};

/** The scan that counts as of a date: the latest as-of date, then the later in the ledger. Null where there is none. */
export function newestScan({ scans }: ScanState, asOfMax: string | null): KnownScan | null {
  let newest: KnownScan | null = null;
  for (const scan of scans) if ((asOfMax === null || scan.asOf <= asOfMax) && (newest === null || scan.asOf >= newest.asOf)) newest = scan;
  return newest;
}
