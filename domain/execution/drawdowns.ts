import { type DrawdownEpisode, drawdownsOfPath } from '../metrics/drawdowns.ts';
import type { IsoDate } from '../returns/series.ts';

/** One fall of equity below its high. */
export type Drawdown = Pick<DrawdownEpisode, 'peak' | 'valley' | 'recovery' | 'depth' | 'lengthRows'>;

/** Equity over its running maximum, less 1, row by row; equity opens at 1 and may end at 0. */
export function depthsOfEquity(equity: Float64Array): Float64Array {
  let peak = 1;
  return equity.map((value) => {
    peak = Math.max(peak, value);
    return value / peak - 1;
  });
}

/** Every drawdown of an equity curve that opens at 1, in the order of their highs. */
export function drawdownsOf(dates: readonly IsoDate[], equity: Float64Array, openingDate: IsoDate): Drawdown[] {
  const { episodes } = drawdownsOfPath(depthsOfEquity(equity), dates, openingDate);
  return episodes.map(({ peak, valley, recovery, depth, lengthRows }) => ({ peak, valley, recovery, depth, lengthRows }));
}
