import { computeMetrics, type Metrics, metricsPolicyOf } from '../returns/metrics.ts';
import type { ReturnMatrix, ReturnSeries } from '../returns/series.ts';
import { selectColumns } from '../risk/columns.ts';
import { diversificationRatio, effectiveNumber, portfolioVolatility, riskContributions } from '../risk/contribution.ts';
import { sampleCorrelation, sampleCovariance } from '../risk/covariance.ts';
import type { AcceptanceVerdict } from '../run/acceptance-verdict.ts';
import { rulesInForce } from '../run/rules.ts';
import type { FlattenedPortfolio } from './flatten.ts';

export interface AcceptanceInput {
  /** Joined returns of the sleeves directly below the portfolio. */
  readonly matrix: ReturnMatrix;
  /** Of the portfolio itself on the joined dates. */
  readonly stream: ReturnSeries;
  /** Final weights, in the order of the columns. */
  readonly weights: readonly number[];
  readonly bounds: readonly { readonly id: string; readonly lower: number; readonly upper: number }[];
  readonly determined: boolean;
  /** The optimiser's annualised covariance. */
  readonly covariance: Float64Array;
  readonly annualisationDays: number;
  /** Audits of the joins, of this portfolio and those below it. */
  readonly integrity: { readonly errors: number; readonly checked: number };
  readonly flattened: FlattenedPortfolio;
  readonly concentration: { readonly warn: number; readonly fail: number };
  /**
   * Solves, here and below, that took more correlation shrinkage than was asked for: the portfolio and the shrinkage. Left out: not known.
   */
  readonly hardened?: readonly { readonly name: string; readonly value: number }[];
  /** Version of the rules, those in force when left out; under rules 1 limits had no tolerance and conservation was not measured. */
  readonly rules?: number;
}

const sumTolerance = 1e-9;
const twrTolerance = 1e-9;

/** By this share of a limit a figure must be beyond it: less is rounding, and decides nothing (docs/explanation/profiles.md#acceptance). */
const limitTolerance = 1e-9;

function toleranceOf({ rules = rulesInForce }: Pick<AcceptanceInput, 'rules'>): number {
  return rules < 2 ? 0 : limitTolerance;
}

function verdict(
  check: string,
  status: AcceptanceVerdict['status'],
  message: string,
  figures: Partial<Pick<AcceptanceVerdict, 'value' | 'limit' | 'details' | 'holds'>> = {},
): AcceptanceVerdict {
  return {
    check,
    status,
    value: figures.value ?? null,
    limit: figures.limit ?? null,
    message,
    details: figures.details ?? [],
    holds: figures.holds ?? false,
  };
}

/** Four decimals; a rounding remainder below zero is not shown as -0.0000. */
const shown = (value: number): string => (Math.abs(value) < 0.00005 ? 0 : value).toFixed(4);

function volatilityVerdict(
  covariance: Float64Array,
  ids: readonly string[],
  weights: readonly number[],
  tolerance: number,
): AcceptanceVerdict {
  const sleeves = ids.map((name, index) => ({ name, value: Math.sqrt(covariance[index * ids.length + index]!) }));
  const best = sleeves.reduce((least, sleeve) => (sleeve.value < least.value ? sleeve : least));
  const value = portfolioVolatility(covariance, weights);
  if (!(best.value > 0))
    return verdict('volatility_below_best_sleeve', 'unknown', `sleeve ${best.name} has no variance to be below`, {
      value,
      details: sleeves,
    });
  return verdict(
    'volatility_below_best_sleeve',
    value < best.value * (1 - tolerance) ? 'passed' : 'failed',
    `portfolio ${shown(value)}, best sleeve ${best.name} ${shown(best.value)} (annualised, sample)`,
    {
      value,
      limit: best.value,
      details: sleeves,
    },
  );
}

function diversificationVerdict(covariance: Float64Array, weights: readonly number[], tolerance: number): AcceptanceVerdict {
  const value = diversificationRatio(covariance, weights);
  if (value === null) return verdict('diversification_ratio', 'unknown', 'the portfolio has no variance');
  return verdict(
    'diversification_ratio',
    value > 1 + tolerance ? 'passed' : 'failed',
    `mean sleeve volatility over that of the whole: ${shown(value)}`,
    { value, limit: 1 },
  );
}

/** Under rules 1: compounded over the rows the annual figure gives the total return back. */
function givesTotalBack({ total, rows }: Metrics, twrAnnualised: number, annualisationDays: number): boolean {
  const error = Math.abs(Math.expm1((Math.log1p(twrAnnualised) * rows) / annualisationDays) - total);
  return error <= twrTolerance * (1 + Math.abs(total));
}

/**
 * The same in logarithms, summed return by return: they tell a wealth of 1e-17 from one of 1e-12, which both are a total of -1. What the
 * annual figure itself cannot tell, a last digit of 1 + TWR, is allowed for.
 */
