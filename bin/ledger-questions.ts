import type { Manifest } from '../domain/manifest/schema.ts';
import { kindOfStream, runEvents, type RunStreamKind } from '../handlers/runs/load-sleeve-run.ts';
import type { Opening } from '../handlers/runtime/opening.ts';
import type { GivenCheckpoint } from '../handlers/ledger/verify-witness.ts';
import { type AllocationQuery, currentAllocation } from '../handlers/queries/allocations.ts';
import { auditRecordedRun } from '../handlers/queries/audit-integrity.ts';
import { artifactOf } from '../handlers/queries/artifact.ts';
import { backtestRobustness, robustnessDefaults, type RobustnessQuery } from '../handlers/queries/backtest-robustness.ts';
import { counterfactual, type CounterfactualQuery } from '../handlers/queries/counterfactual.ts';
import { counterfactualBacktest, type CounterfactualBacktestQuery } from '../handlers/queries/counterfactual-backtest.ts';
import { type DeadLetterQuestion, lettersPerPage, listDeadLetters } from '../handlers/queries/dead-letters.ts';
import { type DiffQuery, diffRuns } from '../handlers/comparison/diff-runs.ts';
import { runsSince } from '../handlers/comparison/runs-since.ts';
import { eventOf, type EventsQuestion, readEvents } from '../handlers/queries/events.ts';
import { explainWeight } from '../handlers/queries/explain-weight.ts';
import { type ParityQuestion, portfolioParity } from '../handlers/queries/parity.ts';
import { proveEvent } from '../handlers/queries/prove-event.ts';
import { listPublications, type PublicationsQuestion } from '../handlers/queries/publications.ts';
import { type ReplayBundle, replayBundle } from '../handlers/queries/replay-bundle.ts';
import { replayRuns } from '../handlers/queries/replay-runs.ts';
import { type AnyRun, namedRunId, runIdNow, type RunReference, type RunTime } from '../handlers/runs/named-run.ts';
import { listRuns, type RunsQuestion } from '../handlers/queries/runs.ts';
import { ledgerStatus, type StatusQuery } from '../handlers/queries/status.ts';
import { listTokens } from '../handlers/queries/tokens.ts';
import { runTimeline } from '../handlers/queries/timeline.ts';
import { publicationTrades, type TradesQuery } from '../handlers/queries/trades.ts';
import { verifyAudit, type VerifyAudit } from '../handlers/queries/verify-audit.ts';
import { cacheStatistics } from '../handlers/queries/cache-statistics.ts';
import { type VerifyCache, verifyCache } from '../handlers/queries/verify-cache.ts';
import { verifyBacktests } from '../handlers/queries/verify-backtests.ts';
import { verifyStore } from '../handlers/queries/verify-store.ts';
import type { Session } from '../handlers/runtime/session.ts';
import { recordQuestionsOf } from './record-questions.ts';
import { selectionQuestionsOf } from './selection-questions.ts';

type Allocation = Pick<AllocationQuery, 'meta' | 'risk'> & Partial<AllocationQuery>;

const now = { asOf: null, knownAt: null } as const;

interface WithMeta {
  /** Whose run a word such as `latest` means. */
  readonly meta?: string | null;
}

interface ReplaySelection extends Partial<RunTime>, Partial<Omit<RunReference, 'runId'>> {
  readonly runId?: string | null;
}

/** `letterKeysElsewhere`: your word that files of letter keys which are not beside the store are kept elsewhere. */
function verifying(context: Opening) {
  return async (
    checkpoint: GivenCheckpoint | null = null,
    verifierKey: string | null = null,
    { letterKeysElsewhere = false }: { readonly letterKeysElsewhere?: boolean } = {},
  ) => {
    const brought = { checkpoint, verifierKey: verifierKey ?? checkpoint?.verifierKey ?? null };
    return (await verifyStore(context, { ...brought, letterKeysElsewhere })).verified;
  };
}

