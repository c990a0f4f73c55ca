import { draftEvent } from '../../domain/catalogue.ts';
import { annualisationDays, type CalendarId } from '../../domain/returns/calendar.ts';
import { computeMetrics } from '../../domain/returns/metrics.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { endsProfile } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { EligibilityInput } from '../../domain/sleeve/eligibility.ts';
import type { SleeveRunDraft } from '../../domain/sleeve/run-slice.ts';
import { type ArtifactShelf, seriesAsTable } from '../artifact-files.ts';
import type { ImportedPortfolio } from './portfolio-files.ts';
import type { ImportedStream } from './return-streams.ts';
import { isTournament } from './run-files.ts';

/** Gross weights further from 1 than this degrade the profile: the conservation tolerance of the specification. */
const grossTolerance = 1e-6;

type GradedProfile = EligibilityInput['profiles'][number];

export interface ImportedProfile {
  readonly draft: SleeveRunDraft;
  readonly graded: GradedProfile;
}

export function absentProfile(risk: RiskProfile): ImportedProfile {
  return { draft: draftEvent('SleeveProfileAbsent', { risk, reason: `no return file for ${risk} in data/returns` }), graded: { risk, status: 'absent', hasWeights: false, rows: 0 } };
}

function failedProfile(risk: RiskProfile, error: LedgerError): ImportedProfile {
  const evidence = JSON.parse(JSON.stringify(error.evidence)) as Record<string, unknown>;
  const draft = draftEvent('SleeveProfileFailed', { risk, code: error.code, reason: error.message, evidence });
  return { draft, graded: { risk, status: 'failed', hasWeights: false, rows: 0, problems: [error.message] } };
}

export interface ProfileContext {
  readonly asOf: string;
  readonly calendars: readonly CalendarId[];
  readonly leftAside: readonly string[];
  readonly shelf: ArtifactShelf;
}

function problemsOf(stream: ImportedStream, portfolio: ImportedPortfolio | null, { asOf, leftAside }: ProfileContext): string[] {
  const last = stream.series.dates.at(-1)!;
  const problems = last === asOf ? [] : [`its returns end on ${last}, the run on ${asOf}`];
  if (portfolio === null) {
    const results = leftAside.find(isTournament);
    return results === undefined ? problems : [...problems, `incomplete portfolio: ${results} lists the greatest positions only`];
  }
  const { grossSum, path } = portfolio;
  return Math.abs(grossSum - 1) <= grossTolerance ? problems : [...problems, `the gross weights in ${path} sum to ${grossSum}`];
}

/** A profile as a fact, and what it counts for in the grade. A stream that loses everything, or a run without any portfolio, fails the profile by name. */
export function importedProfile(stream: ImportedStream, portfolio: ImportedPortfolio | null, context: ProfileContext): ImportedProfile {
  const { risk, series, path, engine, simulator } = stream;
  const { calendars, shelf } = context;
  try {
    if (calendars.length === 0) throw new LedgerError('PortfolioMissing', 'no portfolio for any profile: neither holdings nor calendar are known');
    const metrics = computeMetrics(series, annualisationDays(calendars));
    const draft = draftEvent('SleeveProfileImported', {
      risk,
      weights: portfolio?.weights ?? null,
      weightsFrom: portfolio?.path ?? null,
      weightsSum: portfolio?.grossSum ?? null,
      returnsFrom: path,
      stream: { engine, simulator },
      outOfSample: {
        rows: series.dates.length,
        first: series.dates[0]!,
        last: series.dates.at(-1)!,
        totalReturn: metrics.total,
        returns: shelf.table(seriesAsTable(series), calendars),
        metrics,
      },
    });
    const problems = problemsOf(stream, portfolio, context);
    return { draft, graded: { risk, status: 'native', hasWeights: portfolio !== null, rows: series.dates.length, problems } };
  } catch (error) {
    if (endsProfile(error)) return failedProfile(risk, error);
    throw error;
  }
}
