/** Thresholds beyond which returns look like percent taken for fractions. */
export interface UnitsPolicy {
  /** Fewer returns say nothing of what is ordinary. */
  readonly unitsRowsMin: number;
  readonly unitsVolatilityMax: number;
  readonly unitsMedianMax: number;
  /** From this share of exact zeros on, the median says nothing of the unit. */
  readonly unitsZeroShareMin: number;
  readonly unitsWorthMin: number;
}

/** Why returns look as if they were in another unit, and the figure that says so. */
export interface UnitsSuspicion {
  readonly why: string;
  readonly value: number;
}

function medianOf(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function volatilityOf(returns: Float64Array, daysPerYear: number): number {
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const squares = returns.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return Math.sqrt((squares / (returns.length - 1)) * daysPerYear);
}

const shown = (value: number): string => String(Number(value.toPrecision(3)));

type MedianPolicy = Pick<UnitsPolicy, 'unitsRowsMin' | 'unitsZeroShareMin'>;

/** Median size of the returns; null where they are few, or too many of them are exactly zero. */
function tellingMedian(returns: Float64Array, { unitsRowsMin, unitsZeroShareMin }: MedianPolicy): number | null {
  const zeros = returns.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
  return returns.length < unitsRowsMin || zeros / returns.length >= unitsZeroShareMin ? null : medianOf(returns.map(Math.abs));
}

function medianSuspicion(returns: Float64Array, max: number, policy: MedianPolicy): UnitsSuspicion | null {
  const median = tellingMedian(returns, policy);
  return median !== null && median > max ? { why: `on an ordinary day it moves by ${shown(median)}, above ${max}`, value: median } : null;
}

/**
 * Whether returns look like percent taken for fractions: too volatile for anything that is traded, too large on an ordinary day, or worth
 * almost nothing at the end. `daysPerYear` is null where the calendar is not known; the volatility then says nothing.
 */
export function suspectUnits(returns: Float64Array, daysPerYear: number | null, policy: UnitsPolicy): UnitsSuspicion | null {
  const isTelling = daysPerYear !== null && returns.length >= policy.unitsRowsMin;
  const volatility = isTelling ? volatilityOf(returns, daysPerYear) : Number.NaN;
  if (volatility > policy.unitsVolatilityMax)
    return { why: `its annualised volatility is ${shown(volatility)}, above ${policy.unitsVolatilityMax}`, value: volatility };
  const median = medianSuspicion(returns, policy.unitsMedianMax, policy);
  if (median !== null) return median;
  const worth = Math.exp(returns.reduce((sum, value) => sum + Math.log1p(value), 0));
  return worth < policy.unitsWorthMin
    ? { why: `1 is worth ${shown(worth)} at its end, below ${policy.unitsWorthMin}`, value: worth }
    : null;
}

/**
 * The same of closes, whose level has no unit. A fund that decays for twenty years ends below 1 % and a coin moves by 3 % on an ordinary
 * day: only the size of an ordinary day says that closes were compounded from percent.
 */
export function suspectUnitsOfCloses(
  returns: Float64Array,
  policy: MedianPolicy & { readonly unitsMedianMaxOfCloses: number },
): UnitsSuspicion | null {
  return medianSuspicion(returns, policy.unitsMedianMaxOfCloses, policy);
}