/** What an open ledger can be asked: the same questions as on the command line. Market and ledger time are now where they are left out. */
export function questionsOf({ ports }: Session, context: Opening) {
  return {
    weights: (query: Allocation) => currentAllocation(ports, { ...now, ...query }),
    explain: (symbol: string, query: Allocation) => explainWeight(ports, { ...now, ...query }, symbol),
    trades: (query: Omit<TradesQuery, 'knownAt'> & Partial<TradesQuery>) => publicationTrades(ports, { knownAt: null, ...query }),
    publications: (question: Pick<PublicationsQuestion, 'meta'> & Partial<PublicationsQuestion>) =>
      listPublications(ports, { ...now, ...question }),
    status: (query: Partial<StatusQuery> = {}) => ledgerStatus(ports, { meta: null, knownAt: null, ...query }),
    runs: (question: Partial<RunsQuestion> = {}) => listRuns(ports, { name: null, kind: null, ...now, ...question }),
    timeline: (run: AnyRun, time: Partial<RunTime> = {}) =>
      runTimeline(ports, { ...now, ...time, ...(typeof run === 'string' ? { runId: run } : run) }),
    /** The facts of a run, read for folding. */
    runEvents: async (stream: RunStreamKind, run: AnyRun) => runEvents(ports, stream, await runIdNow(ports, run, kindOfStream(stream))),
    replay: async (selection: ReplaySelection = {}, signal: AbortSignal = new AbortController().signal) => {
      const { runId = null, meta, sleeve, book, kind, ...time } = selection;
      const named = runId === null ? null : await namedRunId(ports, { runId, meta, sleeve, book, kind }, { ...now, ...time });
      return replayRuns(ports, { ...now, ...time, runId: named }, signal);
    },
    /** Recomputes what `bundle` wrote from the archive alone. */
    replayBundle: (command: Pick<ReplayBundle, 'file'> & Partial<ReplayBundle>, signal: AbortSignal = new AbortController().signal) =>
      replayBundle(context.tools, { verifierKey: null, runId: null, asOf: null, ...command }, signal),
    /** What a recorded backtest would have given under other settings. */
    counterfactualBacktest: (query: Pick<CounterfactualBacktestQuery, 'runId'> & Partial<CounterfactualBacktestQuery>) =>
      counterfactualBacktest(ports, { overrides: {}, risks: null, join: null, projection: null, dropSleeves: [], ...query }),
    /** How much of a recorded backtest is luck; nothing is recorded. */
    backtestRobustness: (query: Pick<RobustnessQuery, 'runId'> & Partial<RobustnessQuery>, signal: AbortSignal | null = null) =>
      backtestRobustness(ports, { checks: null, risks: null, ...robustnessDefaults, ...query }, signal),
    /** Looks for look-ahead in one backtest, or in all. */
    verifyBacktests: async ({
      runId = null,
      meta = null,
      ...time
    }: Partial<RunTime> & WithMeta & { readonly runId?: string | null } = {}) => {
      const named = runId === null ? null : await namedRunId(ports, { runId, meta }, { ...now, ...time }, 'backtest');
      return verifyBacktests(ports, { ...now, ...time, runId: named });
    },
    counterfactual: async ({ meta = null, ...query }: Pick<CounterfactualQuery, 'runId'> & Partial<CounterfactualQuery> & WithMeta) => {
      const runId = await namedRunId(ports, { runId: query.runId, meta }, { ...now, ...query }, 'meta');
      return counterfactual(ports, { ...now, overrides: {}, risks: null, join: null, projection: null, dropSleeves: [], ...query, runId });
    },
    diff: async (before: AnyRun, after: AnyRun, query: Partial<DiffQuery> = {}) =>
      diffRuns(ports, {
        ...now,
        risks: null,
        ...query,
        before: await runIdNow(ports, before, 'meta'),
        after: await runIdNow(ports, after, 'meta'),
      }),
    /** What stood on a date of the market against what stands now. */
    diffSince: async (since: string, { meta = null, ...query }: Partial<DiffQuery> & WithMeta = {}) => {
      const { before, after, by } = await runsSince(ports, { ...now, ...query, since, meta });
      return { ...(await diffRuns(ports, { ...now, risks: null, ...query, before, after })), by };
    },
    ...recordQuestionsOf(ports),
    ...selectionQuestionsOf(ports),
    parity: (manifest: Manifest, question: Pick<ParityQuestion, 'meta'> & Partial<ParityQuestion>) =>
      portfolioParity(ports, manifest, { ...now, ...question }),
    deadLetters: (question: Partial<DeadLetterQuestion> = {}) =>
      listDeadLetters(ports, { sleeve: null, resolved: false, knownAt: null, after: null, maxCount: lettersPerPage, ...question }),
    /** Tokens of the HTTP API: whose, for what, until when, and in which hour they were last used. */
    tokens: ({ knownAt = null }: { readonly knownAt?: string | null } = {}) => listTokens(ports, knownAt),
    /** A page of events as they are stored. */
    events: (question: Partial<EventsQuestion> = {}) =>
      readEvents(ports, { stream: null, types: null, after: null, maxCount: 100, knownAt: null, ...question }),
    /** One event by its id, its position, or `stream@revision`. */
    event: (wanted: string) => eventOf(ports, wanted),
    /** What is kept of earlier computations. */
    cacheStatistics: () => cacheStatistics(ports),
    /** Computes some of it again and compares, every number to its bits. */
    verifyCache: (question: Pick<VerifyCache, 'seed'> & Partial<VerifyCache>) => verifyCache(ports, { sample: 10, ...question }),
    artifact: (sha256: string) => artifactOf(ports, sha256),
    prove: (event: string) => proveEvent(ports, event),
    verify: verifying(context),
    /** What a recorded run read, judged again; `auditPriceFiles` judges price files without a ledger. */
    auditIntegrity: (runId: string) => auditRecordedRun(ports, runId),
    verifyAudit: (command: Pick<VerifyAudit, 'file'> & Partial<VerifyAudit>) =>
      verifyAudit(context, { checkpointFile: null, verifierKey: null, complete: false, ...command }),
  };
}
