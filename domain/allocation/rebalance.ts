import { type CalendarId, sessionsBetween } from '../returns/calendar.ts';
import type { ReturnSeries } from '../returns/series.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import type { DeliveredRun } from '../run/delivered-run.ts';
import { sortedBy } from '../shared/order.ts';
import type { FlattenedAsset } from './flatten.ts';
import type { RebalanceMeasure } from '../run/rebalance-measure.ts';

/** What is known of a sleeve's returns: its newest run, of the risk profile that was published last. */
export interface SleeveReturns {
  readonly asOf: string;
  readonly calendars: readonly CalendarId[];
  readonly series: ReturnSeries;
}

/** The returns of a sleeve's run: of the first of these profiles that it delivered. */
export function returnsOfRun(run: DeliveredRun | undefined, risks: readonly RiskProfile[]): SleeveReturns | null {
  const risk = risks.find((candidate) => run?.streams.has(candidate));
  return run === undefined || risk === undefined
    ? null
    : { asOf: run.asOf, calendars: run.calendars, series: run.streams.get(risk)!.series };
}

export type Growth = { readonly growth: number } | { readonly unknown: string };

export interface RebalanceInput {
  /** The last publication with its contributors; null before the first. */
  readonly last: { readonly number: number; readonly asOf: string; readonly assets: readonly FlattenedAsset[] } | null;
  readonly next: { readonly asOf: string; readonly weights: Readonly<Record<string, number>> };
  /** By path, joined with strokes. */
  readonly returnsOf: (path: string) => SleeveReturns | null;
}

/** Growth of one unit held in a sleeve from one date to another, 1 = unchanged, if its own returns give it without a gap. */
export function growthSince(returns: SleeveReturns, from: string, to: string): Growth {
  const { series, calendars } = returns;
  if (sessionsBetween(calendars, from, to) === 0) return { growth: 1 };
  const first = series.dates[0];
  const last = series.dates.at(-1);
  if (first === undefined || last === undefined) return { unknown: 'there are no returns' };
  if (first > from && sessionsBetween(calendars, from, first) > 1) return { unknown: `the returns begin on ${first}` };
  if (sessionsBetween(calendars, last, to) > 0) return { unknown: `the returns end on ${last}` };
  let growth = 1;
  for (const [row, date] of series.dates.entries()) if (date > from && date <= to) growth *= 1 + series.values[row]!;
  return { growth };
}

interface HeldPath {
  /** Share of the portfolio in this path. */
  readonly sleeveWeight: number;
  readonly holdings: { readonly symbol: string; readonly amount: number }[];
}

function holdingsByPath(assets: readonly FlattenedAsset[]): Map<string, HeldPath> {
  const held = new Map<string, HeldPath>();
  for (const { symbol, contributors } of assets) {
    for (const { path, amount, sleeveWeight } of contributors) {
      const key = path.join('/');
      const known = held.get(key) ?? { sleeveWeight, holdings: [] };
      known.holdings.push({ symbol, amount });
      held.set(key, known);
    }
  }
  return held;
}

/** Sum of absolute weight changes over all symbols of either side. */
export function turnoverTwoSided(from: ReadonlyMap<string, number>, to: Readonly<Record<string, number>>): number {
  const symbols = sortedBy([...new Set([...from.keys(), ...Object.keys(to)])], (symbol) => symbol);
  return symbols.reduce((sum, symbol) => sum + Math.abs((to[symbol] ?? 0) - (from.get(symbol) ?? 0)), 0);
}

/**
 * What a new allocation would trade. The holdings are the last published weights, each sleeve's part grown by the sleeve's own returns
 * since and the whole divided by the growth of the portfolio, 1 + pnl (never by the sum of drifted weights). Within a sleeve the parts grow
 * alike: the sleeve's returns are what is known of it.
 */
export function measureRebalance({ last, next, returnsOf }: RebalanceInput): RebalanceMeasure {
  if (last === null) return { against: null, turnoverTwoSided: null, unknownBecause: 'nothing was published before', growth: [] };
  const growth: { path: string[]; growth: number }[] = [];
  const drifted = new Map<string, number>();
  let pnl = 0;
  for (const [key, { sleeveWeight, holdings }] of sortedBy([...holdingsByPath(last.assets)], ([path]) => path)) {
    const path = key.split('/');
    const returns = returnsOf(key);
    const since: Growth =
      returns === null
        ? { unknown: 'the sleeve, or its stream, is no longer part of the portfolio' }
        : growthSince(returns, last.asOf, next.asOf);
    if ('unknown' in since)
      return {
        against: last.number,
        turnoverTwoSided: null,
        unknownBecause: `returns of ${key} since ${last.asOf} are not known: ${since.unknown}`,
        growth,
      };
    growth.push({ path, growth: since.growth });
    pnl += sleeveWeight * (since.growth - 1);
    for (const { symbol, amount } of holdings) drifted.set(symbol, (drifted.get(symbol) ?? 0) + amount * since.growth);
  }
  if (!(1 + pnl > 0))
    return { against: last.number, turnoverTwoSided: null, unknownBecause: `the portfolio lost everything since ${last.asOf}`, growth };
  for (const [symbol, amount] of drifted) drifted.set(symbol, amount / (1 + pnl));
  return { against: last.number, turnoverTwoSided: turnoverTwoSided(drifted, next.weights), unknownBecause: null, growth };
}
