export interface HaarDecomposition {
  /** Rows used: the last ones, a multiple of 2^levels. */
  readonly rows: number;
  /** What is left after the last level. */
  readonly approximation: Float64Array;
  /** Sum of squared detail coefficients, finest level first. */
  readonly detailEnergies: readonly number[];
  readonly approximationEnergy: number;
}

const rowsMax = 64;
const levelsMax = 3;

const energyOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

/** The largest number of levels, three at most, for which there is at least one coefficient. */
function levelsOf(rows: number): number {
  let levels = 0;
  while (levels < levelsMax && rows >= 1 << (levels + 1)) levels++;
  return levels;
}

/** Orthonormal Haar transform of the last 64 values, cut at the front; null below two values (Haar 1910; Mallat 1989). */
export function haarDecomposition(values: Float64Array): HaarDecomposition | null {
  const available = Math.min(rowsMax, values.length);
  const levels = levelsOf(available);
  if (levels === 0) return null;
  const rows = available - (available % (1 << levels));
  let approximation = values.slice(values.length - rows);
  const detailEnergies: number[] = [];
  for (let level = 0; level < levels; level++) {
    const half = approximation.length / 2;
    const next = new Float64Array(half);
    let energy = 0;
    for (let k = 0; k < half; k++) {
      const left = approximation[2 * k]!;
      const right = approximation[2 * k + 1]!;
      next[k] = (left + right) * Math.SQRT1_2;
      const detail = (left - right) * Math.SQRT1_2;
      energy += detail * detail;
    }
    detailEnergies.push(energy);
    approximation = next;
  }
  return { rows, approximation, detailEnergies, approximationEnergy: energyOf(approximation) };
}

/** Share of the energy that the details hold: 7/8 for white noise on three levels; null where there is no energy. */
export function detailEnergyShare({ detailEnergies, approximationEnergy }: HaarDecomposition): number | null {
  const details = detailEnergies.reduce((sum, energy) => sum + energy, 0);
  const total = details + approximationEnergy;
  return total > 0 ? details / total : null;
}
