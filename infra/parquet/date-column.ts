import type { Element, Footer } from './footer.ts';
import { refuseParquet, type ParquetSource } from './source.ts';

/** Names of index columns in the `pandas` metadata; a RangeIndex is described by an object and has no column. */
function pandasIndexNames(footer: Footer): string[] | null {
  const text = footer.key_value_metadata?.find((entry) => entry.key === 'pandas')?.value;
  if (text === undefined) return null;
  try {
    const { index_columns: columns } = JSON.parse(text) as { index_columns?: unknown };
    return Array.isArray(columns) ? columns.filter((column) => typeof column === 'string') : null;
  } catch {
    return null;
  }
}

const namelessIndex = /^__index_level_\d+__$/;
const usualName = /^(date|datetime|timestamp)$/i;

/**
 * Which column holds the dates. pandas says it in its metadata and writes the index last, as `__index_level_0__` when it has
 * no name; otherwise it is the column named date, and failing that the first. A numbered index beside a column of dates is ignored.
 */
export function dateColumnOf(
  footer: Footer,
  leaves: readonly Element[],
  source: ParquetSource,
): { readonly date: number; readonly ignored: ReadonlySet<number> } {
  const indexNames = pandasIndexNames(footer) ?? leaves.map((leaf) => leaf.name).filter((name) => namelessIndex.test(name));
  const indexes = indexNames.map((name) => leaves.findIndex((leaf) => leaf.name === name)).filter((at) => at >= 0);
  if (indexes.length > 1) refuseParquet(source, `an index of ${indexes.length} levels (${indexNames.slice(0, 4).join(', ')}) is not read`);
  const [index] = indexes;
  if (index !== undefined && !isCount(leaves[index]!)) return { date: index, ignored: new Set() };
  const ignored = new Set(index === undefined ? [] : [index]);
  const named = leaves.findIndex((leaf) => usualName.test(leaf.name));
  return { date: named >= 0 ? named : leaves.findIndex((_, at) => !ignored.has(at)), ignored };
}

/** A plain integer: a row number, not a date. */
function isCount(leaf: Element): boolean {
  return (
    leaf.type === 'INT64' && leaf.converted_type === undefined && (leaf.logical_type === undefined || leaf.logical_type.type === 'INTEGER')
  );
}
