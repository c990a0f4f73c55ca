import { type CalendarId, sessionsBetween } from '../returns/calendar.ts';
import type { ReturnSeries } from '../returns/series.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import type { DeliveredRun } from '../run/delivered-run.ts';
import { sortedBy } from '../shared/order.ts';
import type { FlattenedAsset } from './flatten.ts';

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

export interface Unknown {
  /** Why, in words. */
  readonly unknown: string;
}

export type Growth = { readonly growth: number } | Unknown;

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

/** What was published, with its contributors. */
export interface HeldPortfolio {
  readonly asOf: string;
  readonly assets: readonly FlattenedAsset[];
}

export type ReturnsOfPath = (path: string) => SleeveReturns | Unknown;

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

export interface DriftedSleeve {
  readonly path: readonly string[];
  readonly published: number;
  /** 1 = unchanged. */
  readonly growth: number;
  readonly drifted: number;
}

export interface Drift {
  /** By path; those before the first that is not known. */
  readonly growth: readonly { readonly path: readonly string[]; readonly growth: number }[];
  readonly unknownBecause: string | null;
  /** By path; empty where it is not known. */
  readonly sleeves: readonly DriftedSleeve[];
  /** Net weight of each symbol that was held; empty where it is not known. */
  readonly weights: ReadonlyMap<string, number>;
}

/**
 * What a published portfolio has become on a date: each sleeve's part grown by the sleeve's own returns since, and the whole divided by
 * the growth of the portfolio, 1 + pnl (never by the sum of drifted weights). Within a sleeve the parts grow alike: its returns are what
 * is known of it.
 */
export function driftSince({ asOf, assets }: HeldPortfolio, to: string, returnsOf: ReturnsOfPath): Drift {
  const grown: { readonly path: string[]; readonly published: number; readonly growth: number }[] = [];
  const growthSoFar = (): Drift['growth'] => grown.map(({ path, growth }) => ({ path, growth }));
  const weights = new Map<string, number>();
  const unknown = (because: string): Drift => ({ growth: growthSoFar(), unknownBecause: because, sleeves: [], weights: new Map() });
  let pnl = 0;
  for (const [key, { sleeveWeight, holdings }] of sortedBy([...holdingsByPath(assets)], ([path]) => path)) {
    const returns = returnsOf(key);
    const since: Growth = 'unknown' in returns ? returns : growthSince(returns, asOf, to);
    if ('unknown' in since) return unknown(`returns of ${key} since ${asOf} are not known: ${since.unknown}`);
    grown.push({ path: key.split('/'), published: sleeveWeight, growth: since.growth });
    pnl += sleeveWeight * (since.growth - 1);
    for (const { symbol, amount } of holdings) weights.set(symbol, (weights.get(symbol) ?? 0) + amount * since.growth);
  }
  if (!(1 + pnl > 0)) return unknown(`the portfolio lost everything since ${asOf}`);
  for (const [symbol, amount] of weights) weights.set(symbol, amount / (1 + pnl));
  const sleeves = grown.map((sleeve) => ({ ...sleeve, drifted: (sleeve.published * sleeve.growth) / (1 + pnl) }));
  return { growth: growthSoFar(), unknownBecause: null, sleeves, weights };
}

/** The newest date up to which the returns of every sleeve are known; that of the portfolio itself where none later is. */
export function driftKnownTo(asOf: string, returns: readonly SleeveReturns[]): string {
  const ends = returns.flatMap(({ series }) => series.dates.at(-1) ?? []).filter((date) => date > asOf);
  const isKnown = (to: string): boolean =>
    returns.every(({ series, calendars }) => sessionsBetween(calendars, series.dates.at(-1) ?? asOf, to) === 0);
  return sortedBy(ends, (date) => date).findLast(isKnown) ?? asOf;
}
