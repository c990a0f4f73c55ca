import { streamKind } from '../shared/stream.ts';
import { tournamentSlice } from './slice.ts';

/** Streams `tournament-<runId>`: recorded whole, and never decided on. */
export const tournamentStream = streamKind('tournament', tournamentSlice);
