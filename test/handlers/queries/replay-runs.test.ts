/** What a replay says of runs that cannot be computed again, and what it tells while it is under way: whole reports. */
import { describe, expect, test } from '@jest/globals';
import { replayRuns } from '../../../handlers/queries/replay-runs.ts';
import { backtestFacts, combinationFacts } from '../../support/backtest-facts.ts';
import { recordHistory } from '../../support/fact-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { memoryLedger } from '../replay/world.ts';

const never = new AbortController().signal;
const every = { runId: null, asOf: null, knownAt: null };
/** The build of the facts that are written down here. */
const recorder = { version: '0.0.0', commit: '0'.repeat(40), lockHash: '0'.repeat(64) };

async function ledgerWith(history: FactHistory) {
  const { session, memory } = memoryLedger();
  await recordHistory(memory, history);
  const told: unknown[] = [];
  const progress = {
    ...session.ports.progress,
    start: (...given: readonly unknown[]) => void told.push(['start', ...given]),
    advance: (...given: readonly unknown[]) => void told.push(['advance', ...given]),
    stop: () => void told.push('stop'),
  };
  return { ports: { ...session.ports, progress }, told };
}

const unfinished = new FactHistory().add('backtest-t1', 'BacktestStarted', backtestFacts.started('t1'));
const message = 'the backtest t1 is not recorded to its end: 1 events and no result';
const notRecomputed = (runId: string, kind: string, name: string, asOf: string | null, events: number, code: string, why: string) => ({
  runId,
  kind,
  name,
  asOf,
  outcome: 'notRecomputed',
  events,
  differences: 1,
  largestDifference: null,
  rules: null,
  notComparable: [],
  error: { code, message: why },
});

describe('a run that cannot be computed again', () => {
  test('is said to be that, with the cause in the place of its inputs, and the next is looked at', async () => {
    const facts = combinationFacts.combined('futures-1');
    const { ports, told } = await ledgerWith(
      new FactHistory()
        .add('backtest-t1', 'BacktestStarted', backtestFacts.started('t1'))
        .add('combination-futures-1', 'PositionsCombined', facts),
    );
    const report = await replayRuns(ports, every, never);
    const [, { error }] = report.runs as readonly [unknown, { readonly error: { readonly code: string; readonly message: string } }];
    expect(error.code).toBe('ArtifactMissing');
    expect(report).toEqual({
      checked: 2,
      identical: 0,
      withinTolerance: 0,
      explained: 0,
      different: [
        {
          runId: 't1',
          path: 'inputs',
          recorded: null,
          recomputed: `BacktestUnfinished: ${message}`,
          difference: null,
          explainedBy: null,
        },
        {
          runId: 'futures-1',
          path: 'inputs',
          recorded: facts.inputs.sha256,
          recomputed: `ArtifactMissing: ${error.message}`,
          difference: null,
          explainedBy: null,
        },
      ],
      // oxlint-disable-next-line unicorn/no-thenable -- the word of the command-line contract; a list, which nobody can call
      code: { then: [recorder], now: ports.code },
      runs: [
        notRecomputed('t1', 'backtest', 'desk', '2024-01-10', 1, 'BacktestUnfinished', message),
        notRecomputed('futures-1', 'combination', 'futures', null, 1, 'ArtifactMissing', error.message),
      ],
    });
    expect(told).toEqual([['start', 'replay', 2], ['advance', 1], ['advance', 2], 'stop']);
  });

  test('that is a backtest without its end is refused where it was asked for by name', async () => {
    const { ports, told } = await ledgerWith(unfinished);
    await expect(replayRuns(ports, { ...every, runId: 't1' }, never)).rejects.toMatchObject({
      code: 'BacktestUnfinished',
      message,
      evidence: { runId: 't1', events: 1 },
      at: { path: 't1' },
    });
    expect(told).toEqual([['start', 'replay', 1], 'stop']);
  });
});

test('an interruption says how many runs were looked at', async () => {
  const { ports, told } = await ledgerWith(unfinished);
  await expect(replayRuns(ports, every, AbortSignal.abort())).rejects.toMatchObject({
    code: 'Interrupted',
    message: expect.stringContaining('replay was interrupted after 0 of 1 runs'),
    evidence: { done: 0, total: 1 },
  });
  expect(told).toEqual([['start', 'replay', 1], 'stop']);
});
