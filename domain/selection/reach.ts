import { reachablePermutationEntropy } from '../regime/permutation-entropy.ts';
import { hurstRowsMin } from '../regime/rescaled-range.ts';
import { fittingLookbacks } from '../risk/clustered/stream-clusters.ts';
import { entropyOrder } from './features.ts';
import type { SelectionSettings } from './settings.ts';
import { costHurdle, kurtosisMax } from './vetoes.ts';

/** A setting that no data of so many rows can make act, or that nothing can pass. */
export interface Reach {
  readonly setting: string;
  readonly status: 'cannot_act' | 'rejects_all' | 'left_out';
  readonly value: number | readonly number[];
  /** What the quantity can be at most; null where that is not the reason. */
  readonly reachable: number | null;
  readonly why: string;
}

/** Rows that permutation entropy reads at most. */
export const patternRows = 120;

function entropyReach(settings: SelectionSettings, rows: number): Reach[] {
  const read = Math.min(rows, patternRows);
  const reachable = settings.reading.entropy_normaliser === 'patterns' ? reachablePermutationEntropy(read, entropyOrder) : 1;
  const found: Reach[] = [];
  if (settings.entropy_max >= reachable) {
    const why = `permutation entropy of ${read} rows is at most ${reachable.toFixed(3)}`;
    found.push({ setting: 'features.entropy_max_threshold', status: 'cannot_act', value: settings.entropy_max, reachable, why });
  }
  const band = settings.entropy_acceptance;
  if (band !== null && settings.reading.entropy_band === 'veto' && band[0] > reachable) {
    const why = `permutation entropy of ${read} rows is at most ${reachable.toFixed(3)}, below the band`;
    found.push({ setting: 'selection.entropy_acceptance', status: 'rejects_all', value: band, reachable, why });
  }
  return found;
}

function rowsReach(settings: SelectionSettings, rows: number): Reach[] {
  const found: Reach[] = [];
  if (rows < hurstRowsMin) {
    const why = `an exponent needs ${hurstRowsMin} rows, there are ${rows}`;
    found.push({ setting: 'features.hurst_random_walk', status: 'cannot_act', value: settings.hurst_random_walk, reachable: null, why });
  }
  // A single move among n values has an adjusted excess kurtosis of n, and no other sample has more.
  if (settings.mode === 'v4' && rows <= kurtosisMax) {
    const why = `the kurtosis of ${rows} rows is at most ${rows}`;
    found.push({ setting: 'kurtosis', status: 'cannot_act', value: kurtosisMax, reachable: rows, why });
  }
  const { leftOut } = fittingLookbacks(settings.cluster_lookbacks, rows);
  if (leftOut.length > 0) {
    const why = `lookbacks of fewer than 20 rows or more than the ${rows} there are take no part`;
    found.push({ setting: 'risk.cluster_lookbacks', status: 'left_out', value: leftOut, reachable: null, why });
  }
  return found;
}

/** Settings that cannot act on so many training rows: said by lint, funnel and explanation, and never counted as passed. */
export function reachOf(settings: SelectionSettings, rows: number): Reach[] {
  const found = [...(settings.predictability_vetoes ? entropyReach(settings, rows) : []), ...rowsReach(settings, rows)];
  const hurdle = costHurdle(settings);
  if (hurdle >= 0) {
    const why = 'what is below the hurdle is below 1.25 times of it as well, unless the hurdle is negative';
    found.push({ setting: 'features.eci_hurdle exemption', status: 'cannot_act', value: hurdle, reachable: null, why });
  }
  return found;
}

/** On which side of the band an entropy lies; recorded, whatever the veto says. */
export function bandPosition(entropy: number, [low, high]: readonly [number, number]): 'below' | 'inside' | 'above' | 'not evaluated' {
  if (Number.isNaN(entropy)) return 'not evaluated';
  return entropy < low ? 'below' : entropy > high ? 'above' : 'inside';
}
