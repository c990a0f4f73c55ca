import { appendFileSync } from 'node:fs';

/** Figures of one fault or abuse test: one line of JSON in the file that `FIGURES_FILE` names, or nothing. */
export function reportFigures(figures: {
  readonly test: string;
  readonly seed: number | null;
  readonly trials: number;
  readonly [figure: string]: unknown;
}): void {
  const file = process.env['FIGURES_FILE'];
  if (file !== undefined && file !== '') appendFileSync(file, `${JSON.stringify(figures)}\n`);
}

/** How often a fault is tried: few times in the suite, as `FAULT_TRIALS` says by hand. */
export function faultTrials(inSuite: number): number {
  const asked = Number(process.env['FAULT_TRIALS'] ?? inSuite);
  if (!Number.isSafeInteger(asked) || asked < 1)
    throw new Error(`FAULT_TRIALS must be a positive whole number, not ${process.env['FAULT_TRIALS']}`);
  return asked;
}

/** The seed of a fault test: `SEED`, or one of its own. */
export function faultSeed(): number {
  return Number(process.env['SEED'] ?? 20_261_121);
}

/** Numbers in [0, 1) from a seed (mulberry32): the same trial again with the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Bytes that no codec makes shorter. */
export function incompressible(length: number, seed = 1): Uint8Array {
  const random = seeded(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

/** The value below which `fraction` of the values lie (nearest rank). */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN;
}
