import { RobustDeviation } from './robust-deviation.ts';

export type MoveCode = 'split_suspected' | 'spike_suspected' | 'extreme_move';

/** One move that is out of the ordinary for its own series. */
export interface UnusualMove {
  readonly code: MoveCode;
  /** Place of the ratio. */
  readonly place: number;
  /** The close divided by the one before it. */
  readonly ratio: number;
  /** Size in robust standard deviations of the series around it; infinite where nothing else moves. */
  readonly deviations: number;
  /** Of a suspected split: into how many (or out of how many) one was made; null for the others. */
  readonly parts: number | null;
}

/** Thresholds of the search. */
export interface MovePolicy {
  /** So many other returns must stand around a move, or nobody can say what is ordinary. */
  readonly moveRowsMin: number;
  /** Returns on either side that say what is ordinary for a series. */
  readonly moveReach: number;
  /** The same for the days around the move: a split or a wrong price changes one day, a panic many. */
  readonly moveReachNear: number;
  readonly moveNearDeviationsMin: number;
  readonly splitTolerance: number;
  readonly splitDeviationsMin: number;
  readonly spikeDeviationsMin: number;
  readonly spikeReturnMin: number;
  /** A spike comes back to within this share of itself. */
  readonly spikeRemainderMax: number;
  readonly extremeDeviationsMin: number;
  readonly extremeReturnMin: number;
}

/** What one share is commonly split into, or shares are joined out of. */
export const splitRatios = [2, 3, 4, 5, 8, 10, 15, 20, 25, 50, 100] as const;

function splitPartsOf(ratio: number, tolerance: number): number | null {
  const size = Math.max(ratio, 1 / ratio);
  return splitRatios.find((parts) => Math.abs(size / parts - 1) <= tolerance) ?? null;
}

/**
 * Unusual moves of a series of closes, given as ratios of each to the one before; a ratio that is no positive number is passed over. A
 * move has one name: a spike where the next session takes it back, else a split where its ratio is that of one, else extreme. A split and
 * a spike must also stand out from the days around them, because on a few days of panic real prices move by such ratios and come back
 * (docs/decisions/0030-a-wrong-price-stands-out-twice.md).
 */
export function unusualMoves(ratios: Float64Array, policy: MovePolicy): UnusualMove[] {
  const logs = ratios.map((ratio) => (ratio > 0 && Number.isFinite(ratio) ? Math.log(ratio) : Number.NaN));
  const around = new RobustDeviation(logs, policy.moveReach);
  const near = new RobustDeviation(logs, policy.moveReachNear);
  const smallest = Math.min(policy.spikeReturnMin, policy.extremeReturnMin);
  const moves: UnusualMove[] = [];
  for (let place = 0; place < logs.length; place++) {
    const log = logs[place]!;
    const ratio = ratios[place]!;
    if (Number.isNaN(log) || !(Math.abs(ratio - 1) > smallest)) continue;
    const size = Math.abs(log);
    const deviation = around.at(place, policy.moveRowsMin);
    const beyond = (count: number): boolean => size > count * deviation;
    const standsOut = size > policy.moveNearDeviationsMin * near.at(place, 1);
    const isReversed = Math.abs(log + (logs[place + 1] ?? Number.NaN)) <= policy.spikeRemainderMax * size;
    const parts = splitPartsOf(ratio, policy.splitTolerance);
    const found = (code: MoveCode): void => {
      moves.push({ code, place, ratio, deviations: size / deviation, parts: code === 'split_suspected' ? parts : null });
    };
    if (standsOut && isReversed && beyond(policy.spikeDeviationsMin)) {
      found('spike_suspected');
      place += 1;
    } else if (standsOut && parts !== null && beyond(policy.splitDeviationsMin)) found('split_suspected');
    else if (Math.abs(ratio - 1) > policy.extremeReturnMin && beyond(policy.extremeDeviationsMin)) found('extreme_move');
  }
  return moves;
}
