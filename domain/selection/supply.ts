import { z } from 'zod';
import type { IsoDate } from '../returns/series.ts';

/** What is known of symbols beside their prices, as a run that selects is given it. */

const amount = z.number().positive();

/** What a file of metadata says of a symbol; what it leaves empty is left out. */
export const symbolMetadataSchema = z.strictObject({
  /** Symbols with one identity are one bet. */
  identity: z.string().min(1).optional(),
  tick_size: amount.optional(),
  lot_size: amount.optional(),
  price_precision: z.number().nonnegative().optional(),
});
export type SymbolMetadata = z.infer<typeof symbolMetadataSchema>;

/** By symbol. */
export type MetadataBySymbol = Readonly<Record<string, SymbolMetadata>>;

/** A document `symbol-metadata`. */
export const metadataDocumentSchema = z.strictObject({ symbols: z.record(z.string(), symbolMetadataSchema) });

const known = z.number().nullable();

/** What a scan says of a symbol; values that it does not have are null. */
export const scanRowSchema = z.strictObject({
  tradedValue: known,
  adx: known,
  recommendAll: known,
  recommendMa: known,
  rateOfChange: known,
  dailyVolatility: known,
});
export type ScanRow = Readonly<z.infer<typeof scanRowSchema>>;

/** A document `scan-values`. */
export const scanValuesDocumentSchema = z.strictObject({ rows: z.record(z.string(), scanRowSchema) });

/** Shares or units traded a day: one column for each symbol, one value for each date, NaN where nothing is given. */
export interface Volumes {
  readonly dates: readonly IsoDate[];
  readonly symbols: readonly string[];
  readonly values: readonly Float64Array[];
}

/** Values of one scan. It counts for decisions from its own day on: earlier ones could not have known it. */
export interface SuppliedScan {
  readonly asOf: IsoDate;
  readonly rows: Readonly<Record<string, ScanRow>>;
}

/** Plain data, so that another thread can have it. */
export interface SelectionSupply {
  readonly volumes: Volumes | null;
  readonly metadata: MetadataBySymbol | null;
  /** In the order given; of several that say something on one day the first that does is taken. */
  readonly scan: readonly SuppliedScan[];
}

export const noSupply: SelectionSupply = { volumes: null, metadata: null, scan: [] };

/** Columns of a scan that a selection reads, by what they are called here. */
export const scanColumns = {
  tradedValue: 'Value.Traded',
  adx: 'ADX',
  recommendAll: 'Recommend.All',
  recommendMa: 'Recommend.MA',
  rateOfChange: 'ROC',
  dailyVolatility: 'Volatility.D',
} as const satisfies Record<keyof ScanRow, string>;

/** A row of a scan as far as a selection reads it; null where it says nothing of these columns. */
export function scanRowOf(valueOf: (column: string) => number | null): ScanRow | null {
  const row: ScanRow = {
    tradedValue: valueOf(scanColumns.tradedValue),
    adx: valueOf(scanColumns.adx),
    recommendAll: valueOf(scanColumns.recommendAll),
    recommendMa: valueOf(scanColumns.recommendMa),
    rateOfChange: valueOf(scanColumns.rateOfChange),
    dailyVolatility: valueOf(scanColumns.dailyVolatility),
  };
  return Object.values(row).some((value) => value !== null) ? row : null;
}
