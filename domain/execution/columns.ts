import type { DatedTable } from '../returns/table-text.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { atomParts } from '../shared/symbol.ts';

/** A column of weights, and the asset whose returns it earns: its own name, or what a strategy atom is made of. */
export interface BookColumn {
  readonly name: string;
  readonly asset: string;
  /** -1 for a short atom: its stream is -min(r, 1) of the asset. */
  readonly sign: 1 | -1;
}

/** Columns of the book, in code-unit order, so that the order of a file changes no bit. */
export function bookColumnsOf(weights: DatedTable): BookColumn[] {
  return weights.columns.toSorted(byCodeUnits).map((name) => {
    const atom = atomParts(name);
    return { name, asset: atom?.symbol ?? name, sign: atom?.sign ?? 1 };
  });
}

/** Null where no column is a short of constant notional. */
export function signsOf(columns: readonly BookColumn[]): Int8Array | null {
  return columns.some(({ sign }) => sign === -1) ? Int8Array.from(columns, ({ sign }) => sign) : null;
}

/** The column of each asset. Errors: PricesMissing naming the first that is not there. */
export function seriesOfAssets(columns: readonly BookColumn[], table: DatedTable, what: string): readonly Float64Array[] {
  const byName = new Map(table.columns.map((name, column) => [name, table.values[column]!]));
  return columns.map(({ name, asset }) => {
    const values = byName.get(asset);
    if (values !== undefined) return values;
    throw new LedgerError('PricesMissing', `the weights name ${name}, and there are no ${what} of ${asset}`, {
      evidence: { column: name, asset },
      at: { path: name },
    });
  });
}
