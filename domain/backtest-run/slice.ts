import { belongsTo, drafting, type Slice, type SliceDraft, type SliceEvent } from '../shared/slice.ts';
import { backtestCompletedSchema, backtestFailedSchema, backtestStartedSchema, windowAllocatedSchema } from './events.ts';

const stream = 'backtest-<runId>';

/** Stream `backtest-<runId>`: one backtest, whole. */
export const backtestSlice = {
  BacktestStarted: {
    version: 1,
    schema: backtestStartedSchema,
    stream,
    meaning: 'A backtest of a portfolio with its definition, options and the prices of every sleeve.',
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
} as const satisfies Slice;

export type BacktestEvent = SliceEvent<typeof backtestSlice>;
export type BacktestDraft = SliceDraft<typeof backtestSlice>;

export const draftBacktest = drafting(backtestSlice);

/** Those of the recorded facts that belong to a backtest. */
export function backtestEventsIn<Fact extends { readonly type: string; readonly data: unknown }>(
  facts: readonly Fact[],
): (Fact & BacktestEvent)[] {
  return facts.filter((fact): fact is Fact & BacktestEvent => belongsTo(backtestSlice, fact));
}
