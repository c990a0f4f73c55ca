import type { RiskProfile } from '../risk/schemas.ts';
import type { RegimeReading } from './regime.ts';
import type { AggressorTable, RegimeLabel } from '../risk/regime-labels.ts';
import type { AdaptiveMapping, Quadrant } from './schemas.ts';

/** Below so many rows nothing is chosen. */
export const adaptiveRowsMin = 30;

const byQuadrant = {
  EXPANSION: 'max_sharpe',
  INFLATIONARY_TREND: 'barbell',
  STAGNATION: 'min_variance',
  CRISIS: 'hrp',
  NORMAL: 'max_sharpe',
} as const satisfies Record<Quadrant, RiskProfile>;

const byRegime = {
  QUIET: 'max_sharpe',
  NORMAL: 'max_sharpe',
  TURBULENT: 'hrp',
  CRISIS: 'hrp',
} as const satisfies Record<RegimeLabel, RiskProfile>;

/** What a window chose and on what it rests. */
export interface AdaptiveChoice {
  readonly profile: RiskProfile;
  readonly mapping: AdaptiveMapping;
  readonly label: RegimeLabel;
  readonly quadrant: Quadrant;
  readonly score: number;
  /** Why the fallback was taken; null where a mapping chose. */
  readonly fallbackBecause: string | null;
}

/** The profile for a regime; the fallback below 30 rows. */
export function adaptiveChoice(reading: RegimeReading, mapping: AdaptiveMapping, fallback: RiskProfile): AdaptiveChoice {
  const { label, quadrant, score, rows } = reading;
  const isShort = rows < adaptiveRowsMin;
  const chosen = mapping === 'quadrant' ? byQuadrant[quadrant] : byRegime[label];
  return {
    profile: isShort ? fallback : chosen,
    mapping,
    label,
    quadrant,
    score,
    fallbackBecause: isShort ? `${rows} rows, ${adaptiveRowsMin} are needed` : null,
  };
}

/** Total weight of the barbell's aggressors by regime. */
const aggressorFractions = {
  code: { QUIET: 0.15, NORMAL: 0.1, TURBULENT: 0.05, CRISIS: 0.03 },
  specification: { QUIET: 0.15, NORMAL: 0.1, TURBULENT: 0.08, CRISIS: 0.05 },
} as const satisfies Record<AggressorTable, Record<RegimeLabel, number>>;

export function aggressorFraction(label: RegimeLabel, table: AggressorTable): number {
  return aggressorFractions[table][label];
}
