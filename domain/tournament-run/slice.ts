import { cacheSlice } from '../run/cache-used.ts';
import { belongsTo, drafting, type Slice, type SliceDraft, type SliceEvent } from '../shared/slice.ts';
import { entrantsSelectedSchema, tournamentCompletedSchema, tournamentFailedSchema, tournamentStartedSchema } from './events.ts';

const stream = 'tournament-<runId>';

/** Stream `tournament-<runId>`: one tournament, whole. */
export const tournamentSlice = {
  TournamentStarted: {
    version: 1,
    schema: tournamentStartedSchema,
    stream,
    meaning: 'A tournament of a sleeve with its definition, what its entrants differ in, and the prices.',
  },
  EntrantsSelected: {
    version: 1,
    schema: entrantsSelectedSchema,
    stream,
    meaning: 'Who entered the sleeve in each window of a tournament, for one choice of windows, with the numbers that decided.',
  },
  TournamentCompleted: {
    version: 1,
    schema: tournamentCompletedSchema,
    stream,
    meaning: 'The entrants ranked by what they earned out of sample, and how much of the order is luck.',
  },
  TournamentFailed: { version: 1, schema: tournamentFailedSchema, stream, meaning: 'No entrants could be compared, with the reasons.' },
  CacheUsed: cacheSlice.CacheUsed,
} as const satisfies Slice;

export type TournamentEvent = SliceEvent<typeof tournamentSlice>;
export type TournamentDraft = SliceDraft<typeof tournamentSlice>;

export const draftTournament = drafting(tournamentSlice);

/** Those of the recorded facts that belong to a tournament. */
export function tournamentEventsIn<Fact extends { readonly type: string; readonly data: unknown }>(
  facts: readonly Fact[],
): (Fact & TournamentEvent)[] {
  return facts.filter((fact): fact is Fact & TournamentEvent => belongsTo(tournamentSlice, fact));
}
