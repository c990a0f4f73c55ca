import { blockRowsMin, overfittingBlocks, overfittingOf, type OverfittingTest } from '../metrics/backtest-overfitting.ts';
import { deflatedSharpe, observedSharpe, type Trials } from '../metrics/deflated-sharpe.ts';
import { rankStability } from '../metrics/rank-stability.ts';
import { isWithinNoise, type SharpeDifference, sharpeDifference } from '../metrics/sharpe-difference.ts';
import { computeMetrics, type Metrics, metricsPolicyOf } from '../returns/metrics.ts';
import { sampleMoments } from '../returns/sample-moments.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { conditionsOf, type Entrant, type ImportedEntrant, rawPool } from './entrant.ts';
import { firstOfSame } from './identical-streams.ts';

/** An entrant with its stitched net returns, out of sample. */
export interface EntrantStream {
  readonly entrant: Entrant | ImportedEntrant;
  readonly net: ReturnSeries;
}

/** Against another entrant; null in the pair's members where they are undefined, such as beside itself. */
export type Difference = Pick<SharpeDifference, 'difference' | 'z'> & { readonly id: string };

export interface RankedEntrant {
  readonly id: string;
  /** From 1, by the Sharpe ratio on the common rows; entrants with one stream share the rank of the first of them. */
  readonly rank: number;
  /** The first entrant with the same stream; null where that is itself. */
  readonly identicalTo: string | null;
  /** Of the common rows. */
  readonly metrics: Metrics;
  /** Not annualised; null without variation, as is the deflated ratio. */
  readonly sharpePerRow: number | null;
  /** Probability that the true Sharpe ratio is above what the best of this tournament's distinct entrants shows by luck. */
  readonly deflatedSharpe: number | null;
  readonly againstFirst: Difference;
  /** Null where the raw pool could not be run under the same conditions, or where those of an imported run are not known. */
  readonly againstRawPool: Difference | null;
}

/** Two distinct entrants, the better first. */
export interface ComparedPair {
  readonly left: string;
  readonly right: string;
  readonly correlation: number | null;
  readonly difference: number | null;
  readonly z: number | null;
}

/** `refused` names why there are too few entrants or rows. */
export type Overfitting =
  | ({ readonly status: 'tested' } & Pick<OverfittingTest, 'blocks' | 'splits' | 'streams' | 'probability' | 'probabilityOfLoss'>)
  | { readonly status: 'refused'; readonly reason: string };

/** Everything about how the entrants compare, on the dates that all of them have. */
export interface TournamentComparison {
  readonly rows: number;
  readonly first: IsoDate;
  readonly last: IsoDate;
  /** Best first. */
  readonly entrants: readonly RankedEntrant[];
  /** Distinct streams: the trials of this tournament. Null where none varies. */
  readonly trials: Trials | null;
  /** Between distinct entrants. */
  readonly pairs: readonly ComparedPair[];
  /** Those of the pairs whose Sharpe ratios do not differ beyond noise. */
  readonly pairsWithinNoise: number;
  readonly overfitting: Overfitting;
  readonly rankStability: number | null;
}

/** Dates that every stream has. Errors: OverlapTooShort below two. */
function commonDates(streams: readonly EntrantStream[]): IsoDate[] {
  const [first, ...others] = streams.map(({ net }) => net.dates);
  const sets = others.map((dates) => new Set(dates));
  const dates = (first ?? []).filter((date) => sets.every((set) => set.has(date)));
  if (dates.length >= 2) return dates;
  throw new LedgerError('OverlapTooShort', `the ${streams.length} entrants have ${dates.length} dates in common; a comparison needs 2`, {
    evidence: { entrants: streams.length, rows: dates.length },
  });
}

function onDates({ dates, values }: ReturnSeries, common: readonly IsoDate[]): Float64Array {
  const rowOf = new Map(dates.map((date, row) => [date, row]));
  return Float64Array.from(common, (date) => values[rowOf.get(date)!]!);
}

/** Mean over standard deviation (divisor n-1) per row; null without variation. */
export function sharpePerRowOf(values: Float64Array): number | null {
  const { mean, deviation } = sampleMoments(values);
  return deviation === null || deviation === 0 ? null : mean / deviation;
}

function trialsOf(sharpes: readonly (number | null)[]): Trials | null {
  const known = sharpes.filter((sharpe) => sharpe !== null);
  if (known.length === 0) return null;
  const deviation = sampleMoments(Float64Array.from(known)).deviation ?? 0;
  return { count: known.length, varianceOfSharpes: deviation * deviation };
}

