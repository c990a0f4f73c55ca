import { drafting, type Slice, type SliceDraft, type SliceEvent } from '../shared/slice.ts';
import { combinationRefusedSchema, positionsCombinedSchema } from './events.ts';

const stream = 'combination-<combinationId>';

/** Stream `combination-<combinationId>`: one combination of sleeves' positions. */
export const combinationSlice = {
  PositionsCombined: {
    version: 1,
    schema: positionsCombinedSchema,
    stream,
    meaning: "Positions of sleeves combined by risk budgets, inside their caps, with the projection's proof.",
  },
  CombinationRefused: {
    version: 1,
    schema: combinationRefusedSchema,
    stream,
    meaning: 'Positions of sleeves that no weights combine within the caps, with every conflict and what would repair it.',
  },
} as const satisfies Slice;

export type CombinationEvent = SliceEvent<typeof combinationSlice>;
export type CombinationDraft = SliceDraft<typeof combinationSlice>;

export const draftCombination = drafting(combinationSlice);
