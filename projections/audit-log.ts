import type { AuditStep } from '../domain/audit/entry.ts';
import { type EventType, isKnownType } from '../domain/catalogue.ts';
import { artifactReferencesByPath } from '../domain/shared/artifact-reference.ts';
import type { Json, JsonObject } from '../domain/shared/canonical-json.ts';
import { claimedText, localUserIn } from '../domain/people/local-user.ts';
import type { Envelope } from '../domain/shared/envelope.ts';

/** Name of the step of each event type, in the documents' own words where they have one; `*` stands for the risk profile. */
const steps: Readonly<Record<EventType, string>> = {
  LedgerOpened: 'ledger_open',
  LedgerSealed: 'ledger_seal',
  SigningKeyRotated: 'ledger_key_rotate',
  WitnessNamed: 'ledger_witness_name',
  LedgerFormatRaised: 'ledger_format_raise',
  ClockJumpAccepted: 'ledger_clock_jump_accept',
  SleeveRunOpened: 'sleeve_open',
  IntegrityPassed: 'data_integrity',
  IntegrityFailed: 'data_integrity',
  MovesAccepted: 'data_accept_moves',
  UniverseFormed: 'data_prep',
  AssetsSelected: 'natural_selection',
  SelectionAborted: 'natural_selection',
  RegimesDetected: 'regime_detect',
  SleeveProfileSolved: 'optimize_*',
  SleeveProfileImported: 'import_*',
  SleeveProfileAbsent: 'optimize_*',
  SleeveProfileFailed: 'optimize_*',
  SleeveRunCertified: 'sleeve_eligibility',
  SleeveRunDegraded: 'sleeve_eligibility',
  SleeveRunFoundIneligible: 'sleeve_eligibility',
  SleeveRunAccepted: 'sleeve_accept',
  SleeveQuarantined: 'sleeve_quarantine',
  SleeveReinstated: 'sleeve_reinstate',
  SleeveDefined: 'sleeve_define',
  SleeveRunRejected: 'sleeve_reject',
  MessagesRefused: 'messages_refuse',
  SleeveResultHeld: 'sleeve_hold',
  SleeveResultReleased: 'sleeve_release',
  DeadLetterResolved: 'dead_letter_resolve',
  DeadLetterErased: 'dead_letter_erase',
  SleeveOverdue: 'sleeve_overdue',
  TokenCreated: 'token_create',
  TokenRevoked: 'token_revoke',
  ParityWaiverGranted: 'parity_waive',
  ParityWaiverRevoked: 'parity_revoke',
  MetaPortfolioDefined: 'meta_define',
  DefinitionProposed: 'meta_propose',
  DefinitionApproved: 'meta_approve_definition',
  DefinitionRejected: 'meta_reject_definition',
  ReallocationScheduled: 'meta_schedule',
  AllocationPublished: 'meta_publish_*',
  RebalanceSkipped: 'meta_skip_*',
  RebalanceHeld: 'meta_hold_*',
  RebalanceApproved: 'meta_approve',
  RebalanceRejected: 'meta_reject_*',
  ReallocationRefused: 'meta_refuse',
  PublicationHalted: 'publication_halt',
  PublicationResumed: 'publication_resume',
  MetaRunOpened: 'meta_open',
  ParityAccepted: 'meta_parity',
  ParityRejected: 'meta_parity',
  ParityWaived: 'meta_parity',
  SleeveReturnsJoined: 'meta_join_*',
  SleeveWeightsOptimised: 'meta_optimize_*',
  GuardrailsApplied: 'meta_guardrails_*',
  PortfolioFlattened: 'meta_flatten_*',
  AcceptanceMeasured: 'meta_acceptance_*',
  MetaProfileFailed: 'meta_optimize_*',
  MetaRunCompleted: 'meta_complete',
  BacktestStarted: 'backtest_simulate',
  SleeveSelected: 'natural_selection',
  WindowAllocated: 'backtest_optimize',
  BacktestCompleted: 'backtest_summary',
  BacktestFailed: 'backtest_summary',
  CacheUsed: 'backtest_cache',
  TournamentStarted: 'tournament_simulate',
  EntrantsSelected: 'natural_selection',
  TournamentCompleted: 'tournament_summary',
  TournamentFailed: 'tournament_summary',
  PositionsCombined: 'positions_combine',
  CombinationRefused: 'positions_combine',
  ScanRecorded: 'discovery_scan',
  ScanAudited: 'discovery_audit',
};

