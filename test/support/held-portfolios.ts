/** Small portfolios that were published on a Thursday, and what their sleeves earned since. */
import type { SleeveReturns } from '../../domain/allocation/drift.ts';
import type { Leaf } from '../../domain/allocation/flatten.ts';
import type { CalendarId } from '../../domain/returns/calendar.ts';

// In July 2025 the 17th was a Thursday: XNYS had sessions on the 18th and the 21st, and none between.
export const thursday = '2025-07-17';
export const friday = '2025-07-18';
export const saturday = '2025-07-19';
export const monday = '2025-07-21';

export type Days = Readonly<Record<string, number>>;

export function returns(
  days: Days,
  calendars: readonly CalendarId[] = ['XNYS'],
  asOf = Object.keys(days).at(-1) ?? thursday,
): SleeveReturns {
  return { asOf, calendars, series: { dates: Object.keys(days), values: Float64Array.from(Object.values(days)) } };
}

/** A sleeve of a portfolio: its weight there, or those on the way to it, and what it holds by symbol. */
export function leaf(path: string, weights: number | readonly number[], portfolio: Days): Leaf {
  return {
    path: path.split('/'),
    runId: `run-${path}`,
    weights: typeof weights === 'number' ? [weights] : weights,
    portfolio: Object.entries(portfolio).map(([symbol, weight]) => ({ symbol, weight })),
  };
}

/** 60 % in a of X and Y, 40 % in b of Y and Z: .3 X, .3 + .1 Y, .3 Z. */
export const twoSleeves: readonly Leaf[] = [leaf('a', 0.6, { X: 0.5, Y: 0.5 }), leaf('b', 0.4, { Y: 0.25, Z: 0.75 })];
