import { invariant, LedgerError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { sortedBy } from '../shared/order.ts';
import { currentMetricsPolicy, type MetricsPolicy } from './metrics.ts';
import type { IsoDate, ReturnMatrix, ReturnSeries } from './series.ts';
import { returnBetween, totalReturnOf, type Wealth, wealthOf } from './wealth.ts';

export type JoinPolicy = 'compound' | 'drop';

/** Largest relative difference of wealth over the common range that `compound` may leave. */
export const joinWealthTolerance = 1e-9;

export interface NamedSeries {
  readonly id: string;
  readonly series: ReturnSeries;
}

/**
 * What the join did to one sleeve. Three stretches of the same series: *before* the join (the whole series), *inside* the
 * common range (first to last common date, before the join), *after* the join (the joined column). Totals are
 * Π(1+r)-1 over the stretch.
 */
export interface SleeveJoin {
  readonly id: string;
  readonly first: IsoDate;
  readonly last: IsoDate;
  readonly rowsBefore: number;
  readonly rowsInside: number;
  readonly rowsAfter: number;
  readonly totalBefore: number;
  readonly totalInside: number;
  readonly totalAfter: number;
  /** Rows cut before the first common date. */
  readonly rowsLostEdgeBefore: number;
  /** Rows cut after the last common date. */
  readonly rowsLostEdgeAfter: number;
  /** Rows between common dates: compounded into the next common date, or dropped. */
  readonly rowsMergedInside: number;
  /** Wealth before over wealth after, less 1: everything that the joined column no longer shows. */
  readonly pnlLost: number;
  /** Wealth inside over wealth after, less 1: the part lost inside the common range; 0 to 1e-9 under `compound`. */
  readonly pnlLostInside: number;
  /** Wealth before over wealth inside, less 1: the part cut at the edges. */
  readonly pnlLostEdge: number;
}

export interface JoinStatistics {
  readonly policy: JoinPolicy;
  readonly first: IsoDate;
  readonly last: IsoDate;
  readonly rows: number;
  readonly sleeves: readonly SleeveJoin[];
}

export interface Join extends JoinStatistics {
  /** Columns are the sleeve ids in code-unit order. */
  readonly matrix: ReturnMatrix;
}

function admit({ id, series }: NamedSeries): void {
  const { dates, values } = series;
  invariant(dates.length === values.length, 'a series has as many dates as values', { id, dates: dates.length, values: values.length });
  for (let row = 0; row < values.length; row++) {
    const date = dates[row]!;
    const value = values[row]!;
    if (row > 0 && date <= dates[row - 1]!) {
      throw new LedgerError('IntegrityFailed', `the returns of ${id} are not in order: ${date} follows ${dates[row - 1]}`, {
        evidence: { id, date },
        at: { path: id },
      });
    }
    if (!Number.isFinite(value))
      throw new LedgerError('IntegrityFailed', `the return of ${id} on ${date} is ${value}`, { evidence: { id, date }, at: { path: id } });
    if (value <= -1)
      throw new LedgerError('Bankruptcy', `${id} loses everything on ${date}: its return is ${value}`, {
        evidence: { id, date, return: value },
        at: { path: id },
      });
  }
}

/** Under rules 1 wealth was taken back from the total, which near ruin has lost what is left of it. */
function lossOf(from: Wealth, to: Wealth, keepsWealth: boolean): number {
  return keepsWealth ? returnBetween(to, from) : (1 + totalReturnOf(from)) / (1 + totalReturnOf(to)) - 1;
}

/** Dates that every series has, ascending. */
export function commonDates(series: readonly ReturnSeries[]): IsoDate[] {
  const others = series.slice(1).map(({ dates }) => new Set(dates));
  return series.length === 0 ? [] : series[0]!.dates.filter((date) => others.every((dates) => dates.has(date)));
}

/** The rows of a series at which the common dates stand. */
function rowsAt(series: ReturnSeries, common: readonly IsoDate[]): number[] {
  const rows: number[] = [];
  let next = 0;
  for (let row = 0; row < series.dates.length && next < common.length; row++) {
    if (series.dates[row] !== common[next]) continue;
    rows.push(row);
    next += 1;
  }
  return rows;
}

function joinedColumn({ values }: ReturnSeries, rows: readonly number[], policy: JoinPolicy): Float64Array {
  const column = new Float64Array(rows.length);
  rows.forEach((row, index) => {
    const begin = index === 0 || policy === 'drop' ? row : rows[index - 1]! + 1;
    // A lone return is kept as it is: 1 + r - 1 would round it.
    column[index] = begin === row ? values[row]! : totalReturnOf(wealthOf(values.subarray(begin, row + 1)));
  });
  return column;
}

function describe({ id, series }: NamedSeries, rows: readonly number[], column: Float64Array, keepsWealth: boolean): SleeveJoin {
  const firstRow = rows[0]!;
  const endRow = rows[rows.length - 1]! + 1;
  const before = wealthOf(series.values);
  const inside = wealthOf(series.values.subarray(firstRow, endRow));
  const after = wealthOf(column);
  return {
    id,
    first: series.dates[0]!,
    last: series.dates[series.dates.length - 1]!,
    rowsBefore: series.values.length,
    rowsInside: endRow - firstRow,
    rowsAfter: column.length,
    totalBefore: totalReturnOf(before),
    totalInside: totalReturnOf(inside),
    totalAfter: totalReturnOf(after),
    rowsLostEdgeBefore: firstRow,
    rowsLostEdgeAfter: series.values.length - endRow,
    rowsMergedInside: endRow - firstRow - column.length,
    pnlLost: lossOf(before, after, keepsWealth),
    pnlLostInside: lossOf(inside, after, keepsWealth),
    pnlLostEdge: lossOf(before, inside, keepsWealth),
  };
}

function refuseShort(sleeves: readonly NamedSeries[], common: readonly IsoDate[], rowsMin: number): never {
  const spans = sleeves.map(({ id, series }) => ({
    id,
    rows: series.dates.length,
    first: series.dates[0] ?? null,
    last: series.dates[series.dates.length - 1] ?? null,
  }));
  const shown = spans
    .map(({ id, rows, first, last }) => (rows === 0 ? `${id} is empty` : `${id} ${first} to ${last} (${rows} rows)`))
    .join(', ');
  throw new LedgerError('OverlapTooShort', `the sleeves share ${common.length} dates, at least ${rowsMin} are needed: ${shown}`, {
    evidence: {
      rows: common.length,
      rowsMin,
      first: common[0] ?? null,
      last: common[common.length - 1] ?? null,
      sleeves: spans,
    },
  });
}

/**
 * Inner join of return series on their common dates. `compound` gives R(d_k) = Π(1+r(t))-1 over the sleeve's own rows t in
 * (d_(k-1), d_k], so that wealth at each common date is exact and no return is invented or lost inside the common range; the
 * first common row holds that day's own return. `drop` is the literal inner join, which discards the rows between.
 * Returns are daily decimal fractions; the order in which sleeves are given changes no bit.
 *
 * Errors: OverlapTooShort below 60 common rows, or as many as the caller needs; IntegrityFailed on disorder or non-finite values;
 * Bankruptcy on r <= -1.
 */
export function joinReturns(
  series: readonly NamedSeries[],
  {
    policy,
    metrics = currentMetricsPolicy,
    rowsMin = limits.commonRowsMin,
  }: { readonly policy: JoinPolicy; readonly metrics?: MetricsPolicy; readonly rowsMin?: number },
): Join {
  const sleeves = sortedBy(series, ({ id }) => id);
  invariant(sleeves.length > 0 && new Set(sleeves.map(({ id }) => id)).size === sleeves.length, 'sleeve ids are distinct', {
    ids: sleeves.map(({ id }) => id),
  });
  for (const sleeve of sleeves) admit(sleeve);
  const dates = commonDates(sleeves.map((sleeve) => sleeve.series));
  if (dates.length < rowsMin) refuseShort(sleeves, dates, rowsMin);
  const width = sleeves.length;
  const values = new Float64Array(dates.length * width);
  const statistics = sleeves.map((sleeve, index) => {
    const rows = rowsAt(sleeve.series, dates);
    const column = joinedColumn(sleeve.series, rows, policy);
    column.forEach((value, row) => {
      values[row * width + index] = value;
    });
    const described = describe(sleeve, rows, column, metrics.keepsWealth);
    if (policy === 'compound') {
      invariant(Math.abs(described.pnlLostInside) <= joinWealthTolerance, 'compounding keeps wealth over the common range', {
        id: sleeve.id,
        pnlLostInside: described.pnlLostInside,
      });
    }
    return described;
  });
  return {
    matrix: { dates, columns: sleeves.map(({ id }) => id), values },
    policy,
    first: dates[0]!,
    last: dates[dates.length - 1]!,
    rows: dates.length,
    sleeves: statistics,
  };
}

/** The join without its matrix: what an event records of it. */
export function joinStatisticsOf(join: Join): JoinStatistics {
  const { matrix: _matrix, ...statistics } = join;
  return statistics;
}
