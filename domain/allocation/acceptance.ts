import { computeMetrics } from '../returns/metrics.ts';
import type { ReturnMatrix, ReturnSeries } from '../returns/series.ts';
import { selectColumns } from '../risk/columns.ts';
import { diversificationRatio, effectiveNumber, portfolioVolatility, riskContributions } from '../risk/contribution.ts';
import { sampleCorrelation, sampleCovariance } from '../risk/covariance.ts';
import type { AcceptanceVerdict } from '../run/acceptance-verdict.ts';
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
}

const sumTolerance = 1e-9;
const twrTolerance = 1e-9;

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

function volatilityVerdict(covariance: Float64Array, ids: readonly string[], weights: readonly number[]): AcceptanceVerdict {
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
    value < best.value ? 'passed' : 'failed',
    `portfolio ${shown(value)}, best sleeve ${best.name} ${shown(best.value)} (annualised, sample)`,
    {
      value,
      limit: best.value,
      details: sleeves,
    },
  );
}

function diversificationVerdict(covariance: Float64Array, weights: readonly number[]): AcceptanceVerdict {
  const value = diversificationRatio(covariance, weights);
  if (value === null) return verdict('diversification_ratio', 'unknown', 'the portfolio has no variance');
  return verdict(
    'diversification_ratio',
    value > 1 ? 'passed' : 'failed',
    `mean sleeve volatility over that of the whole: ${shown(value)}`,
    { value, limit: 1 },
  );
}

/** That the annualised figure is the time-weighted one: compounded over the rows it gives the total return back. */
function twrVerdict(stream: ReturnSeries, annualisationDays: number): AcceptanceVerdict {
  const { total, rows, twrAnnualised } = computeMetrics(stream, annualisationDays);
  const details = [
    { name: 'total_return', value: total },
    { name: 'rows', value: rows },
  ];
  if (twrAnnualised === null) return verdict('time_weighted_return', 'unknown', 'too few rows to annualise', { value: total, details });
  const error = Math.abs(Math.expm1((Math.log1p(twrAnnualised) * rows) / annualisationDays) - total);
  const status = error <= twrTolerance * (1 + Math.abs(total)) ? 'passed' : 'failed';
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

function conservationVerdict({
  grossBeforeNetting,
  grossExpected,
  conservationError,
  nettedExposure,
}: FlattenedPortfolio): AcceptanceVerdict {
  return verdict(
    'conservation',
    'passed',
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
function correlationVerdict(matrix: ReturnMatrix, covariance: Float64Array): AcceptanceVerdict {
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
  return verdict('sleeve_correlations', value < 1 ? 'passed' : 'failed', `highest pairwise correlation ${shown(value)} (sample)`, {
    value,
    limit: 1,
    details,
  });
}

function effectiveVerdict(ids: readonly string[], weights: readonly number[]): AcceptanceVerdict {
  const value = effectiveNumber(weights);
  if (value === null) return verdict('effective_number_of_sleeves', 'unknown', 'no weights');
  return verdict(
    'effective_number_of_sleeves',
    value > 1 ? 'passed' : 'failed',
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
  return verdict(name, Math.abs(sum - 1) <= 1e-9 ? 'passed' : 'failed', `shares of volatility by the ${words}; they sum to 1`, {
    value: volatility,
    details,
  });
}

function concentrationVerdict({ assets }: FlattenedPortfolio, { warn, fail }: AcceptanceInput['concentration']): AcceptanceVerdict {
  if (assets.length === 0) return verdict('concentration', 'unknown', 'no asset is held');
  const top = assets.reduce((most, asset) => (Math.abs(asset.weight) > Math.abs(most.weight) ? asset : most));
  const value = Math.abs(top.weight);
  const status = value > fail ? 'failed' : value > warn ? 'warned' : 'passed';
  const details = assets.filter((asset) => Math.abs(asset.weight) > warn).map((asset) => ({ name: asset.symbol, value: asset.weight }));
  return verdict('concentration', status, `${top.symbol} ${shown(top.weight)}; warned above ${warn}, failed above ${fail}`, {
    value,
    limit: fail,
    details,
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
  return [
    volatilityVerdict(sample, ids, weights),
    diversificationVerdict(sample, weights),
    twrVerdict(input.stream, input.annualisationDays),
    boundsVerdict(input),
    integrityVerdict(input.integrity),
    conservationVerdict(input.flattened),
    correlationVerdict(matrix, sample),
    effectiveVerdict(ids, weights),
    contributionVerdict('contribution_to_risk_ex_ante', "optimiser's covariance", input.covariance, ids, weights),
    contributionVerdict('contribution_to_risk_realised', 'sample covariance', sample, ids, weights),
    concentrationVerdict(input.flattened, input.concentration),
  ];
}
