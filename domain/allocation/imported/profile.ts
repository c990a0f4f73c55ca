import { annualisationDays, type CalendarId } from '../../returns/calendar.ts';
import { computeMetrics, type Metrics, metricsPolicyOf } from '../../returns/metrics.ts';
import type { ReturnSeries, SymbolWeight } from '../../returns/series.ts';
import type { RiskProfile } from '../../risk/schemas.ts';
import { endsProfile } from '../../shared/error-kinds.ts';
import { LedgerError } from '../../shared/errors.ts';
import type { FailedProfile } from '../outcomes.ts';

/** Gross weights further from 1 than this degrade the profile: the conservation tolerance of the specification. */
const grossTolerance = 1e-6;

/** Returns of one risk profile that somebody else computed, and where they stand. */
export interface ImportedStream {
  readonly risk: RiskProfile;
  /** A file relative to the run directory, or a place in a message. */
  readonly path: string;
  readonly engine: string | null;
  readonly simulator: string | null;
  readonly series: ReturnSeries;
}

/** What a run holds under one risk profile, as fractions of the sleeve's equity. */
export interface ImportedPortfolio {
  /** A file relative to the run directory, or a place in a message. */
  readonly path: string;
  /** Signed, by symbol. */
  readonly weights: readonly SymbolWeight[];
  /** Sum of the gross weights: 1 where the source keeps its contract. */
  readonly grossSum: number;
}

/** A risk profile taken over as it stands, measured and not solved. */
export interface ImportedProfile {
  readonly status: 'imported';
  readonly risk: RiskProfile;
  readonly stream: ImportedStream;
  readonly portfolio: ImportedPortfolio | null;
  readonly metrics: Metrics;
  /** What keeps it from being whole, in words. */
  readonly problems: readonly string[];
}

export interface ImportedContext {
  readonly asOf: string;
  /** Of what the portfolios of the run hold. */
  readonly calendars: readonly CalendarId[];
  /** A file that lists the greatest positions only, and so is not a portfolio; null without one. */
  readonly greatestPositions: string | null;
  /** Version of the rules. */
  readonly rules: number;
}

function problemsOf(stream: ImportedStream, portfolio: ImportedPortfolio | null, { asOf, greatestPositions }: ImportedContext): string[] {
  const last = stream.series.dates.at(-1)!;
  const problems = last === asOf ? [] : [`its returns end on ${last}, the run on ${asOf}`];
  if (portfolio === null) {
    return greatestPositions === null
      ? problems
      : [...problems, `incomplete portfolio: ${greatestPositions} lists the greatest positions only`];
  }
  const { grossSum, path } = portfolio;
  return Math.abs(grossSum - 1) <= grossTolerance ? problems : [...problems, `the gross weights in ${path} sum to ${grossSum}`];
}

/** A stream that loses everything, or a run without any portfolio, fails the profile by name. */
export function importedOrFailed(
  stream: ImportedStream,
  portfolio: ImportedPortfolio | null,
  context: ImportedContext,
): ImportedProfile | FailedProfile {
  const { risk, series } = stream;
  try {
    if (context.calendars.length === 0)
      throw new LedgerError('PortfolioMissing', 'no portfolio for any profile: neither holdings nor calendar are known');
    const metrics = computeMetrics(series, annualisationDays(context.calendars), metricsPolicyOf(context.rules));
    return { status: 'imported', risk, stream, portfolio, metrics, problems: problemsOf(stream, portfolio, context) };
  } catch (error) {
    if (endsProfile(error)) return { status: 'failed', risk, error };
    throw error;
  }
}
