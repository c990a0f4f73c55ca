import { z } from 'zod';
import { directionSchema, abortRuleSchema, vetoCountSchema } from '../selection/record.ts';
import { selectionModeSchema } from '../selection/settings.ts';
import { documentReferenceSchema, isoDateSchema } from '../shared/artifact-reference.ts';

/** The selections of a sleeve as they stand in the facts of what tests it. Places and scores are in the documents. */

export const selectionLookAheadLabel = 'selection look-ahead';

const decisionSchema = z.strictObject({
  /**
   * `static`: once for the whole run. `window`: for one window of the walk-forward. `live`: behind the last window; it decides whether the
   * sleeve is usable.
   */
  scope: z.enum(['static', 'window', 'live']),
  window: z.int().nonnegative().nullable(),
  /** First and last row that it read. */
  first: isoDateSchema,
  newestRead: isoDateSchema,
  candidates: z.int().nonnegative(),
  /** Who enters, best score first; nobody where it was aborted. */
  entered: z.array(z.strictObject({ symbol: z.string(), direction: directionSchema })),
  /** Why it may not be used, and its window holds cash; empty otherwise. */
  aborted: z.array(abortRuleSchema),
  vetoes: vetoCountSchema,
  /** Every number that decided. */
  record: documentReferenceSchema,
});

export const recordedSelectionSchema = z.strictObject({
  mode: selectionModeSchema,
  verdict: z.enum(['usable', 'degraded', 'failed']),
  labels: z.array(z.literal(selectionLookAheadLabel)),
  decisions: z.array(decisionSchema).min(1),
});
export type RecordedSelection = z.infer<typeof recordedSelectionSchema>;
