import type { CalendarId } from '../../returns/calendar.ts';
import type { AcceptedSuspicion } from '../../returns/accepted-moves.ts';
import type { RiskProfile } from '../../risk/schemas.ts';
import { type EligibilityInput, type GradedProfile, type Grading, gradeRun } from '../../run/grade.ts';
import type { AbsentProfile, FailedProfile } from '../outcomes.ts';
import { type ImportedPortfolio, type ImportedProfile, type ImportedStream, importedOrFailed } from './profile.ts';
import { type AcceptMoves, nothingLookedAt, suspectStreams } from './stream-suspicions.ts';
import { calendarsHeld, type IntegrityEvidence, streamIntegrity } from './stream-integrity.ts';

export type ImportedOutcome = ImportedProfile | AbsentProfile | FailedProfile;

/** One risk profile as the source delivers it. */
export interface SuppliedProfile {
  readonly stream: ImportedStream;
  readonly portfolio: ImportedPortfolio | null;
}

/** Everything that a source says about its run, read and not judged. */
export interface ImportedEvidence {
  readonly asOf: string;
  /** In the order of the source; absent ones stand where they would have. */
  readonly profiles: readonly (SuppliedProfile | AbsentProfile)[];
  /** A file that lists the greatest positions only; null without one. */
  readonly greatestPositions: string | null;
  /** What the source says about its own audit of prices; null when it says nothing. */
  readonly reportedIntegrity: { readonly system: string; readonly status: EligibilityInput['integrity']; readonly detail: string } | null;
  readonly signTest: EligibilityInput['signTest'];
  readonly sourceChain: EligibilityInput['sourceChain'];
  readonly sourceChainDetail: string;
  /** Unusual moves and units that the source's own settings accept; under rules 1 nothing is looked at. */
  readonly acceptMoves: AcceptMoves;
  /** A place as the user finds it, for refusals. */
  readonly shown: (path: string) => string;
}

/** The result for the streams and portfolios of another system. */
export interface ImportedJudgement {
  readonly calendars: readonly CalendarId[];
  readonly profiles: readonly ImportedOutcome[];
  /** Unusual moves and units that the settings accept. */
  readonly accepted: readonly AcceptedSuspicion[];
  readonly grading: Grading;
}

function gradedProfile(outcome: ImportedOutcome): GradedProfile {
  const { risk, status } = outcome;
  if (status === 'imported')
    return {
      risk,
      status: 'native',
      hasWeights: outcome.portfolio !== null,
      rows: outcome.stream.series.dates.length,
      problems: outcome.problems,
    };
  if (status === 'failed') return { risk, status, hasWeights: false, rows: 0, problems: [outcome.error.message] };
  return { risk, status, hasWeights: false, rows: 0 };
}

/** A failed audit counts wherever it was made; a passed one only together with what the streams show here. Replay compares the text. */
function integrityOf(reported: ImportedEvidence['reportedIntegrity'], seen: IntegrityEvidence): IntegrityEvidence {
  if (reported === null) return seen;
  const said = `${reported.system} tells: ${reported.status}${reported.detail === '' ? '' : ` (${reported.detail})`}`;
  return {
    integrity: reported.status === 'passed' ? seen.integrity : reported.status,
    integrityDetail: `${said}; seen here: ${seen.integrityDetail}`,
  };
}

/** Risk profiles that were taken over. */
export function importedRisks(outcomes: readonly ImportedOutcome[]): RiskProfile[] {
  return outcomes.filter(({ status }) => status === 'imported').map(({ risk }) => risk);
}

/** Judges a run that somebody else computed, by its streams and by the evidence that it brings. Errors: ExchangeUnknown. */
export function judgeImported(evidence: ImportedEvidence, rules: number): ImportedJudgement {
  const { asOf, greatestPositions, signTest, sourceChain, sourceChainDetail, reportedIntegrity, shown } = evidence;
  const supplied = evidence.profiles.filter((profile) => 'stream' in profile);
  const calendars = calendarsHeld(
    supplied.flatMap(({ portfolio }) => (portfolio === null ? [] : [portfolio])),
    shown,
  );
  const profiles = evidence.profiles.map((profile) =>
    'stream' in profile ? importedOrFailed(profile.stream, profile.portfolio, { asOf, calendars, greatestPositions }) : profile,
  );
  const streams = supplied.map(({ stream }) => stream);
  const integrity = integrityOf(reportedIntegrity, streamIntegrity(streams, calendars));
  const seen = rules < 2 ? nothingLookedAt : suspectStreams(streams, calendars, evidence.acceptMoves);
  return {
    calendars,
    profiles,
    accepted: seen.accepted,
    grading: gradeRun({
      ...integrity,
      further: seen.evidence,
      profiles: profiles.map(gradedProfile),
      signTest,
      sourceChain,
      sourceChainDetail,
    }),
  };
}
