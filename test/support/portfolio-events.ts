/** Valid facts of a portfolio's and a sleeve's life, as short as their schemas allow. */
import { draftEvent, domainEvent, type DomainEvent, type EventData, type EventType } from '../../domain/catalogue.ts';
import { publicationDefaults, type PublicationPolicy } from '../../domain/manifest/publication-block.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { DeepReadonly } from '../../domain/shared/deep-readonly.ts';
import { decodeEnvelope, emptyTail, type StreamTail } from '../../domain/shared/envelope.ts';
import type { StoredEvent } from '../../handlers/ports/ports.ts';
import { backtestFacts, combinationFacts } from './backtest-facts.ts';
import { regimeFacts } from './regime-facts.ts';
import { selectionFacts } from './selection-facts.ts';
import { tournamentFacts } from './tournament-facts.ts';
import { tokenFacts } from './token-facts.ts';
import { sampleEvents } from './sample-events.ts';

export const sampleSealed = {
  keyId: '0b7f6c1e-5d3a-5f1b-9c2d-7a8e4f60d1b2',
  keyFile: '3e9d1c44-8a52-4b7f-a1c6-5f0e2d7b9c31',
  document: { kind: 'document', sha256: 'e'.repeat(64), bytes: 91, mediaType: 'application/octet-stream' },
} as const;
export const sampleDocument = { kind: 'document', sha256: 'd'.repeat(64), bytes: 2, mediaType: 'application/json' } as const;
export const policy: PublicationPolicy = publicationDefaults;
const hash = (letter: string): string => letter.repeat(64);

type Data<Type extends EventType> = EventData<Type>;

const decided = { definitionNumber: 1, risk: 'hrp', asOf: '2025-07-17', policy } as const;
const rebalance = { against: null, turnoverTwoSided: null, unknownBecause: 'nothing was published before', growth: [] };

export const portfolioFacts = {
  defined: (
    meta: string,
    sleeves: readonly string[],
    change: Partial<Data<'MetaPortfolioDefined'>> = {},
  ): Data<'MetaPortfolioDefined'> => ({
    meta,
    profile: meta,
    number: 1,
    definition: sampleDocument,
    definitionHash: hash('a'),
    sleeves: sleeves.map((sleeve) => ({ path: [sleeve], sleeve, pinnedRunId: null })),
    risk: 'hrp',
    policy,
    ...change,
  }),
  proposed: (meta: string, change: Partial<Data<'DefinitionProposed'>> = {}): Data<'DefinitionProposed'> => {
    const { number: _, ...definition } = portfolioFacts.defined(meta, ['etfs'], { policy: { ...policy, maker_checker: true } });
    return { ...definition, proposal: 1, proposer: 'ann', against: null, sleeveDefinitions: [], localUser: null, ...change };
  },
  scheduled: (meta: string, dueAt: string): Data<'ReallocationScheduled'> => ({
    meta,
    because: 'cool_down',
    countedFrom: '2026-01-02T03:04:05.000Z',
    waitSeconds: 60,
    dueAt,
  }),
  published: (meta: string, number: number, change: Partial<Data<'AllocationPublished'>> = {}): Data<'AllocationPublished'> => ({
    ...decided,
    meta,
    inputsHash: hash('b'),
    runId: `run-${meta}-${number}`,
    number,
    inputs: [{ path: ['etfs'], sleeve: 'etfs', runId: 'e1', asOf: '2025-07-17', correction: 0 }],
    sleeves: { etfs: 1 },
    weights: { 'NYSE:AAA': 0.5, 'NYSE:BBB': 0.5 },
    gross: 1,
    net: 1,
    portfolio: sampleDocument,
    rebalance,
    approval: null,
    ...change,
  }),
  skipped: (meta: string): Data<'RebalanceSkipped'> => ({
    ...decided,
    meta,
    inputsHash: hash('c'),
    runId: `run-${meta}-skipped`,
    rebalance: { against: 1, turnoverTwoSided: 0.01, unknownBecause: null, growth: [] },
    noTradeBandTwoSided: 0.02,
  }),
  held: (meta: string, runId: string): Data<'RebalanceHeld'> => ({
    ...decided,
    meta,
    inputsHash: hash('e'),
    runId,
    inputs: [{ path: ['etfs'], sleeve: 'etfs', runId: 'e1', asOf: '2025-07-17', correction: 0 }],
    rebalance,
    reasons: [{ kind: 'max_turnover', message: 'the turnover of 0.9000 is above 0.5000', value: 0.9, limit: 0.5 }],
    proposer: 'worker',
    localUser: { name: 'svc', uid: 1000 },
  }),
  rejected: (meta: string, runId: string): Data<'RebalanceRejected'> => ({
    meta,
    definitionNumber: 1,
    inputsHash: hash('e'),
    runId,
    risk: 'hrp',
    asOf: '2025-07-17',
    proposer: 'worker',
    who: 'ann',
    why: 'wrong prices',
    localUser: { name: 'svc', uid: 1000 },
  }),
  refused: (meta: string): Data<'ReallocationRefused'> => ({
    meta,
    definitionNumber: 1,
    inputsHash: hash('f'),
    runId: null,
    code: 'OverlapTooShort',
    reason: '12 common dates',
    evidence: {},
  }),
};

