import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { type AtomicSleeve, atomicSleeves } from '../../domain/manifest/resolve-meta.ts';
import { assertCurrencies } from '../../domain/manifest/currency.ts';
import { xnysSessionsBetween } from '../../domain/returns/calendar.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { latestRun } from '../../domain/sleeve/decider.ts';
import { sleeveDirectory, type SleeveRunRow, type SleeveStateRow } from '../../projections/sleeve-directory.ts';
import { type LeafRun, pathKey } from '../compute/leaf-run.ts';
import { loadSleeveRun } from '../load-sleeve-run.ts';
import type { Ports } from '../ports.ts';
import { type View, viewOf } from '../views.ts';

export interface SelectedRuns {
  readonly leaves: ReadonlyMap<string, LeafRun>;
  readonly staleness: ReadonlyMap<string, number>;
  readonly asOf: string;
}

/** The run that a sleeve delivers: the pinned one or none, else the latest accepted. Errors: SleeveRunMissing, SleeveQuarantined. */
async function chosenRun(view: View, { path, sleeve }: AtomicSleeve, asOf: string | null): Promise<SleeveRunRow> {
  const where = pathKey(path);
  const state = await view.row<SleeveStateRow>(`state/${sleeve.requested}`);
  if (state !== null && state.quarantinedWhy !== null) {
    throw new LedgerError('SleeveQuarantined', `sleeve ${where} (${sleeve.requested}) is quarantined: ${state.quarantinedWhy}`, { evidence: { path: [...path], why: state.quarantinedWhy } });
  }
  const runs = await view.rows<SleeveRunRow>(`run/${sleeve.requested}/`);
  if (sleeve.runId !== null) {
    const pinned = runs.find((run) => run.runId === sleeve.runId);
    if (pinned !== undefined && asOf !== null && pinned.asOf > asOf) {
      throw new LedgerError('SleeveRunMissing', `sleeve ${where} is pinned to run ${pinned.runId}, which speaks of ${pinned.asOf}, after ${asOf}`, {
        evidence: { path: [...path], pinned: pinned.runId, runAsOf: pinned.asOf, asOf },
        at: { path: `${where}.run_id` },
      });
    }
    if (pinned !== undefined) return pinned;
    throw new LedgerError('SleeveRunMissing', `sleeve ${where} is pinned to run ${sleeve.runId}, which ${sleeve.requested} does not have`, {
      evidence: { path: [...path], pinned: sleeve.runId, recorded: runs.map(({ runId }) => runId) },
      at: { path: `${where}.run_id` },
    });
  }
  const latest = latestRun(runs, asOf);
  if (latest !== null) return latest;
  const until = asOf === null ? '' : ` as of ${asOf} or before`;
  throw new LedgerError('SleeveRunMissing', `sleeve ${where} has no accepted run of ${sleeve.requested}${until}`, { evidence: { path: [...path], profile: sleeve.requested, recorded: runs.map(({ runId }) => runId) } });
}

function stalenessOf(node: MetaNode, chosen: ReadonlyMap<string, SleeveRunRow>, asOf: string): Map<string, number> {
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

/**
 * Chooses the run of every declared sleeve, at every depth, or refuses: none is skipped.
 * Errors: SleeveRunMissing, SleeveQuarantined, SleeveStale, CurrencyMixed.
 */
export async function selectSleeveRuns(ports: Ports, node: MetaNode, asOf: string | null, knownAt: string | null = null): Promise<SelectedRuns> {
  const view = await viewOf(ports, sleeveDirectory, knownAt);
  const chosen = new Map<string, SleeveRunRow>();
  for (const sleeve of atomicSleeves(node)) chosen.set(pathKey(sleeve.path), await chosenRun(view, sleeve, asOf));
  const newest = asOf ?? [...chosen.values()].map((run) => run.asOf).toSorted(byCodeUnits).at(-1)!;
  const staleness = stalenessOf(node, chosen, newest);
  const leaves = new Map<string, LeafRun>();
  for (const [path, run] of chosen) leaves.set(path, await loadSleeveRun(ports, run.runId));
  assertCurrencies(node.currency, [...leaves].map(([path, run]) => ({ path: path.split('/'), currency: run.currency, treatment: run.currencyTreatment })));
  return { leaves, staleness, asOf: newest };
}
