import type { EventType } from '../../domain/catalogue.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import type { StoredEvent } from '../ports/ports.ts';

/** What is told of the ledger while it happens, by type of event, and what it is called. */
export const happeningNames = {
  AllocationPublished: 'allocation-published',
  RebalanceSkipped: 'rebalance-skipped',
  RebalanceHeld: 'rebalance-held',
  RebalanceApproved: 'rebalance-approved',
  RebalanceRejected: 'rebalance-rejected',
  ReallocationScheduled: 'reallocation-scheduled',
  ReallocationRefused: 'reallocation-refused',
  PublicationHalted: 'publication-halted',
  PublicationResumed: 'publication-resumed',
  MetaPortfolioDefined: 'portfolio-defined',
  DefinitionProposed: 'definition-proposed',
  DefinitionApproved: 'definition-approved',
  DefinitionRejected: 'definition-rejected',
  ParityWaiverGranted: 'waiver-granted',
  ParityWaiverRevoked: 'waiver-revoked',
  SleeveRunAccepted: 'result-accepted',
  SleeveRunRejected: 'result-refused',
  MessagesRefused: 'results-refused',
  SleeveResultHeld: 'result-held',
  SleeveResultReleased: 'result-released',
  DeadLetterResolved: 'letter-resolved',
  DeadLetterErased: 'letter-erased',
  SleeveDefined: 'sleeve-defined',
  SleeveQuarantined: 'sleeve-quarantined',
  SleeveReinstated: 'sleeve-reinstated',
  SleeveOverdue: 'sleeve-overdue',
  MetaRunOpened: 'portfolio-run-recorded',
  BacktestCompleted: 'backtest-completed',
  BacktestFailed: 'backtest-failed',
  TournamentCompleted: 'tournament-completed',
  TournamentFailed: 'tournament-failed',
  ScanRecorded: 'scan-recorded',
  LedgerSealed: 'ledger-sealed',
  TokenCreated: 'token-created',
  TokenRevoked: 'token-revoked',
} as const satisfies Partial<Record<EventType, string>>;

export type HappeningType = keyof typeof happeningNames;
export type HappeningName = (typeof happeningNames)[HappeningType];

export const happeningTypes = Object.keys(happeningNames) as readonly HappeningType[];

/**
 * Members of an event that name what it is about. None of them holds what somebody wrote: reasons, texts of letters and messages stay where
 * they are.
 */
export const subjectMembers = [
  'meta',
  'sleeve',
  'runId',
  'asOf',
  'risk',
  'number',
  'definitionNumber',
  'proposal',
  'waiverId',
  'letterId',
  'heldId',
  'code',
  'count',
  'session',
  'dueAt',
  'scanner',
  'treeSize',
  'tokenId',
] as const;
export type SubjectMember = (typeof subjectMembers)[number];

export type Subjects = { readonly [Member in SubjectMember]?: string | number };

/** One event of the ledger, as those are told of it who watch. */
export interface Happening extends Subjects {
  readonly position: string;
  readonly name: HappeningName;
  readonly type: HappeningType;
  readonly stream: string;
  readonly recordedAt: string;
}

function subjectsOf(bytes: Uint8Array): Subjects {
  let data: Readonly<Record<string, unknown>>;
  try {
    data = decodeEnvelope(bytes).data;
  } catch {
    // Whoever reads the event itself is told what is wrong with it.
    return {};
  }
  const found: Partial<Record<SubjectMember, string | number>> = {};
  for (const member of subjectMembers) {
    const value = data[member];
    if (typeof value === 'string' || typeof value === 'number') found[member] = value;
  }
  return found;
}

function isTold(type: string): type is HappeningType {
  return Object.hasOwn(happeningNames, type);
}

/** What is told of an event; null for one that is not told. */
export function happeningOf({ position, type, stream, recordedAt, bytes }: StoredEvent): Happening | null {
  return isTold(type) ? { position, name: happeningNames[type], type, stream, recordedAt, ...subjectsOf(bytes) } : null;
}