function givesGrowthBack({ values }: ReturnSeries, twrAnnualised: number, annualisationDays: number): boolean {
  let growth = 0;
  for (const value of values) growth += Math.log1p(value);
  const years = values.length / annualisationDays;
  const lastDigit = (years * Number.EPSILON) / (1 + twrAnnualised);
  return Math.abs(Math.log1p(twrAnnualised) * years - growth) <= twrTolerance * Math.max(1, Math.abs(growth)) + lastDigit;
}

/** That the annualised figure is the time-weighted one: compounded over the rows it gives the total return back. */
function twrVerdict({ stream, annualisationDays, rules = rulesInForce }: AcceptanceInput): AcceptanceVerdict {
  const metrics = computeMetrics(stream, annualisationDays, metricsPolicyOf(rules));
  const { total, rows, twrAnnualised } = metrics;
  const details = [
    { name: 'total_return', value: total },
    { name: 'rows', value: rows },
  ];
  if (twrAnnualised === null) return verdict('time_weighted_return', 'unknown', 'too few rows to annualise', { value: total, details });
  const isRight =
    rules < 2 ? givesTotalBack(metrics, twrAnnualised, annualisationDays) : givesGrowthBack(stream, twrAnnualised, annualisationDays);
  const status = isRight ? 'passed' : 'failed';
  return verdict(
    'time_weighted_return',
    status,
    `annualised from the stitched in-sample stream: ${shown(twrAnnualised)}; compounded over its ${rows} rows it gives the total ` +
      `return back`,
    { value: twrAnnualised, details },
  );
}

function boundsVerdict({ weights, bounds, determined }: AcceptanceInput): AcceptanceVerdict {
  let sum = 0;
  for (const weight of weights) sum += weight;
  const outside = bounds.filter(
    (bound, index) => weights[index]! < bound.lower - sumTolerance || weights[index]! > bound.upper + sumTolerance,
  );
  const kept = outside.length === 0 && Math.abs(sum - 1) <= sumTolerance;
  const note = determined ? '; the bounds determine the allocation' : '';
  const message = kept
    ? `every sleeve within its bounds${note}`
    : `outside: ${outside.map((bound) => bound.id).join(', ') || 'none'}; weights sum to ${sum}`;
  return verdict('bounds', kept ? 'passed' : 'failed', message, {
    value: sum,
    limit: 1,
    details: bounds.map((bound, index) => ({ name: bound.id, value: weights[index]! })),
    holds: true,
  });
}

function integrityVerdict({ errors, checked }: AcceptanceInput['integrity']): AcceptanceVerdict {
  if (checked === 0) return verdict('integrity', 'unknown', 'nothing was checked', { holds: true });
  return verdict('integrity', errors === 0 ? 'passed' : 'failed', `${checked} checks of the joined matrix, ${errors} errors`, {
    value: errors,
    limit: 0,
    holds: true,
  });
}

function conservationVerdict({ flattened, rules = rulesInForce }: AcceptanceInput): AcceptanceVerdict {
  const { grossBeforeNetting, grossExpected, conservationError, nettedExposure } = flattened;
  return verdict(
    'conservation',
    rules < 2 || conservationError <= sumTolerance ? 'passed' : 'failed',
    `gross exposure ${shown(grossBeforeNetting)} of ${shown(grossExpected)} before netting; netted ${shown(nettedExposure)}`,
    {
      value: conservationError,
      limit: sumTolerance,
      details: [{ name: 'netted_exposure', value: nettedExposure }],
      holds: true,
    },
  );
}

/** A sleeve whose returns are constant correlates with nothing: its pairs are left out. */
function correlationVerdict(matrix: ReturnMatrix, covariance: Float64Array, tolerance: number): AcceptanceVerdict {
  const width = matrix.columns.length;
  const varying = selectColumns(
    matrix,
    matrix.columns.flatMap((_, column) => (covariance[column * width + column]! > 0 ? [column] : [])),
  );
  const ids = varying.columns;
  if (ids.length < 2) return verdict('sleeve_correlations', 'unknown', 'no pair of sleeves with variance');
  const correlation = sampleCorrelation(varying);
  const details: { name: string; value: number }[] = [];
  for (let i = 0; i < ids.length; i++) {
    for (let j = i + 1; j < ids.length; j++) details.push({ name: `${ids[i]}~${ids[j]}`, value: correlation[i * ids.length + j]! });
  }
  const value = Math.max(...details.map((pair) => pair.value));
  return verdict(
    'sleeve_correlations',
    value < 1 - tolerance ? 'passed' : 'failed',
    `highest pairwise correlation ${shown(value)} (sample)`,
    {
      value,
      limit: 1,
      details,
    },
  );
}