function overfittingAmong(streams: readonly Float64Array[]): Overfitting {
  const rows = streams[0]!.length;
  if (rows < overfittingBlocks * blockRowsMin)
    return { status: 'refused', reason: `${rows} common rows are fewer than ${blockRowsMin} in each of ${overfittingBlocks} blocks` };
  try {
    const { blocks, splits, streams: tested, probability, probabilityOfLoss } = overfittingOf(streams);
    return { status: 'tested', blocks, splits, streams: tested, probability, probabilityOfLoss };
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'HistoryTooShort') throw error;
    return { status: 'refused', reason: error.message };
  }
}

/** An entrant on the common rows. */
interface Lined {
  readonly entrant: EntrantStream['entrant'];
  readonly values: Float64Array;
  readonly sharpe: number | null;
  /** Place of the first entrant with the same stream. */
  readonly same: number;
}

function inOrder(left: Lined, right: Lined): number {
  const difference = (right.sharpe ?? Number.NEGATIVE_INFINITY) - (left.sharpe ?? Number.NEGATIVE_INFINITY);
  return Number.isNaN(difference) || difference === 0 ? byCodeUnits(left.entrant.id, right.entrant.id) : difference;
}

function differenceTo(one: Lined, other: Lined): Difference {
  const { difference, z } = sharpeDifference(one.values, other.values);
  return { id: other.entrant.id, difference, z };
}

function pairsAmong(ranked: readonly Lined[]): ComparedPair[] {
  return ranked.flatMap((left, at) =>
    ranked.slice(at + 1).map((right) => {
      const { correlation, difference, z } = sharpeDifference(left.values, right.values);
      return { left: left.entrant.id, right: right.entrant.id, correlation, difference, z };
    }),
  );
}

interface Field {
  readonly lined: readonly Lined[];
  /** Distinct entrants, best first. */
  readonly ranked: readonly Lined[];
  readonly trials: Trials | null;
}

/** The raw pool under the conditions of an entrant. */
function poolBeside({ entrant }: Lined, lined: readonly Lined[]): Lined | null {
  if ('imported' in entrant) return null;
  const isPool = (other: Lined['entrant']): boolean =>
    !('imported' in other) && other.profile === rawPool && conditionsOf(other) === conditionsOf(entrant);
  return lined.find((other) => isPool(other.entrant)) ?? null;
}

function rankedEntrant({ lined, ranked, trials }: Field, one: Lined, metricsOf: (values: Float64Array) => Metrics): RankedEntrant {
  const representative = lined[one.same]!;
  const pool = poolBeside(one, lined);
  return {
    id: one.entrant.id,
    rank: ranked.indexOf(representative) + 1,
    identicalTo: representative === one ? null : representative.entrant.id,
    metrics: metricsOf(one.values),
    sharpePerRow: one.sharpe,
    deflatedSharpe: one.sharpe === null || trials === null ? null : deflatedSharpe(observedSharpe(one.values), trials).deflated,
    againstFirst: differenceTo(one, ranked[0]!),
    againstRawPool: pool === null ? null : differenceTo(one, pool),
  };
}

/**
 * Ranks entrants by their Sharpe ratios out of sample, after costs, on the dates that all of them have, and says how much of the order is
 * luck. Streams that are the same count once wherever entrants are counted: as trials, in the probability of overfitting, among the pairs.
 * Errors: OverlapTooShort; those of `computeMetrics`.
 */
export function compareEntrants(streams: readonly EntrantStream[], annualisationDays: number, rules: number): TournamentComparison {
  const dates = commonDates(streams);
  const same = firstOfSame(streams.map(({ net }) => net));
  const lined = streams.map(({ entrant, net }, at): Lined => {
    const values = onDates(net, dates);
    return { entrant, values, sharpe: sharpePerRowOf(values), same: same[at]! };
  });
  const ranked = lined.filter((one, at) => one.same === at).toSorted(inOrder);
  const trials = trialsOf(ranked.map(({ sharpe }) => sharpe));
  const metricsOf = (values: Float64Array): Metrics => computeMetrics({ dates, values }, annualisationDays, metricsPolicyOf(rules));
  const entrants = lined.map((one) => rankedEntrant({ lined, ranked, trials }, one, metricsOf));
  const pairs = pairsAmong(ranked);
  return {
    rows: dates.length,
    first: dates[0]!,
    last: dates.at(-1)!,
    entrants: entrants.toSorted((left, right) => left.rank - right.rank || byCodeUnits(left.id, right.id)),
    trials,
    pairs,
    pairsWithinNoise: pairs.filter(isWithinNoise).length,
    overfitting: overfittingAmong(ranked.map(({ values }) => values)),
    rankStability: rankStability(ranked.map(({ values }) => values)),
  };
}
