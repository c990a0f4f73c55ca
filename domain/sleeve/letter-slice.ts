import { deadLetterErasedSchema, deadLetterResolvedSchema, messagesRefusedSchema, sleeveRunRejectedSchema } from './intake-events.ts';
import { drafting, type Slice, type SliceDraft, type SliceEvent } from '../shared/slice.ts';

const stream = 'sleeve-<profile> or intake-<topic>';

/** Dead letters. Those that belong to no sleeve are in `intake-<topic>`. */
export const letterSlice = {
  SleeveRunRejected: { version: 2, schema: sleeveRunRejectedSchema, stream, meaning: 'A message was refused and became a dead letter.' },
  MessagesRefused: {
    version: 1,
    schema: messagesRefusedSchema,
    stream,
    meaning: 'Messages of a flood were refused and became one dead letter.',
  },
  DeadLetterResolved: {
    version: 1,
    schema: deadLetterResolvedSchema,
    stream,
    meaning: 'A dead letter was retried, superseded or discarded.',
  },
  DeadLetterErased: {
    version: 1,
    schema: deadLetterErasedSchema,
    stream,
    meaning: 'The key of a dead letter was destroyed: what it said can no longer be read.',
  },
} as const satisfies Slice;

export type LetterEvent = SliceEvent<typeof letterSlice>;
export type LetterDraft = SliceDraft<typeof letterSlice>;

export const draftLetter = drafting(letterSlice);
