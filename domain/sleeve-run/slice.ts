import { eligibilitySchema } from '../run/grade.ts';
import {
  assetsSelectedSchema,
  integrityFailedSchema,
  integrityPassedSchema,
  movesAcceptedSchema,
  regimesDetectedSchema,
  selectionAbortedSchema,
  sleeveProfileAbsentSchema,
  sleeveProfileFailedSchema,
  sleeveProfileImportedSchema,
  sleeveProfileSolvedSchema,
  sleeveRunOpenedSchema,
  universeFormedSchema,
} from './events.ts';
import { drafting, type Slice, type SliceDraft, type SliceEvent } from '../shared/slice.ts';

const stream = 'sleeveRun-<runId>';

/** Stream `sleeveRun-<runId>`: one whole run. */
export const sleeveRunSlice = {
  SleeveRunOpened: { version: 2, schema: sleeveRunOpenedSchema, stream, meaning: 'A sleeve run with its definition, options and inputs.' },
  IntegrityPassed: { version: 2, schema: integrityPassedSchema, stream, meaning: 'The price audit found no error.' },
  IntegrityFailed: { version: 2, schema: integrityFailedSchema, stream, meaning: 'The price audit found errors; the run ends here.' },
  MovesAccepted: { version: 1, schema: movesAcceptedSchema, stream, meaning: 'Unusual moves or units that the settings accept, and why.' },
  UniverseFormed: { version: 2, schema: universeFormedSchema, stream, meaning: 'The symbols kept and dropped, and the grid of dates.' },
  AssetsSelected: {
    version: 1,
    schema: assetsSelectedSchema,
    stream,
    meaning: 'Which symbols enter, by one decision, and what decided it.',
  },
  SelectionAborted: {
    version: 1,
    schema: selectionAbortedSchema,
    stream,
    meaning: 'A selection that may not be used: its window holds cash, or the run ends.',
  },
  RegimesDetected: {
    version: 1,
    schema: regimesDetectedSchema,
    stream,
    meaning: 'The market regime that each decision was made in, beside what its window turned out to be.',
  },
  SleeveProfileSolved: {
    version: 1,
    schema: sleeveProfileSolvedSchema,
    stream,
    meaning: 'One risk profile: live weights, walk-forward and out-of-sample returns.',
  },
  SleeveProfileImported: {
    version: 1,
    schema: sleeveProfileImportedSchema,
    stream,
    meaning: 'One risk profile taken over from a run directory or a message.',
  },
  SleeveProfileAbsent: {
    version: 1,
    schema: sleeveProfileAbsentSchema,
    stream,
    meaning: 'A risk profile that the run cannot have, with the reason.',
  },
  SleeveProfileFailed: { version: 1, schema: sleeveProfileFailedSchema, stream, meaning: 'A risk profile that failed, with the evidence.' },
  SleeveRunCertified: { version: 1, schema: eligibilitySchema, stream, meaning: 'Every profile native, every check passed.' },
  SleeveRunDegraded: { version: 1, schema: eligibilitySchema, stream, meaning: 'Usable, with the reasons why it is not certified.' },
  SleeveRunFoundIneligible: { version: 1, schema: eligibilitySchema, stream, meaning: 'Not usable in a meta portfolio, with the reasons.' },
} as const satisfies Slice;

export type SleeveRunEvent = SliceEvent<typeof sleeveRunSlice>;
export type SleeveRunDraft = SliceDraft<typeof sleeveRunSlice>;

export const draftSleeveRun = drafting(sleeveRunSlice);
