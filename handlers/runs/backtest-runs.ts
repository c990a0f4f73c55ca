import type { JobRunner } from '../../domain/backtest/job-runner.ts';
import type { BacktestStarted, TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import { type BacktestEvent, backtestEventsIn, isFinished } from '../../domain/backtest-run/slice.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { EventStore, Ports } from '../ports/ports.ts';
import { lanesOf } from '../runtime/compute-all.ts';
import { missingRun } from './missing-run.ts';
import { eventsIfAny } from './run-streams.ts';

/** Sends the jobs of a backtest to the workers. */
export function backtestRunner({ compute }: Pick<Ports, 'compute'>, signal: AbortSignal | null): JobRunner {
  return {
    lanes: lanesOf(compute),
    selection: (job) => compute.run('sleeve-selection', job, { signal }),
    sleeve: (job) => compute.run('backtest-sleeve', job, { signal }),
    profile: (job) => compute.run('backtest-profile', job, { signal }),
  };
}

/** What is recorded of a backtest, to its end or not; nothing for what is no backtest. */
export async function backtestFacts(store: EventStore, runId: string): Promise<readonly BacktestEvent[]> {
  return backtestEventsIn(await eventsIfAny(store, 'backtest', runId));
}

/** Errors: BacktestUnfinished for a stream that lacks the end of its run. */
export function requireFinished(runId: string, events: readonly { readonly type: string }[]): void {
  if (isFinished(events)) return;
  throw new LedgerError('BacktestUnfinished', `the backtest ${runId} is not recorded to its end: ${events.length} events and no result`, {
    evidence: { runId, events: events.length },
    at: { path: runId },
  });
}

/** What a backtest was asked for, and its facts. */
export interface FinishedBacktest {
  readonly started: BacktestStarted;
  readonly facts: readonly BacktestEvent[];
}

/** Of the facts of a backtest. Errors: BacktestUnfinished; ChainBroken for a stream that begins otherwise. */
export function finishedIn(runId: string, facts: readonly BacktestEvent[]): FinishedBacktest {
  const [first] = facts;
  if (first?.type !== 'BacktestStarted')
    throw new LedgerError('ChainBroken', `the backtest ${runId} begins with ${first?.type ?? 'nothing'}`, {
      evidence: { runId, type: first?.type ?? null },
    });
  requireFinished(runId, facts);
  return { started: first.data, facts };
}

/** A backtest that is recorded to its end. Errors: RunUnknown; Usage for a run of another kind; those of `finishedIn`. */
export async function finishedBacktest(store: EventStore, runId: string): Promise<FinishedBacktest> {
  const facts = await backtestFacts(store, runId);
  if (facts.length === 0) throw await missingRun(store, 'backtest', runId);
  return finishedIn(runId, facts);
}

/** What a backtest recorded of a profile; null where it was not tested. */
export function testedProfile(facts: readonly BacktestEvent[], risk: string): TestedProfileFacts | null {
  const tested = dataOf(facts, 'BacktestCompleted').flatMap((completed) => completed.tested);
  return tested.find((profile) => profile.risk === risk) ?? null;
}
