import { sleeveQuarantinedSchema, sleeveReinstatedSchema } from './events.ts';
import { sleeveRunAcceptedSchema } from '../run/accepted-run.ts';
import { sleeveDefinedSchema, sleeveOverdueSchema, sleeveResultHeldSchema, sleeveResultReleasedSchema } from './intake-events.ts';
import { letterSlice } from './letter-slice.ts';
import { drafting, type Slice, type SliceDraft, type SliceEvent } from '../shared/slice.ts';

const stream = 'sleeve-<profile>';

/** Stream `sleeve-<profile>`: what was accepted, what is expected, and what arrived that could not be taken at once. */
export const sleeveSlice = {
  SleeveRunAccepted: { version: 1, schema: sleeveRunAcceptedSchema, stream, meaning: 'A run joined the runs of its sleeve.' },
  SleeveQuarantined: { version: 1, schema: sleeveQuarantinedSchema, stream, meaning: 'The sleeve was taken out of use.' },
  SleeveReinstated: { version: 1, schema: sleeveReinstatedSchema, stream, meaning: 'The sleeve was put back into use.' },
  SleeveDefined: {
    version: 2,
    schema: sleeveDefinedSchema,
    stream,
    meaning: 'A sleeve became known, with the time when its results are due and the gross exposure that they may have.',
  },
  SleeveRunRejected: letterSlice.SleeveRunRejected,
  SleeveResultHeld: { version: 2, schema: sleeveResultHeldSchema, stream, meaning: 'A result waits behind a dead letter of its sleeve.' },
  SleeveResultReleased: {
    version: 1,
    schema: sleeveResultReleasedSchema,
    stream,
    meaning: 'A held result was processed, with the outcome.',
  },
  MessagesRefused: letterSlice.MessagesRefused,
  DeadLetterResolved: letterSlice.DeadLetterResolved,
  DeadLetterErased: letterSlice.DeadLetterErased,
  SleeveOverdue: { version: 1, schema: sleeveOverdueSchema, stream, meaning: 'The result of a session did not arrive in time.' },
} as const satisfies Slice;

export type SleeveEvent = SliceEvent<typeof sleeveSlice>;
export type SleeveDraft = SliceDraft<typeof sleeveSlice>;

export const draftSleeve = drafting(sleeveSlice);
