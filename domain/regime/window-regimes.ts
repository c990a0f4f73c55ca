import type { IsoDate } from '../returns/series.ts';
import { invariant } from '../shared/errors.ts';
import { detectRegime, type RegimeReading, regimeRowsMax } from './regime.ts';
import type { SpectralFlag } from './schemas.ts';

/** A reading with the dates of its first and last row. */
export interface DatedRegime {
  readonly first: IsoDate;
  readonly last: IsoDate;
  readonly reading: RegimeReading;
}

/** One window: what was known when it was decided, and what it turned out to be. No decision reads the second. */
export interface WindowRegime {
  readonly index: number;
  /** Of up to 252 rows before the first test row, whatever the training window is. */
  readonly decision: DatedRegime;
  /** Of the test rows alone. */
  readonly realised: DatedRegime;
}

export interface WindowRegimes {
  readonly spectral: SpectralFlag;
  readonly annualisationDays: number;
  readonly windows: readonly WindowRegime[];
  /** Of the last rows; nothing of it is realised yet. */
  readonly live: { readonly decision: DatedRegime; readonly realised: null };
}

export interface WindowRegimesInput {
  /** Mean simple return over the columns of the pool, row by row. */
  readonly market: Float64Array;
  /** One for each row. */
  readonly dates: readonly IsoDate[];
  /** Rows of the walk-forward: a window is decided before `testFirst` and earns [testFirst, testEnd). */
  readonly windows: readonly { readonly testFirst: number; readonly testEnd: number }[];
  readonly annualisationDays: number;
  readonly spectral: SpectralFlag;
}

/** Rows [first, end), of which the detector reads the last 252. */
function readingOf({ market, dates, annualisationDays, spectral }: WindowRegimesInput, first: number, end: number): DatedRegime {
  invariant(first < end && end <= market.length, 'a regime is read from at least one row', { first, end, rows: market.length });
  const reading = detectRegime(market.subarray(first, end), annualisationDays, spectral);
  return { first: dates[Math.max(first, end - regimeRowsMax)]!, last: dates[end - 1]!, reading };
}

/**
 * The regime of every decision of a walk-forward, of the rows that each window earned, and of the live decision. The two are kept apart: a
 * label of the realised period is hindsight.
 */
export function windowRegimes(input: WindowRegimesInput): WindowRegimes {
  const { market, dates, windows, annualisationDays, spectral } = input;
  invariant(market.length === dates.length, 'one date for each row of the market', { rows: market.length, dates: dates.length });
  return {
    spectral,
    annualisationDays,
    windows: windows.map(({ testFirst, testEnd }, index) => ({
      index,
      decision: readingOf(input, 0, testFirst),
      realised: readingOf(input, testFirst, testEnd),
    })),
    live: { decision: readingOf(input, 0, market.length), realised: null },
  };
}
