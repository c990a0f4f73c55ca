import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { type AtomicSleeve, atomicSleeves } from '../../domain/manifest/resolve-meta.ts';
import { assertCurrencies } from '../../domain/manifest/currency.ts';
import { xnysSessionsBetween } from '../../domain/returns/calendar.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { type LeafRun, pathKey } from '../compute/leaf-run.ts';
import type { ChosenRun, KnownSleeve, SleeveSource } from '../sleeve-sources.ts';

export interface SelectedRuns {
  readonly leaves: ReadonlyMap<string, LeafRun>;
  readonly staleness: ReadonlyMap<string, number>;
  readonly asOf: string;
}

async function pinnedRun(known: KnownSleeve, { path, sleeve }: AtomicSleeve, runId: string, asOf: string | null): Promise<ChosenRun> {
  const where = pathKey(path);
  const pinned = await known.run(runId);
  if (pinned === null) {
    throw new LedgerError('SleeveRunMissing', `sleeve ${where} is pinned to run ${runId}, which ${sleeve.requested} does not have`, {
      evidence: { path: [...path], pinned: runId, latest: (await known.latest(null))?.runId ?? null },
      at: { path: `${where}.run_id` },
    });
  }
  if (asOf !== null && pinned.asOf > asOf) {
    throw new LedgerError('SleeveRunMissing', `sleeve ${where} is pinned to run ${runId}, which speaks of ${pinned.asOf}, after ${asOf}`, {
      evidence: { path: [...path], pinned: runId, runAsOf: pinned.asOf, asOf },
      at: { path: `${where}.run_id` },
    });
  }
  return pinned;
}

/** The run that a sleeve delivers: the pinned one or none, else the latest accepted. Errors: SleeveRunMissing, SleeveQuarantined. */
async function chosenRun(known: KnownSleeve, atomic: AtomicSleeve, asOf: string | null): Promise<ChosenRun> {
  const { path, sleeve } = atomic;
  const where = pathKey(path);
  if (known.quarantinedWhy !== null) {
    throw new LedgerError('SleeveQuarantined', `sleeve ${where} (${sleeve.requested}) is quarantined: ${known.quarantinedWhy}`, { evidence: { path: [...path], why: known.quarantinedWhy } });
  }
  if (sleeve.runId !== null) return pinnedRun(known, atomic, sleeve.runId, asOf);
  const latest = await known.latest(asOf);
  if (latest !== null) return latest;
  const until = asOf === null ? '' : ` as of ${asOf} or before`;
  throw new LedgerError('SleeveRunMissing', `sleeve ${where} has no accepted run of ${sleeve.requested}${until}`, { evidence: { path: [...path], profile: sleeve.requested, latest: (await known.latest(null))?.runId ?? null } });
}

function stalenessOf(node: MetaNode, chosen: ReadonlyMap<string, ChosenRun>, asOf: string): Map<string, number> {
  const limit = node.allocation.max_staleness_sessions;
  const staleness = new Map<string, number>();
  for (const [path, run] of chosen) {
    const sessions = run.asOf >= asOf ? 0 : xnysSessionsBetween(run.asOf, asOf);
    if (sessions > limit) {
      throw new LedgerError('SleeveStale', `sleeve ${path} is ${sessions} sessions behind ${asOf} (run ${run.runId} as of ${run.asOf}); at most ${limit} are allowed`, {
        evidence: { path, runId: run.runId, asOf: run.asOf, newest: asOf, sessions, sessionsMax: limit },
      });
    }
    staleness.set(path, sessions);
  }
  return staleness;
}

export type RunLoader = (runId: string) => Promise<LeafRun>;

/**
 * Chooses the run of every declared sleeve, at every depth, or refuses: none is skipped.
 * Errors: SleeveRunMissing, SleeveQuarantined, SleeveStale, CurrencyMixed.
 */
export async function selectSleeveRuns(node: MetaNode, asOf: string | null, source: SleeveSource, load: RunLoader): Promise<SelectedRuns> {
  const chosen = new Map<string, ChosenRun>();
  for (const sleeve of atomicSleeves(node)) chosen.set(pathKey(sleeve.path), await chosenRun(await source(sleeve.sleeve.requested), sleeve, asOf));
  const newest = asOf ?? [...chosen.values()].map((run) => run.asOf).toSorted(byCodeUnits).at(-1)!;
  const staleness = stalenessOf(node, chosen, newest);
  const leaves = new Map<string, LeafRun>();
  for (const [path, run] of chosen) leaves.set(path, await load(run.runId));
  assertCurrencies(node.currency, [...leaves].map(([path, run]) => ({ path: path.split('/'), currency: run.currency, treatment: run.currencyTreatment })));
  return { leaves, staleness, asOf: newest };
}
