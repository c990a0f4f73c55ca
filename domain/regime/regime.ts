import { recentRows, regimeComponents, type RegimeComponents, type RegimeTerm, regimeTerms, stressComponents } from './components.ts';
import { type HiddenMarkov, hiddenMarkov } from './hidden-markov.ts';
import { quadrantOf, type QuadrantReading } from './quadrant.ts';
import type { RegimeLabel } from '../risk/regime-names.ts';
import type { SpectralFlag } from './schemas.ts';

/** Rows that the detector reads at most, and below which it says NORMAL without looking. */
export const regimeRowsMax = 252;
export const regimeRowsMin = 20;

export interface RegimeReading extends QuadrantReading {
  readonly rows: number;
  readonly label: RegimeLabel;
  /** The label before the spectral flag was asked. */
  readonly labelByScore: RegimeLabel;
  readonly score: number;
  /** Sum of the terms, before the calm of the series lowers it. */
  readonly rawScore: number;
  readonly components: RegimeComponents | null;
  readonly terms: readonly RegimeTerm[];
  /** A hint: another start may end in another optimum. */
  readonly hiddenMarkov: HiddenMarkov | null;
  /** Components that could not be evaluated, each counted as 0. */
  readonly notEvaluated: readonly string[];
  /** Labels that no series of so many rows can have under this flag. */
  readonly unreachable: readonly RegimeLabel[];
}

const crisisScore = 1.8;
const quietScore = 0.7;
/** Above this score a hidden state or quadrant of crisis decides. */
const hintScore = 1.5;
const scoreCap = 2.5;
const calmCap = 0.6;
const otherTermsMax = 0.8;
const volatilityWeight = 0.35;
/** Cuts of the spectral flag on the share of detail energy; .96 is the 95 % quantile of white noise on 64 rows. */
const turbulenceCuts = { noise: 0.96, origin: 0.7 } as const;
const hurstCut = 0.65;

/** A calm series scores low whatever its other components say. */
function adjusted(raw: number, ratio: number, recentDeviation: number): number {
  let score = raw;
  if (ratio < 0.2) score *= 0.5;
  if (recentDeviation < 0.001) score *= 0.01;
  score = Math.min(scoreCap, score);
  return ratio < 0.5 ? Math.min(calmCap, score) : score;
}

function labelOf(score: number): RegimeLabel {
  return score >= crisisScore ? 'CRISIS' : score < quietScore ? 'QUIET' : 'NORMAL';
}

function isTurbulent({ turbulence, hurst }: RegimeComponents, flag: Exclude<SpectralFlag, 'off'>): boolean {
  const exponent = flag === 'origin' ? hurst?.uncorrected : hurst?.corrected;
  return (turbulence ?? 0) > turbulenceCuts[flag] || (exponent ?? 0) > hurstCut;
}

/** The ratio of deviations is at most √((n-1)/9), the other terms together at most .8. */
export function unreachableLabels(rows: number, flag: SpectralFlag): RegimeLabel[] {
  const scoreMax =
    rows < regimeRowsMin ? 1 : Math.min(scoreCap, volatilityWeight * Math.sqrt((rows - 1) / (recentRows - 1)) + otherTermsMax);
  const crisisNeeds = flag === 'off' ? crisisScore : hintScore;
  return [
    ...(flag === 'off' || rows < regimeRowsMin ? (['TURBULENT'] as const) : []),
    ...(scoreMax < crisisNeeds ? (['CRISIS'] as const) : []),
  ];
}

function unread(rows: number, annualisationDays: number, flag: SpectralFlag, returns: Float64Array): RegimeReading {
  return {
    ...quadrantOf(returns, null, annualisationDays),
    rows,
    label: 'NORMAL',
    labelByScore: 'NORMAL',
    score: 1,
    rawScore: 1,
    components: null,
    terms: [],
    hiddenMarkov: null,
    notEvaluated: [],
    unreachable: unreachableLabels(rows, flag),
  };
}

function rowsRead(all: Float64Array): Float64Array {
  return all.subarray(Math.max(0, all.length - regimeRowsMax));
}

/** The quadrant of a market alone, of the rows that the detector reads: it needs no hidden state and no test of a unit root. */
export function marketQuadrant(all: Float64Array, annualisationDays: number): QuadrantReading {
  const returns = rowsRead(all);
  return quadrantOf(returns, returns.length < regimeRowsMin ? null : stressComponents(returns), annualisationDays);
}

/**
 * The regime of a market by one series of simple returns, such as the mean of all columns: of its last 252 rows, which end before the
 * decision. Fewer than 20 rows are NORMAL with a score of 1 (docs/explanation/regimes.md).
 */
export function detectRegime(all: Float64Array, annualisationDays: number, flag: SpectralFlag): RegimeReading {
  const returns = rowsRead(all);
  const rows = returns.length;
  if (rows < regimeRowsMin) return unread(rows, annualisationDays, flag, returns);
  const components = regimeComponents(returns);
  const terms = regimeTerms(components);
  const rawScore = terms.reduce((sum, { weight, value }) => sum + weight * (value ?? 0), 0);
  const score = adjusted(rawScore, components.volatilityRatio ?? 0, components.recentDeviation);
  const quadrant = quadrantOf(returns, components, annualisationDays);
  const markov = hiddenMarkov(returns);
  const labelByScore = labelOf(score);
  let label = labelByScore;
  if (flag !== 'off') {
    if (label === 'NORMAL' && isTurbulent(components, flag)) label = 'TURBULENT';
    if (((markov?.lastProbability ?? 0) > 0.5 || quadrant.quadrant === 'CRISIS') && score > hintScore) label = 'CRISIS';
  }
  const absent = terms.flatMap(({ component, value }) => (value === null ? [component] : []));
  return {
    ...quadrant,
    rows,
    label,
    labelByScore,
    score,
    rawScore,
    components,
    terms,
    hiddenMarkov: markov,
    notEvaluated: markov === null ? [...absent, 'hidden_markov'] : absent,
    unreachable: unreachableLabels(rows, flag),
  };
}
