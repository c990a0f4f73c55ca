import { streamKind } from '../shared/stream.ts';
import { metaRunSlice } from './slice.ts';

/** Streams `metaRun-<runId>`: recorded whole, and never decided on. */
export const metaRunStream = streamKind('metaRun', metaRunSlice);
