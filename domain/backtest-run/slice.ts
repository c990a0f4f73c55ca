import { cacheSlice } from '../run/cache-used.ts';
import { belongsTo, drafting, type Slice, type SliceDraft, type SliceEvent } from '../shared/slice.ts';
import {
  backtestCompletedSchema,
  backtestFailedSchema,
  backtestStartedSchema,
  sleeveSelectedSchema,
  windowAllocatedSchema,
} from './events.ts';

const stream = 'backtest-<runId>';

/** Stream `backtest-<runId>`: one backtest, whole. */
export const backtestSlice = {
  BacktestStarted: {
    version: 1,
    schema: backtestStartedSchema,
    stream,
    meaning: 'A backtest of a portfolio with its definition, options and the prices of every sleeve.',
  },
  SleeveSelected: {
    version: 1,
    schema: sleeveSelectedSchema,
    stream,
    meaning: 'Who entered a sleeve in each window of a backtest, with the numbers that decided.',
  },
  WindowAllocated: {
    version: 1,
    schema: windowAllocatedSchema,
    stream,
    meaning: 'Sleeve weights that a portfolio decided on in a backtest, the newest row that it read, and the rows that it earned.',
  },
  BacktestCompleted: {
    version: 1,
    schema: backtestCompletedSchema,
    stream,
    meaning: 'What each profile earned out of sample, beside its baselines.',
  },
  BacktestFailed: { version: 1, schema: backtestFailedSchema, stream, meaning: 'No profile could be tested, with the reasons.' },
  CacheUsed: cacheSlice.CacheUsed,
} as const satisfies Slice;

export type BacktestEvent = SliceEvent<typeof backtestSlice>;
export type BacktestDraft = SliceDraft<typeof backtestSlice>;

export const draftBacktest = drafting(backtestSlice);

/** Whether a stream tells a backtest to its end. One that does not was left by a process that ended while it recorded. */
export function isFinished(events: readonly { readonly type: string }[]): boolean {
  return events.some(({ type }) => type === 'BacktestCompleted' || type === 'BacktestFailed');
}

/** Those of the recorded facts that belong to a backtest. */
export function backtestEventsIn<Fact extends { readonly type: string; readonly data: unknown }>(
  facts: readonly Fact[],
): (Fact & BacktestEvent)[] {
  return facts.filter((fact): fact is Fact & BacktestEvent => belongsTo(backtestSlice, fact));
}
