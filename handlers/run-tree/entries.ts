import type { Cash } from '../../domain/allocation/cash.ts';
import type { ClusterTree } from '../../domain/risk/cluster-tree.ts';
import type { SymbolWeight } from '../../domain/returns/series.ts';
import type { DatedTable } from '../../domain/returns/table-text.ts';
import { sortedBy } from '../../domain/shared/order.ts';

/** One file of a run's tree. */
export type TreeEntry =
  | { readonly path: string; readonly json: unknown }
  | { readonly path: string; readonly bytes: Uint8Array }
  | { readonly path: string; readonly table: DatedTable };

/** Where the Python programs look for the settings of a run. */
export const settingsPath = 'config/resolved_manifest.json';

/** A position as the Python programs write it, and `sleeve import` reads it. */
export function assetRecord({ symbol, weight }: SymbolWeight): Record<string, unknown> {
  const direction = weight > 0 ? 'LONG' : weight < 0 ? 'SHORT' : 'FLAT';
  return { Symbol: symbol, Weight: Math.abs(weight), Net_Weight: weight, Gross_Weight: Math.abs(weight), Direction: direction };
}

/** What each profile does not invest, as a member of `metadata`: the documents' positions have no cash. Nothing where there is none. */
export function cashMember(cash: Readonly<Record<string, Cash | null>>): { readonly cash?: Readonly<Record<string, Cash>> } {
  const held = Object.entries(cash).filter((entry): entry is [string, Cash] => entry[1] !== null);
  return held.length === 0 ? {} : { cash: Object.fromEntries(held) };
}

/** The greatest positions first, those of one size by symbol. */
export function bySize(weights: readonly SymbolWeight[]): SymbolWeight[] {
  return sortedBy(weights, ({ symbol }) => symbol).toSorted((left, right) => Math.abs(right.weight) - Math.abs(left.weight));
}

/** Settings by dotted path as blocks. */
export function blocksOf(leaves: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(leaves)) {
    const words = path.split('.');
    let block = root;
    for (const word of words.slice(0, -1)) block = (block[word] ??= {}) as Record<string, unknown>;
    block[words.at(-1)!] = value;
  }
  return root;
}

export function treeDocument({ leaves, linkage, leafOrder, distances, members }: ClusterTree): object {
  return { leaves, linkage, leaf_order: leafOrder, distances, ...(members === undefined ? {} : { clusters: members }) };
}
