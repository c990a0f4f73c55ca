import type { Metrics } from '../returns/metrics.ts';

/** A risk profile of a run in the comparison of all of them. */
export interface ProfileLine extends Pick<Metrics, 'sharpe' | 'twrAnnualised' | 'volatility' | 'maxDrawdown'> {
  readonly risk: string;
  /** Consecutive eighths of the rows in which the stream gained; null for fewer than eight rows. */
  readonly blocksWon: number | null;
}

export const stabilityBlocks = 8;

/** In how many of eight consecutive blocks [⌊kT/8⌋, ⌊(k+1)T/8⌋) the mean return is above 0. */
export function blocksWon(values: Float64Array): number | null {
  const rows = values.length;
  if (rows < stabilityBlocks) return null;
  const start = (k: number): number => Math.floor((k * rows) / stabilityBlocks);
  return Array.from({ length: stabilityBlocks }, (_, k) => values.subarray(start(k), start(k + 1))).filter(
    (block) => block.reduce((sum, value) => sum + value, 0) > 0,
  ).length;
}

/** The profiles of a run, best Sharpe ratio first, those without one last; equal ones keep their order. It counts as no trial. */
export function rankedProfiles(
  profiles: readonly { readonly risk: string; readonly metrics: Metrics; readonly blocksWon: number | null }[],
): ProfileLine[] {
  const rankOf = ({ sharpe }: ProfileLine): number => sharpe ?? -Number.MAX_VALUE;
  return profiles
    .map(({ risk, metrics, blocksWon: won }) => {
      const { sharpe, twrAnnualised, volatility, maxDrawdown } = metrics;
      return { risk, sharpe, twrAnnualised, volatility, maxDrawdown, blocksWon: won };
    })
    .toSorted((left, right) => rankOf(right) - rankOf(left));
}
