import type { AdaptiveRecord, CommonRiskProfile, MatrixRiskProfile, RiskProfile, SolveParameters, SolveResult } from '../risk/schemas.ts';
import { endsProfile } from '../shared/error-kinds.ts';
import { invariant } from '../shared/errors.ts';
import type { RegimeReading } from './regime.ts';
import type { AdaptiveMapping, AggressorTable, Quadrant, RegimeLabel } from './schemas.ts';
import type { RegimeSettings } from './settings.ts';

/** Below so many rows nothing is chosen. */
export const adaptiveRowsMin = 30;

const byQuadrant = {
  EXPANSION: 'max_sharpe',
  INFLATIONARY_TREND: 'barbell',
  STAGNATION: 'min_variance',
  CRISIS: 'hrp',
  NORMAL: 'max_sharpe',
} as const satisfies Record<Quadrant, CommonRiskProfile>;

const byRegime = {
  QUIET: 'max_sharpe',
  NORMAL: 'max_sharpe',
  TURBULENT: 'hrp',
  CRISIS: 'hrp',
} as const satisfies Record<RegimeLabel, CommonRiskProfile>;

/** The profile for a regime; the fallback below 30 rows. */
export function adaptiveChoice(reading: RegimeReading, mapping: AdaptiveMapping, fallback: CommonRiskProfile): AdaptiveRecord {
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

/** What a window solves when it is asked for a profile. */
export interface ProfileChoice {
  readonly solves: MatrixRiskProfile;
  /** Null where the profile asked for is the one solved. */
  readonly adaptive: AdaptiveRecord | null;
}

/** Which profile a decision solves in its regime: the one asked for, unless that is `adaptive`. */
export function profileAt(risk: RiskProfile, reading: RegimeReading, { adaptive }: RegimeSettings): ProfileChoice {
  if (risk !== 'adaptive') return { solves: risk, adaptive: null };
  const choice = adaptiveChoice(reading, adaptive.mapping, adaptive.fallback);
  return { solves: choice.profile, adaptive: choice };
}

/**
 * Solves a decision of the adaptive profile as the profile of its regime, and says so. A solve that fails no further than its profile is
 * made again as the fallback, with the reason. Errors: those of `solve`.
 */
export function solveAdaptive(
  reading: RegimeReading,
  settings: RegimeSettings,
  solve: (risk: MatrixRiskProfile) => SolveResult,
): SolveResult {
  const { solves, adaptive } = profileAt('adaptive', reading, settings);
  invariant(adaptive !== null, 'the adaptive profile has a choice');
  try {
    return { ...solve(solves), risk: 'adaptive', adaptive };
  } catch (error) {
    const { fallback } = settings.adaptive;
    if (!endsProfile(error) || solves === fallback) throw error;
    const fallbackBecause = `${solves}: ${error.message}`;
    return { ...solve(fallback), risk: 'adaptive', adaptive: { ...adaptive, profile: fallback, fallbackBecause } };
  }
}

/** Total weight of the barbell's aggressors by regime. */
const aggressorFractions = {
  code: { QUIET: 0.15, NORMAL: 0.1, TURBULENT: 0.05, CRISIS: 0.03 },
  specification: { QUIET: 0.15, NORMAL: 0.1, TURBULENT: 0.08, CRISIS: 0.05 },
} as const satisfies Record<AggressorTable, Record<RegimeLabel, number>>;

export function aggressorFraction(label: RegimeLabel, table: AggressorTable): number {
  return aggressorFractions[table][label];
}

/** Parameters of a solve in its regime: the barbell's aggressors hold what the table says. For selecting sleeves alone. */
export function parametersAt(parameters: SolveParameters, { label }: RegimeReading, { aggressorTable }: RegimeSettings): SolveParameters {
  return { ...parameters, aggressorFraction: aggressorFraction(label, aggressorTable) };
}
