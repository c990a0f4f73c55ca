import type { Manifest } from '../domain/manifest/schema.ts';
import { runEvents } from '../handlers/runs/load-sleeve-run.ts';
import type { Opening } from '../handlers/runtime/opening.ts';
import type { GivenCheckpoint } from '../handlers/ledger/verify-witness.ts';
import { type AllocationQuery, currentAllocation } from '../handlers/queries/allocations.ts';
import { auditRecordedRun } from '../handlers/queries/audit-integrity.ts';
import { artifactOf } from '../handlers/queries/artifact.ts';
import { counterfactual, type CounterfactualQuery } from '../handlers/queries/counterfactual.ts';
import { type DeadLetterQuestion, listDeadLetters } from '../handlers/queries/dead-letters.ts';
import { type DiffQuery, diffRuns } from '../handlers/comparison/diff-runs.ts';
import { eventOf, type EventsQuestion, readEvents } from '../handlers/queries/events.ts';
import { explainWeight } from '../handlers/queries/explain-weight.ts';
import { type ParityQuestion, portfolioParity } from '../handlers/queries/parity.ts';
import { proveEvent } from '../handlers/queries/prove-event.ts';
import { listPublications, type PublicationsQuestion } from '../handlers/queries/publications.ts';
import { replayRuns } from '../handlers/queries/replay-runs.ts';
import type { RunQuestion } from '../handlers/runs/run-of.ts';
import { listRuns, type RunsQuestion } from '../handlers/queries/runs.ts';
import { ledgerStatus, type StatusQuery } from '../handlers/queries/status.ts';
import { runTimeline } from '../handlers/queries/timeline.ts';
import { publicationTrades, type TradesQuery } from '../handlers/queries/trades.ts';
import { verifyAudit, type VerifyAudit } from '../handlers/queries/verify-audit.ts';
import { verifyStore } from '../handlers/queries/verify-store.ts';
import type { Session } from '../handlers/runtime/session.ts';

type Allocation = Pick<AllocationQuery, 'meta' | 'risk'> & Partial<AllocationQuery>;

const now = { asOf: null, knownAt: null } as const;

/** What an open ledger can be asked: the same questions as on the command line. Market and ledger time are now where they are left out. */
export function questionsOf({ ports }: Session, context: Opening) {
  return {
    weights: (query: Allocation) => currentAllocation(ports, { ...now, ...query }),
    explain: (symbol: string, query: Allocation) => explainWeight(ports, { ...now, ...query }, symbol),
    trades: (query: Omit<TradesQuery, 'knownAt'> & Partial<TradesQuery>) => publicationTrades(ports, { knownAt: null, ...query }),
    publications: (question: Pick<PublicationsQuestion, 'meta'> & Partial<PublicationsQuestion>) =>
      listPublications(ports, { ...now, ...question }),
    status: (query: Partial<StatusQuery> = {}) => ledgerStatus(ports, { meta: null, knownAt: null, ...query }),
    runs: (question: Partial<RunsQuestion> = {}) => listRuns(ports, { name: null, ...now, ...question }),
    timeline: (runId: string, time: Partial<RunQuestion> = {}) => runTimeline(ports, { ...now, ...time, runId }),
    /** The facts of a run, read for folding. */
    runEvents: (kind: 'sleeveRun' | 'metaRun', runId: string) => runEvents(ports, kind, runId),
    replay: (
      selection: { readonly runId?: string | null; readonly asOf?: string | null; readonly knownAt?: string | null } = {},
      signal: AbortSignal = new AbortController().signal,
    ) => replayRuns(ports, { runId: null, ...now, ...selection }, signal),
    counterfactual: (query: Pick<CounterfactualQuery, 'runId'> & Partial<CounterfactualQuery>) =>
      counterfactual(ports, { ...now, overrides: {}, risks: null, join: null, projection: null, dropSleeves: [], ...query }),
    diff: (before: string, after: string, query: Partial<DiffQuery> = {}) =>
      diffRuns(ports, { ...now, risks: null, ...query, before, after }),
    parity: (manifest: Manifest, question: Pick<ParityQuestion, 'meta'> & Partial<ParityQuestion>) =>
      portfolioParity(ports, manifest, { ...now, ...question }),
    deadLetters: (question: Partial<DeadLetterQuestion> = {}) =>
      listDeadLetters(ports, { sleeve: null, resolved: false, knownAt: null, ...question }),
    /** A page of events as they are stored. */
    events: (question: Partial<EventsQuestion> = {}) =>
      readEvents(ports, { stream: null, types: null, after: null, maxCount: 100, knownAt: null, ...question }),
    /** One event by its id, or by `stream@revision`. */
    event: (wanted: string) => eventOf(ports, wanted),
    artifact: (sha256: string) => artifactOf(ports, sha256),
    prove: (event: string) => proveEvent(ports, event),
    verify: async (checkpoint: GivenCheckpoint | null = null) => (await verifyStore(context, checkpoint)).verified,
    /** What a recorded run read, judged again; `auditPriceFiles` judges price files without a ledger. */
    auditIntegrity: (runId: string) => auditRecordedRun(ports, runId),
    verifyAudit: (command: Pick<VerifyAudit, 'file'> & Partial<VerifyAudit>) =>
      verifyAudit(context, { checkpointFile: null, verifierKey: null, ...command }),
  };
}
