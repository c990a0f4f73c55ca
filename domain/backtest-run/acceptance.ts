import type { RiskProfile } from '../risk/schemas.ts';
import type { AcceptanceVerdict } from '../run/acceptance-verdict.ts';

/** What a tested profile is measured by: its decisions, what they hold, and the volatilities of its streams. */
export interface TestedDecisions {
  readonly risk: RiskProfile;
  /** Sleeves directly below. */
  readonly ids: readonly string[];
  /** Bounded weights, a row for each decision, in the order of the ids. */
  readonly weights: readonly (readonly number[])[];
  readonly bounds: readonly { readonly id: string; readonly lower: number; readonly upper: number }[];
  /** Sum of absolute weights of the assets of each sleeve, a row for each decision. */
  readonly held: readonly (readonly number[])[];
  /** Standard deviation of each sleeve's weight over the decisions; null for a single one. */
  readonly stability: readonly number[] | null;
  /** Annualised, of net out-of-sample returns on the same rows; null where there is none. */
  readonly volatility: number | null;
  readonly sleeveVolatilities: readonly (number | null)[];
}

/** Above this a sum of weights is off, a weight outside its bounds, a weight moved. */
const weightTolerance = 1e-9;

/** Profiles that set 1/N by definition: their weights are not expected to vary. */
const evenRisks: readonly RiskProfile[] = ['equal_weight', 'market', 'benchmark'];

type Found = Pick<AcceptanceVerdict, 'status' | 'message'> & Partial<Pick<AcceptanceVerdict, 'value' | 'limit' | 'details'>>;

function verdict(check: string, { status, message, value = null, limit = null, details = [] }: Found): AcceptanceVerdict {
  return { check, status, value, limit, message, details, holds: false };
}

function boundsVerdict({ weights, bounds, ids }: TestedDecisions): AcceptanceVerdict {
  let worst = 0;
  for (const row of weights) {
    let sum = 0;
    for (const [column, id] of ids.entries()) {
      const { lower, upper } = bounds.find((bound) => bound.id === id)!;
      const weight = row[column]!;
      sum += weight;
      worst = Math.max(worst, lower - weight, weight - upper);
    }
    worst = Math.max(worst, Math.abs(sum - 1));
  }
  const kept = worst <= weightTolerance;
  return verdict('bounds_at_every_decision', {
    status: kept ? 'passed' : 'failed',
    value: worst,
    limit: weightTolerance,
    message: kept ? `${weights.length} decisions within the bounds, each of sum 1` : 'a decision leaves its bounds, or does not sum to 1',
  });
}

function heldVerdict({ held, ids }: TestedDecisions): AcceptanceVerdict {
  const least = Math.min(...held.flat());
  const empty = ids.filter((_, column) => held.some((row) => !(row[column]! > 0)));
  return verdict('assets_of_every_sleeve', {
    status: empty.length === 0 ? 'passed' : 'failed',
    value: least,
    limit: 0,
    message: empty.length === 0 ? 'every decision holds assets of every sleeve' : `a decision holds nothing of ${empty.join(', ')}`,
  });
}

function varyVerdict({ risk, ids, stability }: TestedDecisions): AcceptanceVerdict {
  const check = 'sleeve_weights_vary';
  if (stability === null) return verdict(check, { status: 'unknown', message: 'there is one decision' });
  const value = Math.max(...stability);
  const details = ids.map((name, column) => ({ name, value: stability[column]! }));
  const found = { value, limit: weightTolerance, details };
  if (value > weightTolerance)
    return verdict(check, { status: 'passed', message: 'greatest standard deviation of a weight over the decisions', ...found });
  return evenRisks.includes(risk)
    ? verdict(check, { status: 'passed', message: `${risk} sets 1/N at every decision, as it should`, ...found })
    : verdict(check, { status: 'warned', message: 'every decision set the same weights: the bounds may leave one allocation', ...found });
}

function volatilityVerdict({ ids, volatility, sleeveVolatilities }: TestedDecisions): AcceptanceVerdict {
  const check = 'volatility_below_best_sleeve';
  const sleeves = ids.flatMap((name, column) => {
    const value = sleeveVolatilities[column] ?? null;
    return value === null ? [] : [{ name, value }];
  });
  const [first, ...others] = sleeves;
  if (volatility === null || first === undefined)
    return verdict(check, { status: 'unknown', message: 'too few rows for a volatility a year' });
  const best = others.reduce((least, sleeve) => (sleeve.value < least.value ? sleeve : least), first);
  return verdict(check, {
    status: volatility < best.value ? 'passed' : 'failed',
    value: volatility,
    limit: best.value,
    message: `out-of-sample and net, on the same rows; the best sleeve is ${best.name}`,
    details: sleeves,
  });
}

/** What a backtest shows of a profile, check by check. Evidence: none of them prevents the run from being recorded. */
export function backtestVerdicts(tested: TestedDecisions): AcceptanceVerdict[] {
  return [boundsVerdict(tested), heldVerdict(tested), varyVerdict(tested), volatilityVerdict(tested)];
}
