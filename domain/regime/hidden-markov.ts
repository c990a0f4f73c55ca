import { linearQuantile } from '../returns/quantile.ts';

/** Two normal distributions between which a chain moves; the second state is the one with the larger mean. */
export interface HiddenMarkov {
  readonly means: readonly [number, number];
  readonly variances: readonly [number, number];
  /** `transitions[from][to]` */
  readonly transitions: readonly [readonly [number, number], readonly [number, number]];
  readonly start: readonly [number, number];
  /** Probability of the state of large moves in the last row. */
  readonly lastProbability: number;
  readonly logLikelihood: number;
  /** Times that the likelihood was evaluated. */
  readonly rounds: number;
}

interface Model {
  readonly means: Float64Array;
  readonly variances: Float64Array;
  /** from * 2 + to */
  readonly transitions: Float64Array;
  readonly start: Float64Array;
}

const stay = 0.95;
const varianceFloor = 1e-3;
const gainMin = 1e-8;
const roundsMax = 200;

/** |r| less its mean over its deviation (divisor n); null where |r| never changes. */
function standardised(returns: Float64Array): Float64Array | null {
  const sizes = returns.map(Math.abs);
  if (sizes.every((size) => size === sizes[0])) return null;
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  const variance = sizes.reduce((sum, size) => sum + (size - mean) * (size - mean), 0) / sizes.length;
  const deviation = Math.sqrt(variance);
  return deviation > 0 ? sizes.map((size) => (size - mean) / deviation) : null;
}

function momentsOf(values: readonly number[]): readonly [mean: number, variance: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, Math.max(varianceFloor, values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length)];
}

/** The halves at the median start the two states; null where one half is empty. */
function firstModel(z: Float64Array): Model | null {
  const median = linearQuantile(z.toSorted(), 0.5);
  const [low, high] = [[...z].filter((value) => value <= median), [...z].filter((value) => value > median)];
  if (low.length === 0 || high.length === 0) return null;
  const [[lowMean, lowVariance], [highMean, highVariance]] = [momentsOf(low), momentsOf(high)];
  return {
    means: Float64Array.of(lowMean, highMean),
    variances: Float64Array.of(lowVariance, highVariance),
    transitions: Float64Array.of(stay, 1 - stay, 1 - stay, stay),
    start: Float64Array.of(0.5, 0.5),
  };
}

interface Pass {
  /** Scaled forward probabilities, row * 2 + state: of the rows up to this one. */
  readonly forward: Float64Array;
  /** Densities over the row's largest. */
  readonly densities: Float64Array;
  /** Sum of each row before scaling. */
  readonly scales: Float64Array;
  readonly logLikelihood: number;
}

function forwardPass(z: Float64Array, { means, variances, transitions, start }: Model): Pass {
  const rows = z.length;
  const forward = new Float64Array(2 * rows);
  const densities = new Float64Array(2 * rows);
  const scales = new Float64Array(rows);
  const [mean0, mean1, variance0, variance1] = [means[0]!, means[1]!, variances[0]!, variances[1]!];
  const [normaliser0, normaliser1] = [Math.log(2 * Math.PI * variance0), Math.log(2 * Math.PI * variance1)];
  let [ahead0, ahead1] = [start[0]!, start[1]!];
  let logLikelihood = 0;
  for (let t = 0; t < rows; t++) {
    const value = z[t]!;
    // Logarithms of the normal densities; both are scaled by the larger of the row, so that no row vanishes.
    const first = -0.5 * (normaliser0 + ((value - mean0) * (value - mean0)) / variance0);
    const second = -0.5 * (normaliser1 + ((value - mean1) * (value - mean1)) / variance1);
    const largest = first > second ? first : second;
    const b0 = first === largest ? 1 : Math.exp(first - largest);
    const b1 = second === largest ? 1 : Math.exp(second - largest);
    const a0 = b0 * ahead0;
    const a1 = b1 * ahead1;
    const scale = a0 + a1;
    densities[2 * t] = b0;
    densities[2 * t + 1] = b1;
    const f0 = a0 / scale;
    const f1 = a1 / scale;
    forward[2 * t] = f0;
    forward[2 * t + 1] = f1;
    ahead0 = f0 * transitions[0]! + f1 * transitions[2]!;
    ahead1 = f0 * transitions[1]! + f1 * transitions[3]!;
    scales[t] = scale;
    logLikelihood += Math.log(scale) + largest;
  }
  return { forward, densities, scales, logLikelihood };
}

