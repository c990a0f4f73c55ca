import type { IsoDate } from '../returns/series.ts';
import { identityOf } from './identity.ts';
import type { SymbolFacts, TradingMetadata } from './pool.ts';
import { stableCoinOf } from './stable-coins.ts';
import { survivalScore, survivedPeriods } from './survival.ts';

/** What a scan says of a symbol; values that it does not have are null. */
export interface ScanRow {
  readonly tradedValue: number | null;
  readonly adx: number | null;
  readonly recommendAll: number | null;
  readonly recommendMa: number | null;
  readonly rateOfChange: number | null;
  readonly dailyVolatility: number | null;
}

/** A scan counts for decisions from its own day on: earlier ones could not have known it. */
export interface ScanAsOf {
  readonly asOf: IsoDate;
  readonly rows: ReadonlyMap<string, ScanRow>;
}

/** A symbol up to a decision: prices and volumes end with its row. */
export interface SymbolHistory {
  readonly symbol: string;
  readonly isBenchmark: boolean;
  readonly dates: readonly IsoDate[];
  readonly closes: Float64Array;
  /** Shares or units traded; null where no volumes are given. */
  readonly volumes: Float64Array | null;
  /** Rows that the selection reads. */
  readonly trainingRows: number;
  readonly returns: Float64Array;
  readonly annualisationDays: number;
  readonly identity: string | null;
  readonly metadata: TradingMetadata | null;
  readonly scan: ScanAsOf | null;
}

/** Rows over which the value traded a day is averaged. */
export const valueRows = 20;

/** Mean of close times volume over the last 20 rows; null where one of them is missing. */
export function averageDailyValue(closes: Float64Array, volumes: Float64Array): number | null {
  if (closes.length < valueRows) return null;
  const rows = Int32Array.from({ length: valueRows }, (_, row) => closes.length - valueRows + row);
  return averageDailyValueAt({ closes, volumes }, rows, rows);
}

/** The same over rows that the two tables count on their own; -1 where the volumes have none. */
export function averageDailyValueAt(
  { closes, volumes }: { readonly closes: Float64Array; readonly volumes: Float64Array },
  priceRows: Int32Array,
  volumeRows: Int32Array,
): number | null {
  let sum = 0;
  for (let row = 0; row < priceRows.length; row++) sum += closes[priceRows[row]!]! * (volumes[volumeRows[row]!] ?? Number.NaN);
  return Number.isNaN(sum) ? null : sum / priceRows.length;
}

/** Everything that is known of a symbol beside its stream on the day of the decision, the last of its dates. */
export function symbolFactsAt(history: SymbolHistory): SymbolFacts {
  const { symbol, dates, closes, volumes, returns, annualisationDays, scan } = history;
  const decision = dates.at(-1)!;
  const row = scan !== null && scan.asOf <= decision ? (scan.rows.get(symbol) ?? null) : null;
  const training = closes.subarray(Math.max(0, closes.length - history.trainingRows));
  const ownValue = volumes === null ? null : averageDailyValue(closes, volumes);
  return {
    identity: identityOf(symbol, history.identity),
    isBenchmark: history.isBenchmark,
    stableCoin: stableCoinOf(symbol, { closes: training, returns, annualisationDays }),
    averageDailyValue: ownValue ?? row?.tradedValue ?? null,
    survival: survivalScore(survivedPeriods({ symbol, dates, closes }, decision)),
    adx: row?.adx ?? null,
    recommendAll: row?.recommendAll ?? null,
    recommendMa: row?.recommendMa ?? null,
    rateOfChange: row?.rateOfChange ?? null,
    dailyVolatility: row?.dailyVolatility ?? null,
    metadata: history.metadata,
  };
}
