import type { ResolvedProfile } from '../manifest/resolved-schema.ts';
import { leafOfSetting } from '../manifest/leaf-terms.ts';
import { actingSelection } from '../manifest/selection-settings.ts';
import { leavesOf } from '../manifest/provenance.ts';
import { partialLastWindowPath } from '../walk-forward/walk-forward.ts';
import type { Json } from '../shared/canonical-json.ts';
import { comparedBlocks, temporalIdPath, temporalPathsOutside } from './policy.ts';

/** Where a stream ends, and how a portfolio is backtested, is no difference of method between sleeves. */
const notCompared: ReadonlySet<string> = new Set([partialLastWindowPath, 'backtest.meta_rows', 'backtest.universe']);

/**
 * Of any settings by path, those that parity compares, under the names of their leaves: features, selection, backtest, and the temporal
 * parameters beside them; without those of `notCompared`.
 */
export function comparedLeaves(settings: Readonly<Record<string, Json>>): Record<string, Json> {
  const leaves = Object.entries(settings).map(([path, value]) => [leafOfSetting(path), value] as const);
  const compared = leaves.filter(
    ([path]) =>
      !notCompared.has(path) && (comparedBlocks.some((block) => path.startsWith(`${block}.`)) || temporalPathsOutside.includes(path)),
  );
  return Object.fromEntries(compared);
}

/**
 * The leaves of a resolved profile that parity compares, as written: without the redirection of `selection.selection_mode`. What acts in a
 * selecting sleeve without being written has the value that acts. `temporalId` is that of the profile's temporal parameters.
 */
export function parityLeaves(
  resolved: Pick<ResolvedProfile, 'blocks' | 'asWritten' | 'selectionMode' | 'provenance'>,
  temporalId: string,
): Record<string, Json> {
  const written = { ...leavesOf(resolved.blocks), ...(resolved.asWritten as Record<string, Json>) };
  return comparedLeaves({ ...written, ...actingSelection(resolved), [temporalIdPath]: temporalId });
}

/** What a sleeve brings to the comparison: its leaves, and those of them that only reading added at their neutral value. */
export interface SleeveLeaves {
  readonly parityLeaves: Readonly<Record<string, Json>>;
  readonly unstated: readonly string[];
}

/**
 * Leaves to compare, sleeve by sleeve. A leaf that no sleeve states came after all of them and is not compared: the verdict on what was
 * recorded before is the verdict that was recorded. Where one states it, the others have its neutral value.
 */
export function leavesToCompare(sleeves: readonly SleeveLeaves[]): Readonly<Record<string, Json>>[] {
  const stated = new Set(
    sleeves.flatMap(({ parityLeaves: leaves, unstated }) => Object.keys(leaves).filter((leaf) => !unstated.includes(leaf))),
  );
  return sleeves.map(({ parityLeaves: leaves }) => Object.fromEntries(Object.entries(leaves).filter(([leaf]) => stated.has(leaf))));
}
