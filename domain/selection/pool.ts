import { LedgerError } from '../shared/errors.ts';
import type { ReturnMatrix } from '../returns/series.ts';
import { nameOrder, selectColumns } from '../risk/columns.ts';

/** What an exchange says of trading a symbol; a veto where one of the three is missing. */
export interface TradingMetadata {
  readonly tick_size?: number | undefined;
  readonly lot_size?: number | undefined;
  readonly price_precision?: number | undefined;
}

/** What is known of a symbol beside its returns. Null is not known, and is listed as not evaluated. */
export interface SymbolFacts {
  /** One bet for one identity. */
  readonly identity: string;
  readonly isBenchmark: boolean;
  /** Why it counts as a stable coin. */
  readonly stableCoin: 'listed' | 'pegged' | null;
  /** Mean of close times volume over the last 20 rows. */
  readonly averageDailyValue: number | null;
  /** Mean of 1 + maximum drawdown over past stress periods. */
  readonly survival: number | null;
  readonly adx: number | null;
  readonly recommendAll: number | null;
  readonly recommendMa: number | null;
  /** Rate of change and daily volatility of a scan, in percent. */
  readonly rateOfChange: number | null;
  readonly dailyVolatility: number | null;
  readonly metadata: TradingMetadata | null;
}

/** Candidates and benchmarks with prices, each of them in every cross-section. */
export interface SelectionPool {
  /** Simple returns of the rows that the selection reads, the last one the decision's. */
  readonly returns: ReturnMatrix;
  /** Mean return over the columns, of up to 252 rows to the same date: the quadrant is read from it. */
  readonly market: Float64Array;
  /** One for each column. */
  readonly facts: readonly SymbolFacts[];
  readonly annualisationDays: number;
  /** Traded value a day at which a symbol counts as fully liquid. */
  readonly fullLiquidity: number;
}

/** Traded value a day that counts as full liquidity: of coins, and of everything else. */
export const fullLiquidityValue = { coins: 1e7, others: 5e8 } as const;

/** A symbol of which nothing but its returns is known. */
export function unknownFacts(symbol: string): SymbolFacts {
  return {
    identity: symbol,
    isBenchmark: false,
    stableCoin: null,
    averageDailyValue: null,
    survival: null,
    adx: null,
    recommendAll: null,
    recommendMa: null,
    rateOfChange: null,
    dailyVolatility: null,
    metadata: null,
  };
}

function refuse(sentence: string, evidence: Readonly<Record<string, string | number>>): never {
  throw new LedgerError('SchemaViolation', sentence, { evidence });
}

/** The pool in code-unit order of its columns, so that the order given changes no bit. Errors: SchemaViolation, HistoryTooShort. */
export function sortedPool(pool: SelectionPool): SelectionPool {
  const { returns, facts } = pool;
  const [rows, columns] = [returns.dates.length, returns.columns.length];
  if (rows === 0 || columns === 0)
    throw new LedgerError('HistoryTooShort', 'there are no returns to select from', { evidence: { rows, columns } });
  if (facts.length !== columns)
    refuse(`${columns} columns need as many facts, there are ${facts.length}`, { columns, facts: facts.length });
  if (returns.values.length !== rows * columns)
    refuse(`${rows} rows of ${columns} columns need ${rows * columns} values, there are ${returns.values.length}`, { rows, columns });
  const bad = returns.values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) refuse(`the returns of ${returns.columns[bad % columns]!} are not all finite`, { column: returns.columns[bad % columns]! });
  const order = nameOrder(returns.columns);
  return { ...pool, returns: selectColumns(returns, order), facts: order.map((from) => facts[from]!) };
}

/** Mean of each row over the columns: the series whose regime is that of the pool. */
export function marketOf({ dates, columns, values }: ReturnMatrix): Float64Array {
  const width = columns.length;
  return Float64Array.from({ length: dates.length }, (_, row) => {
    let sum = 0;
    for (let column = 0; column < width; column++) sum += values[row * width + column]!;
    return sum / width;
  });
}
