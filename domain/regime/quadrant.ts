import type { StressComponents } from './components.ts';
import type { Quadrant } from './schemas.ts';

export interface QuadrantReading {
  readonly quadrant: Quadrant;
  /** Mean return, annualised. */
  readonly growth: number | null;
  /** .7 times the ratio of deviations, .6 times the share of detail energy; above 1.1 once the ratio exceeds some .82. */
  readonly stress: number | null;
}

const stressCut = 1.1;
const growthCut = 0.05;

function quadrantAt(growth: number, stress: number): Quadrant {
  if (growth > growthCut) return stress > stressCut ? 'INFLATIONARY_TREND' : 'EXPANSION';
  if (growth < -growthCut) return stress > stressCut ? 'CRISIS' : 'STAGNATION';
  return 'NORMAL';
}

/** Growth against stress; without components (too few rows) STAGNATION. */
export function quadrantOf(returns: Float64Array, components: StressComponents | null, annualisationDays: number): QuadrantReading {
  if (components === null) return { quadrant: 'STAGNATION', growth: null, stress: null };
  let sum = 0;
  for (const value of returns) sum += value;
  const growth = (sum / returns.length) * annualisationDays;
  const stress = 0.7 * (components.volatilityRatio ?? 0) + 0.6 * (components.turbulence ?? 0);
  return { quadrant: quadrantAt(growth, stress), growth, stress };
}