/** Probabilities of the states given all rows, and expected transitions. */
function smoothed({ transitions }: Model, { forward, densities, scales }: Pass): { gamma: Float64Array; moves: Float64Array } {
  const rows = scales.length;
  const gamma = new Float64Array(2 * rows);
  const moves = new Float64Array(4);
  let back0 = 1;
  let back1 = 1;
  gamma[2 * rows - 2] = forward[2 * rows - 2]!;
  gamma[2 * rows - 1] = forward[2 * rows - 1]!;
  for (let t = rows - 1; t > 0; t--) {
    const after0 = (densities[2 * t]! * back0) / scales[t]!;
    const after1 = (densities[2 * t + 1]! * back1) / scales[t]!;
    const f0 = forward[2 * t - 2]!;
    const f1 = forward[2 * t - 1]!;
    moves[0] = moves[0]! + f0 * transitions[0]! * after0;
    moves[1] = moves[1]! + f0 * transitions[1]! * after1;
    moves[2] = moves[2]! + f1 * transitions[2]! * after0;
    moves[3] = moves[3]! + f1 * transitions[3]! * after1;
    back0 = transitions[0]! * after0 + transitions[1]! * after1;
    back1 = transitions[2]! * after0 + transitions[3]! * after1;
    gamma[2 * t - 2] = f0 * back0;
    gamma[2 * t - 1] = f1 * back1;
  }
  return { gamma, moves };
}

/** The model that makes the expected states likeliest. */
function maximised(z: Float64Array, model: Model, pass: Pass): Model {
  const { gamma, moves } = smoothed(model, pass);
  const means = new Float64Array(2);
  const variances = new Float64Array(2);
  const transitions = new Float64Array(4);
  for (let state = 0; state < 2; state++) {
    let weight = 0;
    let sum = 0;
    for (let t = 0; t < z.length; t++) {
      weight += gamma[2 * t + state]!;
      sum += gamma[2 * t + state]! * z[t]!;
    }
    means[state] = sum / weight;
    let squares = 0;
    for (let t = 0; t < z.length; t++) squares += gamma[2 * t + state]! * (z[t]! - means[state]!) * (z[t]! - means[state]!);
    variances[state] = Math.max(varianceFloor, squares / weight);
    const leaving = moves[2 * state]! + moves[2 * state + 1]!;
    transitions[2 * state] = moves[2 * state]! / leaving;
    transitions[2 * state + 1] = moves[2 * state + 1]! / leaving;
  }
  return { means, variances, transitions, start: gamma.slice(0, 2) };
}

const isFinite = ({ means, variances, transitions }: Model): boolean =>
  [...means, ...variances, ...transitions].every((value) => Number.isFinite(value));

function described({ means, variances, transitions, start }: Model, { forward, logLikelihood }: Pass, rounds: number): HiddenMarkov {
  const crisis = means[1]! >= means[0]! ? 1 : 0;
  const calm = 1 - crisis;
  const pair = (values: Float64Array, offset = 0): [number, number] => [values[offset + calm]!, values[offset + crisis]!];
  return {
    means: pair(means),
    variances: pair(variances),
    transitions: [pair(transitions, 2 * calm), pair(transitions, 2 * crisis)],
    start: pair(start),
    lastProbability: forward[forward.length - 2 + crisis]!,
    logLikelihood,
    rounds,
  };
}

/**
 * Two-state hidden Markov model of standardised |r|, by Baum and Welch (Baum et al. 1970; Rabiner 1989) from the halves at the median until
 * the log-likelihood gains less than 1e-8, or 200 rounds. It is one of several optima, and so a hint. Null where |r| does not vary enough.
 */
export function hiddenMarkov(returns: Float64Array): HiddenMarkov | null {
  const z = standardised(returns);
  let model = z === null ? null : firstModel(z);
  if (z === null || model === null) return null;
  let pass = forwardPass(z, model);
  let rounds = 1;
  while (rounds < roundsMax) {
    const next = maximised(z, model, pass);
    if (!isFinite(next)) break;
    const better = forwardPass(z, next);
    const gain = better.logLikelihood - pass.logLikelihood;
    model = next;
    pass = better;
    rounds++;
    if (gain < gainMin) break;
  }
  return described(model, pass, rounds);
}
