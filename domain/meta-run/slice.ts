import {
  acceptanceMeasuredSchema,
  guardrailsAppliedSchema,
  metaProfileFailedSchema,
  metaRunCompletedSchema,
  metaRunOpenedSchema,
  parityAcceptedSchema,
  parityRejectedSchema,
  parityWaivedSchema,
  portfolioFlattenedSchema,
  sleeveReturnsJoinedSchema,
  sleeveWeightsOptimisedSchema,
} from './events.ts';
import { belongsTo, drafting, type Slice, type SliceDraft, type SliceEvent } from '../shared/slice.ts';

const stream = 'metaRun-<runId>';

/** Stream `metaRun-<runId>`: one whole run. */
export const metaRunSlice = {
  MetaRunOpened: {
    version: 2,
    schema: metaRunOpenedSchema,
    stream,
    meaning: 'A meta run with its definition, options and the sleeve runs that it consumes.',
  },
  ParityAccepted: { version: 2, schema: parityAcceptedSchema, stream, meaning: 'The sleeves are comparable.' },
  ParityRejected: { version: 2, schema: parityRejectedSchema, stream, meaning: 'The sleeves are not comparable; the run ends here.' },
  ParityWaived: { version: 2, schema: parityWaivedSchema, stream, meaning: 'The sleeves differ, and waivers cover every difference.' },
  SleeveReturnsJoined: {
    version: 2,
    schema: sleeveReturnsJoinedSchema,
    stream,
    meaning: 'The return matrix of one profile, and what the join cost.',
  },
  SleeveWeightsOptimised: {
    version: 1,
    schema: sleeveWeightsOptimisedSchema,
    stream,
    meaning: 'Sleeve weights as the optimiser gave them.',
  },
  GuardrailsApplied: { version: 1, schema: guardrailsAppliedSchema, stream, meaning: 'Sleeve weights inside their bounds.' },
  PortfolioFlattened: { version: 1, schema: portfolioFlattenedSchema, stream, meaning: 'Asset weights with their contributors.' },
  AcceptanceMeasured: { version: 1, schema: acceptanceMeasuredSchema, stream, meaning: 'The acceptance verdicts of one profile.' },
  MetaProfileFailed: { version: 1, schema: metaProfileFailedSchema, stream, meaning: 'A profile could not be allocated, with the reason.' },
  MetaRunCompleted: { version: 1, schema: metaRunCompletedSchema, stream, meaning: 'Which profiles were allocated.' },
} as const satisfies Slice;

export type MetaRunEvent = SliceEvent<typeof metaRunSlice>;
export type MetaRunDraft = SliceDraft<typeof metaRunSlice>;

export const draftMetaRun = drafting(metaRunSlice);

/** Those of the recorded facts that belong to a meta run. */
export function metaRunEventsIn<Fact extends { readonly type: string; readonly data: unknown }>(
  facts: readonly Fact[],
): (Fact & MetaRunEvent)[] {
  return facts.filter((fact): fact is Fact & MetaRunEvent => belongsTo(metaRunSlice, fact));
}
