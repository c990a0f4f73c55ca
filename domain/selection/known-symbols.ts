import type { IsoDate, PriceTable, ReturnMatrix } from '../returns/series.ts';
import { invariant } from '../shared/errors.ts';
import { sortedBy } from '../shared/order.ts';
import { identityOf, isCoin } from './identity.ts';
import type { SymbolFacts, TradingMetadata } from './pool.ts';
import { stableCoinOf } from './stable-coins.ts';
import type { MetadataBySymbol, ScanRow, SelectionSupply, SuppliedScan } from './supply.ts';
import { type Survived, survivalScore, survivedPeriods } from './survival.ts';

export interface KnownSymbolsInput {
  /** On the grid, one column for each symbol of the pool. */
  readonly returns: ReturnMatrix;
  readonly benchmarks: readonly string[];
  /** Closes of every symbol of the pool on its own dates, which may be more than those of the grid. */
  readonly prices: PriceTable;
  readonly supply: SelectionSupply;
  readonly annualisationDays: number;
}

/** One scan that says something of a symbol, newest first among several. */
interface DatedRow {
  readonly asOf: IsoDate;
  readonly row: ScanRow;
}

interface KnownSymbol {
  readonly symbol: string;
  readonly isBenchmark: boolean;
  readonly identity: string;
  readonly metadata: TradingMetadata | null;
  readonly closes: Float64Array;
  readonly volumes: Float64Array | null;
  /** Every period of its past, whatever the decision. */
  readonly survived: readonly Survived[];
  readonly scans: readonly DatedRow[];
}

/** What is known of the symbols of a pool, looked up once for all decisions. Columns are those given; nothing is copied. */
export interface KnownSymbols extends Pick<KnownSymbolsInput, 'returns' | 'annualisationDays'> {
  readonly symbols: readonly KnownSymbol[];
  /** Row of the prices and of the volumes on each row of the grid; -1 where the volumes have none. */
  readonly priceRows: Int32Array;
  readonly volumeRows: Int32Array;
}

/** Rows of returns that a decision reads: [first, end). The last one is the decision's. */
export interface ReadRows {
  readonly first: number;
  readonly end: number;
}

function rowsOn(dates: readonly IsoDate[], table: readonly IsoDate[]): Int32Array {
  const rowOf = new Map(table.map((date, row) => [date, row]));
  return Int32Array.from(dates, (date) => rowOf.get(date) ?? -1);
}

/** Scans of one day as one: of each value the first that is there. */
function scansByDay(scans: readonly SuppliedScan[]): readonly SuppliedScan[] {
  const days = new Map<IsoDate, Record<string, ScanRow>>();
  for (const { asOf, rows } of scans) {
    const day = days.get(asOf) ?? {};
    days.set(asOf, day);
    for (const [symbol, row] of Object.entries(rows)) {
      const earlier = day[symbol];
      day[symbol] = earlier === undefined ? row : joinedRow(earlier, row);
    }
  }
  return sortedBy(
    [...days].map(([asOf, rows]) => ({ asOf, rows })),
    ({ asOf }) => asOf,
  ).toReversed();
}

function joinedRow(first: ScanRow, second: ScanRow): ScanRow {
  return {
    tradedValue: first.tradedValue ?? second.tradedValue,
    adx: first.adx ?? second.adx,
    recommendAll: first.recommendAll ?? second.recommendAll,
    recommendMa: first.recommendMa ?? second.recommendMa,
    rateOfChange: first.rateOfChange ?? second.rateOfChange,
    dailyVolatility: first.dailyVolatility ?? second.dailyVolatility,
  };
}

/** Only what is there: a missing field is a veto. */
function tradingFields({ tick_size: tick, lot_size: lot, price_precision: precision }: TradingMetadata): TradingMetadata {
  return {
    ...(tick === undefined ? {} : { tick_size: tick }),
    ...(lot === undefined ? {} : { lot_size: lot }),
    ...(precision === undefined ? {} : { price_precision: precision }),
  };
}

/**
 * What an exchange says of a symbol, by symbol. Metadata that name no trading field of any symbol are about identities alone: nothing is
 * missing from them.
 */
function tradingMetadata(metadata: MetadataBySymbol | null): ReadonlyMap<string, TradingMetadata> {
  const entries = Object.entries(metadata ?? {});
  if (entries.every(([, one]) => Object.keys(tradingFields(one)).length === 0)) return new Map();
  return new Map(entries.map(([symbol, one]) => [symbol, tradingFields(one)]));
}

