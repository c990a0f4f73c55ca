import { tradedValueColumn } from '../scan/columns.ts';
import { atrPercent } from '../scan/gates.ts';
import { numberIn, type ScanRow } from '../scan/response.ts';
import { type Quantile, quantilesOf } from './statistics.ts';

/** What the niche universe fetches and the core one does not: above the first, up to the second. */
export const cohort = { above: 2_000_000, upTo: 10_000_000 } as const;
/** Share of a day's trade that a position may be. */
const participation = 0.1;
/** Close times volume may differ from the traded value by so much. */
const agreementMax = 0.01;

export interface LiquidityLine {
  readonly symbol: string;
  readonly valueTraded: number;
  readonly closeTimesVolume: number | null;
  /** Close times volume over traded value. */
  readonly ratio: number | null;
  /** Average true range in percent of the close, for want of a spread. */
  readonly atrPct: number | null;
  /** Money a day. */
  readonly adv: number | null;
  readonly advFrom: 'volumes' | 'average_volume_30d_calc' | null;
  /** Not rounded; null where the average volume is unknown or 0. */
  readonly daysToLiquidate: number | null;
}

export interface Liquidity {
  readonly cohort: typeof cohort;
  readonly notional: number;
  readonly participation: number;
  readonly count: number;
  readonly valueTradedNulls: number;
  readonly quantiles: {
    readonly valueTraded: readonly Quantile[];
    readonly atrPct: readonly Quantile[];
    readonly daysToLiquidate: readonly Quantile[];
  };
  /** Symbols whose close times volume is not their traded value. */
  readonly disagreeing: readonly string[];
  /** Symbols without an average volume. The traded value of one day is no average, and stands for none. */
  readonly withoutAdv: readonly string[];
  /** By symbol. */
  readonly rows: readonly LiquidityLine[];
}

export interface LiquidityInput {
  readonly rows: readonly ScanRow[];
  /** Money that is to be sold. */
  readonly notional: number;
  /** Average money traded a day, by symbol, where volumes are given. */
  readonly advBySymbol: Readonly<Record<string, number>>;
}

function lineOf(row: ScanRow, valueTraded: number, { notional, advBySymbol }: LiquidityInput): LiquidityLine {
  const { symbol } = row;
  const [close, volume, average] = [numberIn(row, 'close'), numberIn(row, 'volume'), numberIn(row, 'average_volume_30d_calc')];
  const closeTimesVolume = close === null || volume === null ? null : close * volume;
  const isGiven = Object.hasOwn(advBySymbol, symbol);
  const ofRow = close === null || average === null ? null : average * close;
  const adv = isGiven ? advBySymbol[symbol]! : ofRow;
  return {
    symbol,
    valueTraded,
    closeTimesVolume,
    ratio: closeTimesVolume === null ? null : closeTimesVolume / valueTraded,
    atrPct: atrPercent(row),
    adv,
    advFrom: isGiven ? 'volumes' : ofRow === null ? null : 'average_volume_30d_calc',
    daysToLiquidate: adv === null || adv === 0 ? null : notional / (participation * adv),
  };
}

/** Whether what trades for 2 to 10 million a day can be sold: quantiles over the cohort, and days to liquidate a position. */
export function liquidityOf(input: LiquidityInput): Liquidity {
  const traded = input.rows.map((row) => ({ row, valueTraded: numberIn(row, tradedValueColumn) }));
  const rows = traded.flatMap(({ row, valueTraded }) =>
    valueTraded !== null && valueTraded > cohort.above && valueTraded <= cohort.upTo ? [lineOf(row, valueTraded, input)] : [],
  );
  const quantiles = (figure: (line: LiquidityLine) => number | null) => quantilesOf(rows.flatMap((line) => figure(line) ?? []));
  return {
    cohort,
    notional: input.notional,
    participation,
    count: rows.length,
    valueTradedNulls: traded.filter(({ valueTraded }) => valueTraded === null).length,
    quantiles: {
      valueTraded: quantiles((line) => line.valueTraded),
      atrPct: quantiles((line) => line.atrPct),
      daysToLiquidate: quantiles((line) => line.daysToLiquidate),
    },
    disagreeing: rows.filter(({ ratio }) => ratio !== null && Math.abs(ratio - 1) > agreementMax).map(({ symbol }) => symbol),
    withoutAdv: rows.filter(({ adv }) => adv === null).map(({ symbol }) => symbol),
    rows,
  };
}
