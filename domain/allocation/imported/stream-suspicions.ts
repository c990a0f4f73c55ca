import { z } from 'zod';
import {
  type AcceptedMove,
  acceptedMoveSchema,
  type AcceptedSuspicion,
  judgeSuspicions,
  unmetLines,
} from '../../returns/accepted-moves.ts';
import { annualisationDays, type CalendarId } from '../../returns/calendar.ts';
import { suspectReturns } from '../../returns/suspicions.ts';
import type { EligibilityEvidence } from '../../run/grade.ts';
import { suspicionEvidence } from '../integrity-evidence.ts';
import type { ImportedStream } from './profile.ts';

/** What the settings of a foreign run accept, read; and under which name a line may speak of all its streams. */
export interface AcceptMoves {
  readonly sleeve: string;
  readonly lines: readonly AcceptedMove[];
  /** Why the setting cannot be read; null where it can, or is not there. */
  readonly unreadable: string | null;
}

export interface StreamSuspicions {
  readonly accepted: readonly AcceptedSuspicion[];
  readonly evidence: readonly EligibilityEvidence[];
}

/** Under rules 1 streams were not looked at. */
export const nothingLookedAt: StreamSuspicions = { accepted: [], evidence: [] };

const linesSchema = z.array(acceptedMoveSchema);

/** The setting `data.accept_moves` of a run that somebody else computed. */
export function acceptMovesOf(sleeve: string, leaves: Readonly<Record<string, unknown>>): AcceptMoves {
  const written = leaves['data.accept_moves'];
  if (written === undefined) return { sleeve, lines: [], unreadable: null };
  const parsed = linesSchema.safeParse(written);
  if (parsed.success) return { sleeve, lines: parsed.data, unreadable: null };
  const { message, path } = parsed.error.issues[0]!;
  return { sleeve, lines: [], unreadable: `data.accept_moves${path.length === 0 ? '' : ` at ${path.join('.')}`}: ${message}` };
}

/** Lines that cannot be read, or speak of nothing, are said and degrade nothing by themselves. */
function linesEvidence(unmet: readonly string[], { unreadable }: AcceptMoves): EligibilityEvidence[] {
  const problems = unreadable === null ? unmet : [unreadable];
  return problems.length === 0 ? [] : [{ check: 'accepted_moves', status: 'not_applicable', detail: problems.join('; ') }];
}

/** Unusual moves and units of returns that somebody else computed, each under the name of its risk profile. */
export function suspectStreams(
  streams: readonly ImportedStream[],
  calendars: readonly CalendarId[],
  accept: AcceptMoves,
): StreamSuspicions {
  const daysPerYear = calendars.length === 0 ? null : annualisationDays(calendars);
  const all = streams.flatMap(({ risk, series }) => suspectReturns(risk, series, daysPerYear));
  const suspicions = judgeSuspicions(all, accept.lines, [accept.sleeve]);
  // A line that names a symbol speaks of prices, which such a run does not bring.
  const ofStreams = accept.lines.filter(({ symbol }) => !symbol.includes(':'));
  const unmet = unmetLines(suspicions, ofStreams, [accept.sleeve]).map(({ message }) => message);
  return { accepted: suspicions.accepted, evidence: [...suspicionEvidence(suspicions), ...linesEvidence(unmet, accept)] };
}
