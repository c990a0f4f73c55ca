import type { ReturnSeries } from '../returns/series.ts';

/** Returns nearer than this are the same: solvers leave less where caps or a single symbol determine the weights. */
export const sameReturn = 1e-10;

function isSameStream(left: ReturnSeries, right: ReturnSeries): boolean {
  return (
    left.dates.length === right.dates.length &&
    left.dates[0] === right.dates[0] &&
    left.values.every((value, row) => Math.abs(value - right.values[row]!) <= sameReturn) &&
    left.dates.every((date, row) => date === right.dates[row])
  );
}

/** For each stream the place of the first that is the same: its own place for one that is unlike all before it. */
export function firstOfSame(streams: readonly ReturnSeries[]): number[] {
  const firsts: number[] = [];
  return streams.map((stream, at) => {
    const found = firsts.find((first) => isSameStream(streams[first]!, stream));
    if (found === undefined) firsts.push(at);
    return found ?? at;
  });
}
