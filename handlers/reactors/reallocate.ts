import type { Fact } from '../../domain/catalogue.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { MetaPortfolioCommand } from '../../domain/meta/commands.ts';
import type { MetaPortfolioEvent } from '../../domain/meta/portfolio-slice.ts';
import { metaPortfolioStream } from '../../domain/meta/portfolio-stream.ts';
import { inputsHashOf } from '../../domain/meta/inputs-hash.ts';
import type { MetaRunOptions } from '../../domain/meta/events.ts';
import type { AllocationInput, AllocationPublished, MetaPortfolioDefined, RebalanceMeasure } from '../../domain/meta/publication-events.ts';
import { type AwaitedSleeve, judgeQuorum } from '../../domain/meta/quorum.ts';
import { measureRebalance } from '../../domain/meta/rebalance.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import type { StreamTail } from '../../domain/shared/envelope.ts';
import { isConflict, refusesReallocation } from '../../domain/shared/error-kinds.ts';
import { invariant } from '../../domain/shared/errors.ts';
import { plusSeconds } from '../../domain/shared/instants.ts';
import { sortedBy } from '../../domain/shared/order.ts';
import { loadDocument } from '../artifact-files.ts';
import { optionsOf, settleMetaRun, streamsFor } from '../commands/flow-meta.ts';
import { type SelectedRuns, selectSleeveRuns } from '../commands/select-sleeve-runs.ts';
import { computeMetaRun } from '../compute/meta-run.ts';
import { appendBehind, foldOf } from '../record.ts';
import type { Session } from '../session.ts';
import { timed } from '../telemetry.ts';
import { leadingRun, traceIdOf } from '../trace-id.ts';
import type { Loaded } from './loaded.ts';
import { NewestRuns } from './newest-runs.ts';
import { portfolioFold, type PortfolioFold } from './portfolio-fold.ts';
import { allocatedIn, proposalOf } from './proposal.ts';

/** What became of a look at a portfolio. */
export type Reallocation =
  | { readonly kind: 'undefined' | 'unchanged' }
  | { readonly kind: 'halted'; readonly why: string }
  | { readonly kind: 'waiting'; readonly awaited: readonly AwaitedSleeve[] }
  | { readonly kind: 'scheduled'; readonly dueAt: string }
  /** `acceptedAt`: when the newest of the sleeve runs decided on was accepted. */
  | { readonly kind: 'decided'; readonly decision: MetaPortfolioEvent['type']; readonly runId: string | null; readonly acceptedAt: string | null };

interface Look {
  readonly definition: MetaPortfolioDefined;
  readonly fold: PortfolioFold;
  readonly tail: StreamTail;
  readonly newest: NewestRuns;
  readonly inputsHash: string;
}

interface Due {
  readonly because: 'coalescing_window' | 'cool_down';
  readonly countedFrom: string;
  readonly waitSeconds: number;
}

/**
 * What new results have to wait for longest before they are allocated; null when nothing. Counted from ledger times, so that every worker
 * schedules the same.
 */
function dueOf({ definition, fold, newest }: Look, now: string): (Due & { readonly dueAt: string }) | null {
  const { coalescing_window_seconds: window, cool_down_seconds: coolDown } = definition.policy;
  const waits: Due[] = [];
  const standing = fold.portfolio.due;
  // Once open, a window is not opened anew by a correction of the result that opened it.
  const opened = standing?.because === 'coalescing_window' ? standing.countedFrom : newest.firstAcceptedAfter(fold.decidedAt);
  if (window > 0 && opened !== null) waits.push({ because: 'coalescing_window', countedFrom: opened, waitSeconds: window });
  if (coolDown > 0 && fold.publishedAt !== null) waits.push({ because: 'cool_down', countedFrom: fold.publishedAt, waitSeconds: coolDown });
  const dues = waits.map((wait) => ({ ...wait, dueAt: plusSeconds(wait.countedFrom, wait.waitSeconds) }));
  const last = sortedBy(dues, ({ dueAt }) => dueAt).at(-1);
  return last !== undefined && now < last.dueAt ? last : null;
}

function refusalOf({ definition, inputsHash }: Look, runId: string | null, error: { code: string; message: string; evidence: unknown }): MetaPortfolioCommand {
  const { meta, number } = definition;
  const evidence = JSON.parse(JSON.stringify(error.evidence)) as Record<string, unknown>;
  return { kind: 'RefuseReallocation', refusal: { meta, definitionNumber: number, inputsHash, runId, code: error.code, reason: error.message, evidence } };
}

/** Why a run has no allocation: the failure of the only profile that it was asked for, or parity. */
function whyNotAllocated(facts: readonly Fact[]): { code: string; message: string; evidence: unknown } {
  const [failed] = dataOf(facts, 'MetaProfileFailed');
  if (failed !== undefined) return { code: failed.code, message: failed.reason, evidence: {} };
  const [rejected] = dataOf(facts, 'ParityRejected');
  invariant(rejected !== undefined, 'a run that allocated nothing and says no reason');
  return { code: 'ParityRejected', message: 'the sleeves are not comparable', evidence: { overlap: rejected.verdict.overlap } };
}

interface Next {
  readonly asOf: string;
  readonly weights: Readonly<Record<string, number>>;
}

async function rebalanceOf(session: Session, last: AllocationPublished | null, next: Next, { leaves }: SelectedRuns, proxies: MetaRunOptions['proxies']): Promise<RebalanceMeasure> {
  if (last === null) return measureRebalance({ last, next, returnsOf: () => null });
  const { assets } = await loadDocument(session.ports.artifacts, 'flattened-portfolio', last.portfolio);
  const delivered = [last.risk, ...(proxies[last.risk] ?? [])];
  return measureRebalance({
    last: { number: last.number, asOf: last.asOf, assets },
    next,
    returnsOf: (path) => {
      const leaf = leaves.get(path);
      const risk = delivered.find((candidate) => leaf?.streams.has(candidate));
      return leaf === undefined || risk === undefined ? null : { asOf: leaf.asOf, calendars: leaf.calendars, series: leaf.streams.get(risk)!.series };
    },
  });
}

