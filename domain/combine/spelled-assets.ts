import { byCodeUnits } from '../shared/order.ts';
import { canonicalSymbol } from '../shared/symbol.ts';
import type { CombineRequest, NumberByName } from './request.ts';

/** A table of numbers by name, read once. */
export interface SpelledTable {
  /** As they were written, in their order. */
  readonly names: readonly string[];
  /** In the order of the names; what is no number is NaN. */
  readonly values: Float64Array;
  /** Where each name stands among the assets. */
  readonly rows: Int32Array;
}

/** The tables of a request over one list of assets. */
export interface SpelledTables {
  /** The union of all that are named, in code-unit order. */
  readonly assets: readonly string[];
  /** Some asset was written in more than one way. */
  readonly isRespelled: boolean;
  /** In code-unit order of the sleeves: the order in which a row of contributions is summed. */
  readonly sleeves: readonly string[];
  readonly positions: readonly SpelledTable[];
  readonly previous: SpelledTable | null;
}

/** `EXCHANGE:TICKER` has one spelling; any other name is a label, which stands as it was written. */
export function assetSpelling(written: string): string {
  return written.includes(':') ? canonicalSymbol(written) : written;
}

type Named = Omit<SpelledTable, 'rows'>;

/** A name at a time: with thousands of names that is several times as fast as all values of an object at once. */
function valuesOf(table: NumberByName, names: readonly string[]): Float64Array {
  const values = new Float64Array(names.length);
  for (let at = 0; at < names.length; at++) {
    const value: unknown = table[names[at]!];
    values[at] = typeof value === 'number' ? value : Number.NaN;
  }
  return values;
}

/** Tables that name the same assets in the same order share the list: large requests do, and are then spelled once. */
function namedTables(tables: readonly NumberByName[]): Named[] {
  let shared: readonly string[] = [];
  return tables.map((table) => {
    const names = Object.keys(table);
    if (names.length !== shared.length || names.some((name, i) => name !== shared[i])) shared = names;
    return { names: shared, values: valuesOf(table, shared) };
  });
}

function placed(named: readonly Named[]): { readonly assets: string[]; readonly isRespelled: boolean; readonly tables: SpelledTable[] } {
  const lists = [...new Set(named.map(({ names }) => names))];
  const spellings = new Map<string, string>();
  for (const names of lists) for (const name of names) if (!spellings.has(name)) spellings.set(name, assetSpelling(name));
  const assets = [...new Set(spellings.values())].toSorted(byCodeUnits);
  const places = new Map(assets.map((asset, row) => [asset, row]));
  const rowsOf = new Map(lists.map((names) => [names, Int32Array.from(names, (name) => places.get(spellings.get(name)!)!)]));
  return {
    assets,
    isRespelled: spellings.size > assets.length,
    tables: named.map((table) => ({ ...table, rows: rowsOf.get(table.names)! })),
  };
}

/** Reads the tables of a request: the assets are the union of all that they name, the previous weights' too. */
export function spelledTables({ positions, previous }: Pick<CombineRequest, 'positions' | 'previous'>): SpelledTables {
  const sleeves = Object.keys(positions).toSorted(byCodeUnits);
  const own = sleeves.map((sleeve) => positions[sleeve]!);
  const { assets, isRespelled, tables } = placed(namedTables(previous === null ? own : [...own, previous]));
  return {
    assets,
    isRespelled,
    sleeves,
    positions: tables.slice(0, sleeves.length),
    previous: previous === null ? null : tables.at(-1)!,
  };
}