const errorTypes = new Set([
  'IntegrityFailed',
  'SleeveProfileFailed',
  'SleeveRunFoundIneligible',
  'ParityRejected',
  'MetaProfileFailed',
  'BacktestFailed',
  'TournamentFailed',
  'SleeveRunRejected',
  'MessagesRefused',
  'ReallocationRefused',
  'SleeveOverdue',
  'CombinationRefused',
]);
const skippedTypes = new Set(['SleeveProfileAbsent', 'RebalanceSkipped']);
const openingTypes = new Set(['SleeveRunOpened', 'MetaRunOpened', 'BacktestStarted', 'TournamentStarted']);

/** Types that tell of one computation whole, what it read and what came of it. */
const combinationTypes = new Set(['PositionsCombined', 'CombinationRefused']);
const paramsOfCombination = ['name', 'asOf', 'constraints', 'method', 'correlationAware'] as const;
const paramsOfOthers = ['risk', 'meta', 'sleeve', 'profile', 'asOf', 'projection', 'policy'] as const;

const isObject = (value: Json | undefined): value is JsonObject => value !== null && typeof value === 'object' && !Array.isArray(value);

function paramsOf(type: string, data: JsonObject): JsonObject {
  if (isObject(data['params'])) return data['params'];
  const named = combinationTypes.has(type) ? paramsOfCombination : paramsOfOthers;
  return Object.fromEntries(named.filter((name) => data[name] !== undefined).map((name) => [name, data[name]!]));
}

/** Types whose steps say what a backtest step was taken under. */
const backtestTypes = new Set(['BacktestStarted', 'WindowAllocated', 'BacktestCompleted', 'BacktestFailed']);
const settingsOfBacktest = [
  'selection_mode',
  'rebalance_mode',
  'train_window',
  'test_window',
  'step_size',
  'engine',
  'simulator',
  'universe_source',
] as const;
const windowOfBacktest = { window_index: 'index', train_start: 'trainFirst', test_start: 'first', test_end: 'last' } as const;

const textsIn = (items: readonly (Json | undefined)[]): string[] => items.filter((item) => typeof item === 'string');

/** The risk profiles that a step of a backtest is about: its own, those asked for, or those that it tells of. */
function profilesOf(data: JsonObject): Json {
  const { risk, options } = data;
  if (typeof risk === 'string') return risk;
  const asked = isObject(options) ? options['risks'] : undefined;
  if (Array.isArray(asked)) return textsIn(asked);
  const told = [data['tested'], data['failed']].flatMap((list) => (Array.isArray(list) ? list : []));
  return textsIn(told.map((one) => (isObject(one) ? one['risk'] : undefined)));
}

/** Null stands where a step has no such thing: only a decision has a window. */
function backtestContext(data: JsonObject): JsonObject {
  const params = isObject(data['params']) ? data['params'] : {};
  return {
    profile: profilesOf(data),
    ...Object.fromEntries(settingsOfBacktest.map((name) => [name, params[name] ?? null])),
    ...Object.fromEntries(Object.entries(windowOfBacktest).map(([name, member]) => [name, data[member] ?? null])),
  };
}

/** The name of a step; both backtests and tournaments take walk-forwards from the cache. A newer build may know more types. */
function stepOf({ type, stream }: Envelope, risk: string): string {
  if (type === 'CacheUsed' && stream.startsWith('tournament-')) return 'tournament_cache';
  return isKnownType(type) ? steps[type].replace('*', () => risk) : type;
}

/** The readable part of a line of `audit.jsonl`: derived from the event alone, so that a verifier can derive it again. */
export function auditStep(envelope: Envelope): AuditStep {
  const { type, data, stream } = envelope;
  const risk = typeof data['risk'] === 'string' ? data['risk'] : '';
  const hashes = artifactReferencesByPath(data);
  const isRead = (at: string): boolean => openingTypes.has(type) || (combinationTypes.has(type) && at === 'inputs');
  const path = data['path'];
  const localUser = localUserIn(data);
  return {
    step: stepOf(envelope, risk),
    params: paramsOf(type, data),
    status: errorTypes.has(type) ? 'error' : skippedTypes.has(type) ? 'skipped' : 'success',
    context: {
      run: stream.slice(stream.indexOf('-') + 1),
      portfolio: Array.isArray(path) ? path.join('/') : '',
      ...(localUser === undefined ? {} : { by: claimedText(envelope.actor, localUser) }),
      ...(backtestTypes.has(type) ? backtestContext(data) : {}),
    },
    input_hashes: Object.fromEntries(Object.entries(hashes).filter(([at]) => isRead(at))),
    output_hashes: Object.fromEntries(Object.entries(hashes).filter(([at]) => !isRead(at))),
  };
}
