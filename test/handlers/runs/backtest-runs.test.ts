/** What is recorded of a backtest, to its end or not. */
import { describe, expect, test } from '@jest/globals';
import { backtestEventsIn } from '../../../domain/backtest-run/slice.ts';
import {
  backtestFacts as recordedFacts,
  backtestRunner,
  finishedBacktest,
  finishedIn,
  testedProfile,
} from '../../../handlers/runs/backtest-runs.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { backtestFacts } from '../../support/backtest-facts.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { sleeveRunFacts } from '../../support/sleeve-run-facts.ts';

const history = new FactHistory()
  .add('backtest-b1', 'BacktestStarted', backtestFacts.started('b1'))
  .add('backtest-b1', 'WindowAllocated', backtestFacts.allocated())
  .add('backtest-b1', 'BacktestCompleted', backtestFacts.completed('b1', ['hrp', 'market']))
  .add('backtest-b2', 'BacktestStarted', backtestFacts.started('b2'))
  .add('backtest-b2', 'WindowAllocated', backtestFacts.allocated())
  .add('backtest-b3', 'BacktestStarted', backtestFacts.started('b3'))
  .add('backtest-b3', 'BacktestFailed', backtestFacts.failed('b3', [['hrp', 'no rows']]))
  .add('backtest-b4', 'WindowAllocated', backtestFacts.allocated())
  .add('sleeveRun-s1', 'SleeveRunOpened', sleeveRunFacts.opened('s1'));

const job = (name: string) => ({ name }) as unknown;

const stored = async () => (await ledgerHolding(history)).ports.store;

describe('a finished backtest', () => {
  test.each([
    ['b1', ['BacktestStarted', 'WindowAllocated', 'BacktestCompleted']],
    ['b3', ['BacktestStarted', 'BacktestFailed']],
  ])('%s is what it was asked for, and its facts', async (runId, types) => {
    const { started, facts } = await finishedBacktest(await stored(), runId);
    expect(started).toEqual(backtestFacts.started(runId));
    expect(facts.map(({ type }) => type)).toEqual(types);
  });

  test.each([
    [
      'b2',
      'BacktestUnfinished',
      'the backtest b2 is not recorded to its end: 2 events and no result',
      { evidence: { runId: 'b2', events: 2 }, at: { path: 'b2' } },
    ],
    ['b4', 'ChainBroken', 'the backtest b4 begins with WindowAllocated', { evidence: { runId: 'b4', type: 'WindowAllocated' } }],
    ['s1', 'Usage', 's1 is a sleeve run; give a backtest', { at: { path: 's1' } }],
    ['b9', 'RunUnknown', 'no backtest b9 is recorded', { at: { path: 'b9' } }],
    ['no stream of ours', 'RunUnknown', 'no backtest no stream of ours is recorded', {}],
  ])('is not %s: %s', async (runId, code, message, further) => {
    await expect(finishedBacktest(await stored(), runId)).rejects.toMatchObject({ code, message, ...further });
  });

  test('is not one without any facts', () => {
    expect(() => finishedIn('b9', [])).toThrow(
      expect.objectContaining({
        code: 'ChainBroken',
        message: 'the backtest b9 begins with nothing',
        evidence: { runId: 'b9', type: null },
      }),
    );
  });

  test('has nothing recorded under the id of another run', async () => {
    expect(await recordedFacts(await stored(), 's1')).toEqual([]);
  });
});

test('a tested profile is that of its name, and null where it was not tested', () => {
  const facts = backtestEventsIn(history.events.filter(({ envelope }) => envelope.stream === 'backtest-b1'));
  expect(testedProfile(facts, 'market')).toEqual(backtestFacts.completed('b1', ['market']).tested[0]);
  expect(testedProfile(facts, 'barbell')).toBeNull();
  expect(testedProfile([], 'market')).toBeNull();
});

test('the jobs of a backtest go to the workers under their names, and end with the signal', async () => {
  const asked: unknown[] = [];
  const compute = {
    lanes: 3,
    workers: 3,
    run: async (...given: unknown[]) => {
      asked.push(given);
      return 'done';
    },
  } as unknown as Ports['compute'];
  const { signal } = new AbortController();
  const runner = backtestRunner({ compute }, signal);
  await runner.selection(job('one') as Parameters<typeof runner.selection>[0]);
  await runner.sleeve(job('two') as Parameters<typeof runner.sleeve>[0]);
  await runner.profile(job('three') as Parameters<typeof runner.profile>[0]);
  expect(asked).toEqual([
    ['sleeve-selection', { name: 'one' }, { signal }],
    ['backtest-sleeve', { name: 'two' }, { signal }],
    ['backtest-profile', { name: 'three' }, { signal }],
  ]);
});
