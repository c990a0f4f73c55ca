import type { IsoDate, ReturnSeries } from '../returns/series.ts';

/** How one series of returns goes with another, on the dates that both have. */
export interface Agreement {
  readonly rows: number;
  readonly first: IsoDate;
  readonly last: IsoDate;
  readonly correlation: number;
  /** Slope of the other series on ours, through the means: 1 where both move by as much. */
  readonly scale: number;
}

/** Null where fewer than two dates are common, or one of the series does not move. */
export function agreementOf(ours: ReturnSeries, other: ReturnSeries): Agreement | null {
  const rowOf = new Map(other.dates.map((date, row) => [date, row]));
  const pairs = ours.dates.flatMap((date, row) => {
    const theirs = rowOf.get(date);
    return theirs === undefined ? [] : [{ date, own: ours.values[row]!, theirs: other.values[theirs]! }];
  });
  if (pairs.length < 2) return null;
  const mean = (of: (pair: (typeof pairs)[number]) => number): number => pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  const [meanOwn, meanTheirs] = [mean(({ own }) => own), mean(({ theirs }) => theirs)];
  let own2 = 0;
  let theirs2 = 0;
  let both = 0;
  for (const { own, theirs } of pairs) {
    own2 += (own - meanOwn) * (own - meanOwn);
    theirs2 += (theirs - meanTheirs) * (theirs - meanTheirs);
    both += (own - meanOwn) * (theirs - meanTheirs);
  }
  if (own2 === 0 || theirs2 === 0) return null;
  return {
    rows: pairs.length,
    first: pairs[0]!.date,
    last: pairs.at(-1)!.date,
    correlation: both / Math.sqrt(own2 * theirs2),
    scale: both / own2,
  };
}