function effectiveVerdict(ids: readonly string[], weights: readonly number[], tolerance: number): AcceptanceVerdict {
  const value = effectiveNumber(weights);
  if (value === null) return verdict('effective_number_of_sleeves', 'unknown', 'no weights');
  return verdict(
    'effective_number_of_sleeves',
    value > 1 + tolerance ? 'passed' : 'failed',
    `1 over the sum of squared weights: ${shown(value)} of ${ids.length}`,
    { value, limit: 1 },
  );
}

function contributionVerdict(
  name: string,
  words: string,
  covariance: Float64Array,
  ids: readonly string[],
  weights: readonly number[],
): AcceptanceVerdict {
  const { shares, volatility } = riskContributions(covariance, weights);
  if (shares === null) return verdict(name, 'unknown', 'the portfolio has no variance');
  let sum = 0;
  for (const share of shares) sum += share;
  const details = ids.map((id, index) => ({ name: id, value: shares[index]! }));
  return verdict(name, Math.abs(sum - 1) <= sumTolerance ? 'passed' : 'failed', `shares of volatility by the ${words}; they sum to 1`, {
    value: volatility,
    details,
  });
}

/**
 * Realised shares are of the stream that was measured: the variance that they add up to is its own, to a share of 1e-9 of the terms. Rules
 * 1 looked at their sum alone.
 */
function realisedVerdict(input: AcceptanceInput, covariance: Float64Array): AcceptanceVerdict {
  const { matrix, weights, stream, annualisationDays } = input;
  const name = 'contribution_to_risk_realised';
  const found = contributionVerdict(name, 'sample covariance', covariance, matrix.columns, weights);
  if (toleranceOf(input) === 0 || found.status !== 'passed') return found;
  const own = sampleCovariance({ dates: stream.dates, columns: ['stream'], values: stream.values })[0]! * annualisationDays;
  const terms = covariance.reduce((sum, entry, at) => {
    const [row, column] = [Math.floor(at / weights.length), at % weights.length];
    return sum + Math.abs(weights[row]! * entry * weights[column]!);
  }, 0);
  const apart = Math.abs(found.value! * found.value! - own);
  if (apart <= sumTolerance * terms) return found;
  return {
    ...found,
    status: 'failed',
    message: `the shares are of a volatility of ${shown(found.value!)}, the stream has ${shown(Math.sqrt(own))}`,
  };
}

function concentrationVerdict(input: AcceptanceInput): AcceptanceVerdict {
  const { assets } = input.flattened;
  const { warn, fail } = input.concentration;
  if (assets.length === 0) return verdict('concentration', 'unknown', 'no asset is held');
  const top = assets.reduce((most, asset) => (Math.abs(asset.weight) > Math.abs(most.weight) ? asset : most));
  const value = Math.abs(top.weight);
  const isAbove = (weight: number, limit: number): boolean => Math.abs(weight) > limit * (1 + toleranceOf(input));
  const status = isAbove(value, fail) ? 'failed' : isAbove(value, warn) ? 'warned' : 'passed';
  const details = assets.filter((asset) => isAbove(asset.weight, warn)).map((asset) => ({ name: asset.symbol, value: asset.weight }));
  return verdict('concentration', status, `${top.symbol} ${shown(top.weight)}; warned above ${warn}, failed above ${fail}`, {
    value,
    limit: fail,
    details,
  });
}

function nativeVerdict(hardened: NonNullable<AcceptanceInput['hardened']>): AcceptanceVerdict {
  const named = hardened.map(({ name, value }) => `${name} at a correlation shrinkage of ${value}`).join(', ');
  const message = hardened.length === 0 ? 'every solve took the correlation shrinkage asked for' : `hardened: ${named}`;
  return verdict('native_solves', hardened.length === 0 ? 'passed' : 'warned', message, {
    value: hardened.length,
    limit: 0,
    details: [...hardened],
  });
}

/**
 * The acceptance verdicts of one profile, measured and never assumed (docs/explanation/profiles.md). Volatilities, correlations, the
 * diversification ratio and the realised contributions use the sample covariance of the joined rows (divisor T - 1); the
 * ex-ante contributions use the optimiser's.
 */
export function measureAcceptance(input: AcceptanceInput): AcceptanceVerdict[] {
  const { matrix, weights } = input;
  const ids = matrix.columns;
  const sample = sampleCovariance(matrix).map((entry) => entry * input.annualisationDays);
  const tolerance = toleranceOf(input);
  return [
    volatilityVerdict(sample, ids, weights, tolerance),
    diversificationVerdict(sample, weights, tolerance),
    twrVerdict(input),
    boundsVerdict(input),
    integrityVerdict(input.integrity),
    conservationVerdict(input),
    correlationVerdict(matrix, sample, tolerance),
    effectiveVerdict(ids, weights, tolerance),
    contributionVerdict('contribution_to_risk_ex_ante', "optimiser's covariance", input.covariance, ids, weights),
    realisedVerdict(input, sample),
    concentrationVerdict(input),
    ...(input.hardened === undefined ? [] : [nativeVerdict(input.hardened)]),
  ];
}
