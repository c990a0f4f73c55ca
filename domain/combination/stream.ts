import { streamKind } from '../shared/stream.ts';
import { combinationSlice } from './slice.ts';

/** Streams `combination-<combinationId>`: recorded whole, and never decided on. */
export const combinationStream = streamKind('combination', combinationSlice);