/** Computes and records the run of these inputs, and says what to do about it. */
async function decisionOn(session: Session, loaded: Loaded, look: Look): Promise<MetaPortfolioCommand> {
  const { ports, actor } = session;
  const { definition, fold, newest, inputsHash } = look;
  const node = await loaded.definition(definition.definition);
  try {
    const options = optionsOf(node, { risks: null, join: null, projection: null, proxies: null, asOf: null });
    const { published } = fold.portfolio;
    // The holdings drift by the profile that they were published for, which a new definition may have left.
    const streams = streamsFor(published === null ? options : { ...options, risks: [...options.risks, published.risk] });
    const selected = await selectSleeveRuns(node, null, newest.source(), (runId) => loaded.sleeveRun(runId, streams));
    const request = { node, options, ...selected, waivers: fold.portfolio.waivers, restatement: 0, supersedes: null, why: null, rules: rulesInForce };
    const { runId, facts } = await settleMetaRun(session, request, (identified) =>
      timed(ports.metrics, 'sleeve_ledger_solve_seconds', () => computeMetaRun(request, ports.crypto.sha256, () => undefined, identified)),
    );
    const allocated = allocatedIn(facts, definition.risk);
    if (allocated === null) return refusalOf(look, runId, whyNotAllocated(facts));
    const rebalance = await rebalanceOf(session, published, { asOf: selected.asOf, weights: allocated.flattened.weights }, selected, options.proxies);
    const inputs: AllocationInput[] = newest.runs().map(({ path, sleeve, run }) => ({ path: [...path], sleeve, runId: run.runId, asOf: run.asOf, correction: run.correction }));
    return { kind: 'ProposeAllocation', proposal: proposalOf(runId, selected.asOf, allocated, { definition, inputsHash, inputs, rebalance }), proposer: actor };
  } catch (error) {
    if (refusesReallocation(error)) return refusalOf(look, null, error);
    throw error;
  }
}

/** Appends what the decider makes of a command behind the tail that was read first. Errors: WrongExpectedRevision. */
async function append(session: Session, look: Look, command: MetaPortfolioCommand): Promise<Reallocation> {
  const { meta } = look.definition;
  const { portfolio } = look.fold;
  const decided = metaPortfolioStream.decider.decide(command, portfolio);
  const decision = decided.at(-1);
  if (decision === undefined) return { kind: 'unchanged' };
  const stream = metaPortfolioStream.name(meta);
  const { ports, actor } = session;
  const runId = 'runId' in decision.data ? decision.data.runId : null;
  await appendBehind(session, look.tail, {
    stream,
    drafts: decided,
    command: [stream, ...metaPortfolioStream.identityOf(command, { actor, state: portfolio, decided, sha256: ports.crypto.sha256 })],
    correlation: runId ?? stream,
  });
  if (decision.type === 'ReallocationScheduled') return { kind: 'scheduled', dueAt: decision.data.dueAt };
  return { kind: 'decided', decision: decision.type, runId, acceptedAt: look.newest.lastAccepted() };
}

async function lookOnce(session: Session, loaded: Loaded, meta: string): Promise<Reallocation> {
  const { ports } = session;
  // The portfolio first, its sleeves second: a result that arrives in between is a reason to decide again, never one to be missed.
  const { state: fold, tail } = await foldOf(session, metaPortfolioStream.name(meta), portfolioFold);
  const { definition, haltedWhy, waivers, decided } = fold.portfolio;
  if (definition === null) return { kind: 'undefined' };
  if (haltedWhy !== null) return { kind: 'halted', why: haltedWhy };
  const newest = await NewestRuns.read(session, definition);
  const { awaited } = judgeQuorum(definition.policy.quorum, newest.leaves());
  if (awaited.length > 0) return { kind: 'waiting', awaited };
  const runs = newest.runs().map(({ path, run }) => ({ path, runId: run.runId }));
  const inputsHash = inputsHashOf(ports.crypto.sha256, definition, runs, waivers.map(({ waiverId }) => waiverId));
  if (decided?.inputsHash === inputsHash) return { kind: 'unchanged' };
  const look: Look = { definition, fold, tail, newest, inputsHash };
  const due = dueOf(look, ports.clock.now());
  if (due === null) {
    const traceId = traceIdOf(ports.ids, leadingRun(newest.runs().map(({ run }) => run)).runId);
    return ports.tracer.span('allocate', { traceId, attributes: { meta } }, async () => append(session, look, await decisionOn(session, loaded, look)));
  }
  const scheduled = await append(session, look, { kind: 'ScheduleReallocation', schedule: { meta, ...due } });
  return scheduled.kind === 'unchanged' ? { kind: 'scheduled', dueAt: due.dueAt } : scheduled;
}

const attemptsMax = 50;

/**
 * Looks at a portfolio and does what its policy asks for: waits, schedules, publishes, skips, holds or refuses. Everything is read from
 * the store, so it does not matter why or how often it is called, by whom, or in which order results arrived. Somebody else's decision in
 * between makes it look again from scratch, so publications never go backwards.
 */
export async function reallocate(session: Session, loaded: Loaded, meta: string): Promise<Reallocation> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await lookOnce(session, loaded, meta);
    } catch (error) {
      if (!isConflict(error) || attempt >= attemptsMax) throw error;
    }
  }
}
