/** A tested profile as its robustness is asked about: the last decision of the portfolio itself, and the rows that it learned from. */
import { describe, expect, test } from '@jest/globals';
import type { BacktestInput } from '../../../domain/backtest/backtest.ts';
import { backtestEventsIn } from '../../../domain/backtest-run/slice.ts';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { solveParametersOf } from '../../../domain/manifest/solve-parameters.ts';
import { recordedProfile } from '../../../handlers/robustness/recorded-profile.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { backtestFacts } from '../../support/backtest-facts.ts';
import { nestedPortfolio } from '../../support/delivered-runs.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { sha256 } from '../../support/sample-events.ts';

const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08'];
const joined = { dates, columns: ['stocks', 'listed'], values: [Float64Array.of(1, 2, 3, 4, 5), Float64Array.of(10, 20, 30, 40, 50)] };
const returns = {
  dates: dates.slice(3),
  columns: ['gross', 'net'],
  values: [Float64Array.of(0.1, 0.2), Float64Array.of(0.05, 0.15)],
};
const node = nestedPortfolio();
const input = { node, options: { join: 'drop', projection: null }, rules: 3 } as unknown as BacktestInput;

async function recorded(history: FactHistory) {
  const { artifacts } = createMemoryStore();
  const staged = new StagedArtifacts(sha256);
  const [tested] = backtestFacts.completed('t', ['hrp']).tested;
  const tables = { ...tested!.tables, returns: staged.table(returns, []), joined: staged.table(joined, []) };
  await artifacts.putAll(staged.contents());
  const facts = { ...tested!, annualisationDays: 365, tables: tables as unknown as (typeof tested & object)['tables'] };
  return { facts, profile: recordedProfile(artifacts, input, backtestEventsIn(history.events), facts) };
}

const decision = backtestFacts.allocated;

describe('a recorded profile', () => {
  test('is that of the last decision of the portfolio itself, with the rows behind it', async () => {
    const history = new FactHistory()
      .add('backtest-t', 'WindowAllocated', decision({ newestRead: '2024-01-04', trainRows: 2, weights: { stocks: 1, listed: 0 } }))
      .add('backtest-t', 'WindowAllocated', decision({ newestRead: '2024-01-05', trainRows: 2, weights: { stocks: 0.25, listed: 0.75 } }))
      .add('backtest-t', 'WindowAllocated', decision({ newestRead: '2024-01-08', path: ['listed'], weights: { funds: 1 } }))
      .add('backtest-t', 'WindowAllocated', decision({ newestRead: '2024-01-08', risk: 'market', weights: { stocks: 0.5, listed: 0.5 } }));
    const { facts, profile } = await recorded(history);
    expect(await profile).toEqual({
      facts,
      node,
      work: { risk: 'hrp', options: input.options, rules: 3, parameters: solveParametersOf(node.blocks, 365) },
      net: { dates: dates.slice(3), values: Float64Array.of(0.05, 0.15) },
      joined: { dates, columns: ['stocks', 'listed'], values: Float64Array.of(1, 10, 2, 20, 3, 30, 4, 40, 5, 50) },
      decided: { stocks: 0.25, listed: 0.75 },
      training: { dates: ['2024-01-04', '2024-01-05'], columns: ['stocks', 'listed'], values: Float64Array.of(3, 30, 4, 40) },
    });
  });

  test('without a decision of its own is a fault of the record', async () => {
    const { profile } = await recorded(new FactHistory().add('backtest-t', 'WindowAllocated', decision({ risk: 'market' })));
    await expect(profile).rejects.toMatchObject({
      message: expect.stringContaining('a tested profile has decisions'),
      evidence: { risk: 'hrp' },
    });
  });
});
