import { streamKind } from '../shared/stream.ts';
import { backtestSlice } from './slice.ts';

/** Streams `backtest-<runId>`: recorded whole, and never decided on. */
export const backtestStream = streamKind('backtest', backtestSlice);
