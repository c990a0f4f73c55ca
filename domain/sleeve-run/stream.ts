import { streamKind } from '../shared/stream.ts';
import { sleeveRunSlice } from './slice.ts';

/** Streams `sleeveRun-<runId>`: recorded whole, and never decided on. */
export const sleeveRunStream = streamKind('sleeveRun', sleeveRunSlice);