/** Looks up what is known of the symbols of a pool. Linear in the prices: each close is read once. */
export function knownSymbols({ returns, benchmarks, prices, supply, annualisationDays }: KnownSymbolsInput): KnownSymbols {
  const { volumes, metadata } = supply;
  const priceColumn = new Map(prices.symbols.map((symbol, column) => [symbol, column]));
  const volumeColumn = new Map((volumes?.symbols ?? []).map((symbol, column) => [symbol, column]));
  const trading = tradingMetadata(metadata);
  const byDay = scansByDay(supply.scan);
  const exempt = new Set(benchmarks);
  const lastDate = prices.dates.at(-1);
  const priceRows = rowsOn(returns.dates, prices.dates);
  invariant(!priceRows.includes(-1), 'a row of the grid without prices');
  const symbols = returns.columns.map((symbol): KnownSymbol => {
    const column = priceColumn.get(symbol);
    invariant(column !== undefined && lastDate !== undefined, 'a symbol of a pool without prices', { symbol });
    const closes = prices.closes[column]!;
    const volumeAt = volumeColumn.get(symbol);
    return {
      symbol,
      isBenchmark: exempt.has(symbol),
      identity: identityOf(symbol, metadata?.[symbol]?.identity ?? null),
      metadata: trading.get(symbol) ?? null,
      closes,
      volumes: volumeAt === undefined ? null : volumes!.values[volumeAt]!,
      survived: survivedPeriods({ symbol, dates: prices.dates, closes }, lastDate),
      scans: byDay.flatMap(({ asOf, rows }) => (Object.hasOwn(rows, symbol) ? [{ asOf, row: rows[symbol]! }] : [])),
    };
  });
  return { returns, annualisationDays, symbols, priceRows, volumeRows: rowsOn(returns.dates, volumes?.dates ?? []) };
}

/** Rows over which the value traded a day is averaged. */
const valueRows = 20;

/**
 * Mean of close times volume over rows that the two tables count on their own, -1 where the volumes have none; null where one of them is
 * missing.
 */
function averageDailyValueAt(
  { closes, volumes }: { readonly closes: Float64Array; readonly volumes: Float64Array },
  priceRows: Int32Array,
  volumeRows: Int32Array,
): number | null {
  let sum = 0;
  for (let row = 0; row < priceRows.length; row++) sum += closes[priceRows[row]!]! * (volumes[volumeRows[row]!] ?? Number.NaN);
  return Number.isNaN(sum) ? null : sum / priceRows.length;
}
/** Why a coin counts as stable, by the rows that the decision reads. */
function stableCoinAt(known: KnownSymbols, column: number, { first, end }: ReadRows): SymbolFacts['stableCoin'] {
  const { symbol, closes } = known.symbols[column]!;
  if (!isCoin(symbol)) return null;
  const { values, columns } = known.returns;
  const rows = { length: end - first };
  return stableCoinOf(symbol, {
    closes: Float64Array.from(rows, (_, row) => closes[known.priceRows[first + row]!]!),
    returns: Float64Array.from(rows, (_, row) => values[(first + row) * columns.length + column]!),
    annualisationDays: known.annualisationDays,
  });
}

/**
 * Everything that is known of each symbol beside its stream on the day of a decision, and nothing that came later: volumes of the last 20
 * rows of the grid, stress periods that ended before, the newest scan that says something of the symbol and is not after it.
 */
export function supplyAt(known: KnownSymbols, rows: ReadRows): SymbolFacts[] {
  const decision = known.returns.dates[rows.end - 1]!;
  const from = rows.end - valueRows;
  const priceRows = known.priceRows.subarray(Math.max(0, from), rows.end);
  const volumeRows = known.volumeRows.subarray(Math.max(0, from), rows.end);
  return known.symbols.map(({ isBenchmark, identity, metadata, closes, volumes, survived, scans }, column) => {
    const row = scans.find(({ asOf }) => asOf <= decision)?.row ?? null;
    const ownValue = volumes === null || from < 0 ? null : averageDailyValueAt({ closes, volumes }, priceRows, volumeRows);
    return {
      identity,
      isBenchmark,
      stableCoin: stableCoinAt(known, column, rows),
      averageDailyValue: ownValue ?? row?.tradedValue ?? null,
      survival: survivalScore(survived.filter(({ last }) => last < decision)),
      adx: row?.adx ?? null,
      recommendAll: row?.recommendAll ?? null,
      recommendMa: row?.recommendMa ?? null,
      rateOfChange: row?.rateOfChange ?? null,
      dailyVolatility: row?.dailyVolatility ?? null,
      metadata,
    };
  });
}
