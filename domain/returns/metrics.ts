/**
 * Performance of one stitched series of daily simple returns. Nothing is clipped: a value that cannot be right is an error or
 * null, never a bound. Returns and rates are decimal fractions; the risk-free rate is 0.
 */
import { invariant, LedgerError } from '../shared/errors.ts';
import { linearQuantile } from './quantile.ts';
import { sampleMoments } from './sample-moments.ts';
import type { ReturnSeries } from './series.ts';
import { grown, logWealthOf, returnBetween, totalReturnOf, unitWealth, type Wealth } from './wealth.ts';

/** Fewer returns than this and a yearly figure says nothing (docs/explanation/windows.md#figures). */
export const meaningfulRowsMin = 30;

/** Tail of the historical value at risk. */
export const tailShare = 0.05;

/** What may differ between versions of the rules (domain/run/rules.ts) in how a series is measured. */
export interface MetricsPolicy {
  /** Wealth itself is annualised, and a figure beyond the range of numbers is an error; before, `1 + total` was, and it was null. */
  readonly keepsWealth: boolean;
}

export const currentMetricsPolicy: MetricsPolicy = { keepsWealth: true };
const firstMetricsPolicy: MetricsPolicy = { keepsWealth: false };

export function metricsPolicyOf(rules: number): MetricsPolicy {
  return rules < 2 ? firstMetricsPolicy : currentMetricsPolicy;
}

export interface Metrics {
  /** Number of returns. */
  readonly rows: number;
  readonly annualisationDays: number;
  /** Π(1+r)-1. */
  readonly total: number;
  /** Π(1+r)^(A/n)-1; null below 30 returns. */
  readonly twrAnnualised: number | null;
  /** Standard deviation (divisor n-1) times √A; null for a single return. */
  readonly volatility: number | null;
  /** Arithmetic mean over standard deviation, times √A; not the TWR over the volatility. Null without variation. */
  readonly sharpe: number | null;
  /** Mean over √(Σmin(r,0)²/n), times √A; null without a negative return. */
  readonly sortino: number | null;
  /** twrAnnualised over |maxDrawdown|; null where either says nothing. */
  readonly calmar: number | null;
  /** Deepest fall of wealth below its running maximum, start included: in [-1, 0]. */
  readonly maxDrawdown: number;
  /** The 5 % quantile of the returns (linear between order statistics, type 7): a return, so a loss is negative. */
  readonly historicalVar5: number;
  /** Mean of the returns at or below historicalVar5. */
  readonly historicalCvar5: number;
  /** Sum of gains over sum of losses, threshold 0; null without a loss, or without one that can be divided by. */
  readonly omega: number | null;
  /** Share of returns above zero. */
  readonly winRate: number;
  /** `not_meaningful`: fewer than 30 returns, so that no annualised figure here (volatility, sharpe, sortino) means much. */
  readonly flags: readonly 'not_meaningful'[];
}

function refuseUnusable({ dates, values }: ReturnSeries): void {
  if (values.length === 0) throw new LedgerError('HistoryTooShort', 'a series without returns has no performance');
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (!Number.isFinite(value))
      throw new LedgerError('IntegrityFailed', `the return on ${dates[row]} is ${value}`, { evidence: { date: dates[row] } });
    if (value <= -1)
      throw new LedgerError('Bankruptcy', `the series loses everything on ${dates[row]}: its return is ${value}`, {
        evidence: { date: dates[row], return: value },
      });
  }
}

type Ratio = (numerator: number, denominator: number) => number | null;

/** Null where the denominator is nothing, or too little to divide by. */
const ratio: Ratio = (numerator, denominator) => {
  const quotient = numerator / denominator;
  return denominator !== 0 && Number.isFinite(quotient) ? quotient : null;
};

function refuseOverflow(metrics: Metrics): Metrics {
  const beyond = Object.entries(metrics).find(([, value]) => typeof value === 'number' && !Number.isFinite(value));
  if (beyond === undefined) return metrics;
  const [metric] = beyond;
  throw new LedgerError('MetricsOverflow', `the ${metric} of ${metrics.rows} returns is beyond the range of numbers`, {
    evidence: { metric },
  });
}

interface Path {
  readonly wealth: Wealth;
  readonly maxDrawdown: number;
  readonly gains: number;
  readonly losses: number;
  readonly wins: number;
}

function pathOf(values: Float64Array): Path {
  let wealth = unitWealth;
  let peak = unitWealth;
  let maxDrawdown = 0;
  let gains = 0;
  let losses = 0;
  let wins = 0;
  for (const value of values) {
    wealth = grown(wealth, value);
    if (wealth.scale === 0 && wealth.value > peak.value) peak = wealth;
    maxDrawdown = Math.min(maxDrawdown, returnBetween(peak, wealth));
    if (value > 0) {
      gains += value;
      wins += 1;
    } else losses -= value;
  }
  return { wealth, maxDrawdown, gains, losses, wins };
}

/** Growth a year. The first policy took it from the total, which near ruin has lost the wealth that is left. */
function annualised(wealth: Wealth, perYear: number, { keepsWealth }: MetricsPolicy): number | null {
  const growth = keepsWealth ? logWealthOf(wealth) : Math.log(1 + totalReturnOf(wealth));
  const annual = Math.exp(perYear * growth) - 1;
  return keepsWealth || Number.isFinite(annual) ? annual : null;
}

/**
 * Metrics of a series of simple returns. `annualisationDays` comes from the declared calendars, never from the dates.
 * Errors: Bankruptcy on r <= -1, IntegrityFailed on a non-finite return, HistoryTooShort when empty, MetricsOverflow.
 */
export function computeMetrics(series: ReturnSeries, annualisationDays: number, policy: MetricsPolicy = currentMetricsPolicy): Metrics {
  refuseUnusable(series);
  const { values } = series;
  const rows = values.length;
  const { mean, deviation, downside } = sampleMoments(values);
  const { wealth, maxDrawdown, gains, losses, wins } = pathOf(values);
  const rootA = Math.sqrt(annualisationDays);
  const meaningful = rows >= meaningfulRowsMin;
  const twrAnnualised = meaningful ? annualised(wealth, annualisationDays / rows, policy) : null;
  const sorted = values.toSorted();
  const historicalVar5 = linearQuantile(sorted, tailShare);
  const tail = sorted.filter((value) => value <= historicalVar5);
  const metrics = refuseOverflow({
    rows,
    annualisationDays,
    total: totalReturnOf(wealth),
    twrAnnualised,
    volatility: deviation === null ? null : deviation * rootA,
    sharpe: deviation === null ? null : ratio(mean * rootA, deviation),
    sortino: ratio(mean * rootA, downside),
    calmar: twrAnnualised === null ? null : ratio(twrAnnualised, -maxDrawdown),
    maxDrawdown,
    historicalVar5,
    historicalCvar5: tail.reduce((sum, value) => sum + value, 0) / tail.length,
    omega: ratio(gains, losses),
    winRate: wins / rows,
    flags: meaningful ? [] : ['not_meaningful'],
  });
  invariant(maxDrawdown >= -1 && maxDrawdown <= 0, 'a drawdown lies in [-1, 0]', { maxDrawdown });
  return metrics;
}