const source = { topic: 'sleeve-results.v1', partition: 0, offset: '7', key: 'etfs', headers: {} };
const letterId = 'c56a4180-65aa-42ec-a945-5fd21dec0538';
const heldId = '5c6e9a57-8d5b-5c6e-9a57-3d1f2b7c4e90';

export const sleeveFacts = {
  defined: (sleeve: string, change: Partial<Data<'SleeveDefined'>> = {}): Data<'SleeveDefined'> => ({
    sleeve,
    profile: sleeve,
    number: 1,
    expectedBy: { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' },
    grossMax: null,
    ...change,
  }),
  accepted: (sleeve: string, runId: string, asOf: string, correction = 0): Data<'SleeveRunAccepted'> => ({
    runId,
    sleeve,
    profile: sleeve,
    asOf,
    correction,
    payloadHash: hash('a'),
    eligibility: 'CERTIFIED',
    risks: ['hrp'],
  }),
  overdue: (sleeve: string, session: string): Data<'SleeveOverdue'> => ({
    sleeve,
    session,
    expectedBy: `${session}T22:30:00.000Z`,
    latestAsOf: null,
  }),
  rejected: (sleeve: string | null): Data<'SleeveRunRejected'> => ({
    letterId,
    sleeve,
    code: 'MessageInvalid',
    reason: null,
    path: null,
    source,
    payload: { bytes: 3, sha256: null, document: null, whole: true, sealed: sampleSealed },
  }),
  resolved: (sleeve: string | null): Data<'DeadLetterResolved'> => ({
    letterId,
    sleeve,
    how: 'discarded',
    runId: null,
    who: 'ann',
    why: 'a test',
  }),
  held: (sleeve: string): Data<'SleeveResultHeld'> => ({ heldId, sleeve, behind: letterId, source, payload: null, sealed: sampleSealed }),
  refusedTogether: (sleeve: string | null): Data<'MessagesRefused'> => ({
    letterId,
    sleeve,
    count: 2,
    reasons: [{ code: 'MessageInvalid', count: 2 }],
    first: { topic: source.topic, partition: 0, offset: '7' },
    last: { topic: source.topic, partition: 0, offset: '8' },
    payload: { bytes: 6, whole: true, sealed: sampleSealed },
  }),
  erased: (sleeve: string | null): Data<'DeadLetterErased'> => ({ letterId, sleeve, who: 'ann', why: 'a name in it' }),
  released: (sleeve: string): Data<'SleeveResultReleased'> => ({ heldId, sleeve, runId: 'r9', letterId: null }),
};

/** Facts in a row, in the streams where they belong, as a store gives them back. */
export class FactHistory {
  readonly stored: StoredEvent[] = [];
  readonly #tails = new Map<string, StreamTail>();

  add<Type extends EventType>(stream: string, type: Type, data: DeepReadonly<EventData<Type>>, now = '2026-01-02T03:04:05.678Z'): this {
    const { schemaVersion, data: drafted } = draftEvent(type, data);
    const tail = this.#tails.get(stream) ?? emptyTail;
    const [event] = sampleEvents({ stream, count: 1, tail, type, schemaVersion, data: () => drafted as JsonObject, now });
    const revision = tail.revision + 1;
    this.#tails.set(stream, { revision, hash: event!.hash, recordedAt: event!.recordedAt });
    this.stored.push({ ...event!, stream, revision: BigInt(revision), position: String(this.stored.length + 1) });
    return this;
  }

  portfolio<Type extends EventType>(type: Type, data: DeepReadonly<EventData<Type>> & { readonly meta: string }, now?: string): this {
    return this.add(`metaPortfolio-${data.meta}`, type, data, now);
  }

  sleeve<Type extends EventType>(type: Type, data: DeepReadonly<EventData<Type>> & { readonly sleeve: string | null }, now?: string): this {
    return this.add(data.sleeve === null ? 'intake-sleeve-results_v1' : `sleeve-${data.sleeve}`, type, data, now);
  }

  get events(): DomainEvent[] {
    return this.stored.map((stored) => domainEvent(decodeEnvelope(stored.bytes), stored.position));
  }
}

/** Every kind of fact that the read models of portfolios and sleeves know, and those of backtests, combinations, tournaments, tokens. */
export function everyFact(): FactHistory {
  const halt = { meta: 'desk', number: 1, who: 'ann', why: 'outage' };
  const { defined, proposed, scheduled, published, skipped, held, rejected, refused } = portfolioFacts;
  return new FactHistory()
    .sleeve('SleeveDefined', sleeveFacts.defined('bonds'))
    .sleeve('SleeveDefined', sleeveFacts.defined('gold'))
    .portfolio('PublicationHalted', halt)
    .portfolio('MetaPortfolioDefined', defined('desk', ['bonds', 'gold']))
    .sleeve('SleeveOverdue', sleeveFacts.overdue('bonds', '2025-07-16'))
    .sleeve('SleeveOverdue', sleeveFacts.overdue('bonds', '2025-07-17'))
    .sleeve('SleeveRunAccepted', sleeveFacts.accepted('bonds', 'b1', '2025-07-16'))
    .portfolio('PublicationResumed', halt)
    .portfolio('ReallocationScheduled', scheduled('desk', '2026-01-02T04:00:00.000Z'))
    .portfolio('AllocationPublished', published('desk', 1))
    .sleeve('SleeveRunRejected', sleeveFacts.rejected('gold'))
    .sleeve('SleeveResultHeld', sleeveFacts.held('gold'))
    .portfolio('RebalanceSkipped', skipped('desk'))
    .portfolio('MetaPortfolioDefined', defined('desk', ['gold'], { number: 2 }))
    .sleeve('SleeveRunRejected', sleeveFacts.rejected(null))
    .portfolio('RebalanceHeld', held('desk', 'h1'))
    .sleeve('DeadLetterResolved', sleeveFacts.resolved('gold'))
    .sleeve('SleeveResultReleased', sleeveFacts.released('gold'))
    .portfolio('ReallocationRefused', refused('desk'))
    .portfolio('RebalanceHeld', held('desk', 'h3'))
    .portfolio('RebalanceRejected', rejected('desk', 'h3'))
    .portfolio('RebalanceHeld', held('desk', 'h2'))
    .portfolio('RebalanceApproved', { meta: 'desk', runId: 'h2', proposer: 'worker', approver: 'ann', why: 'seen', localUser: null })
    .portfolio('AllocationPublished', published('desk', 2, { approval: { proposer: 'worker', approver: 'ann', why: 'seen' } }))
    .add('backtest-t1', 'BacktestStarted', backtestFacts.started('t1', {}, ['b1', null, 'b1']))
    .add('backtest-t1', 'WindowAllocated', backtestFacts.allocated())
    .add('combination-c1', 'PositionsCombined', combinationFacts.combined('c1', { asOf: '2025-07-17' }))
    .add('backtest-t1', 'BacktestCompleted', backtestFacts.completed('t1', ['hrp'], [['barbell', 'too few']]))
    .add('backtest-t2', 'BacktestStarted', backtestFacts.started('t2', { asOf: '2024-01-09' }))
    .add('backtest-t2', 'BacktestFailed', backtestFacts.failed('t2', [['hrp', 'no rows']]))
    .add('combination-c2', 'CombinationRefused', combinationFacts.refused('c2'))
    .add('tournament-m1', 'TournamentStarted', tournamentFacts.started('m1', { sourceRunId: 'b1' }))
    .add('tournament-m1', 'TournamentCompleted', tournamentFacts.completed('m1'))
    .add('tournament-m2', 'TournamentStarted', tournamentFacts.started('m2'))
    .add('tournament-m2', 'TournamentFailed', tournamentFacts.failed('m2'))
    .add('sleeveRun-b1', 'RegimesDetected', regimeFacts.detected())
    .add('sleeveRun-p1', 'SleeveRunOpened', selectionFacts.opened('p1'))
    .add('sleeveRun-p1', 'AssetsSelected', selectionFacts.selected('window', 0))
    .add('sleeveRun-p1', 'SelectionAborted', selectionFacts.aborted('window', 1))
    .add('sleeveRun-p1', 'AssetsSelected', selectionFacts.selected('live'))
    .portfolio('DefinitionProposed', proposed('desk', { against: 2 }))
    .portfolio('DefinitionRejected', { meta: 'desk', proposal: 1, proposer: 'ann', who: 'cio', why: 'no', localUser: null })
    .portfolio('DefinitionProposed', proposed('desk', { against: 2, proposal: 2 }))
    .portfolio('DefinitionApproved', { meta: 'desk', proposal: 2, proposer: 'ann', approver: 'cio', why: 'seen', localUser: null })
    .sleeve('MessagesRefused', sleeveFacts.refusedTogether('bonds'))
    .sleeve('DeadLetterErased', sleeveFacts.erased('gold'))
    .add('token-0123456789abcdef', 'TokenCreated', tokenFacts.created('olga'))
    .add('token-fedcba9876543210', 'TokenCreated', tokenFacts.created('desk', { digits: 'fedcba9876543210', roles: ['sender'] }))
    .add('token-0123456789abcdef', 'TokenRevoked', { tokenId: '0123456789abcdef', why: 'she left' });
}
