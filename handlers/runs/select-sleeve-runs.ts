import { chooseRuns, type ChosenRun, type OfferedRun } from '../../domain/allocation/chosen-runs.ts';
import { stalenessOf } from '../../domain/allocation/staleness.ts';
import { assertCurrencies } from '../../domain/manifest/currency.ts';
import { type AtomicSleeve, atomicSleeves } from '../../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { type DeliveredRun, pathKey } from '../../domain/run/delivered-run.ts';
import { atOnce } from '../runtime/at-once.ts';
import type { SleeveSource } from './sleeve-sources.ts';

export interface SelectedRuns {
  readonly leaves: ReadonlyMap<string, DeliveredRun>;
  readonly staleness: ReadonlyMap<string, number>;
  readonly asOf: string;
}

/** What a sleeve offers to the portfolio that declares it. */
export async function offerOf(source: SleeveSource, { sleeve }: AtomicSleeve, asOf: string | null): Promise<OfferedRun> {
  const known = await source(sleeve.requested);
  const run: ChosenRun | null = sleeve.runId === null ? await known.latest(asOf) : await known.run(sleeve.runId);
  return { quarantinedWhy: known.quarantinedWhy, run, instead: run === null ? await known.latest(null) : null };
}

export type RunLoader = (runId: string) => Promise<DeliveredRun>;

/**
 * Reads the run of every declared sleeve, at every depth, as the domain chooses them.
 * Errors: SleeveRunMissing, SleeveQuarantined, SleeveStale, CurrencyMixed.
 */
export async function selectSleeveRuns(node: MetaNode, asOf: string | null, source: SleeveSource, load: RunLoader): Promise<SelectedRuns> {
  const offers = new Map<string, OfferedRun>();
  for (const sleeve of atomicSleeves(node)) offers.set(pathKey(sleeve.path), await offerOf(source, sleeve, asOf));
  const { runs, asOf: newest } = chooseRuns(node, asOf, ({ path }) => offers.get(pathKey(path))!);
  const leaves = new Map(await atOnce(runs, async ([path, run]) => [path, await load(run.runId)] as const));
  const staleness = stalenessOf(leaves, asOf, node.allocation.max_staleness_sessions);
  assertCurrencies(
    node.currency,
    [...leaves].map(([path, run]) => ({ path: path.split('/'), currency: run.currency, treatment: run.currencyTreatment })),
  );
  return { leaves, staleness, asOf: newest };
}
