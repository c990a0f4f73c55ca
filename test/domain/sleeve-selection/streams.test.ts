import { describe, expect, test } from '@jest/globals';
import { parseAtom } from '../../../domain/selection/atoms.ts';
import { decisionRows } from '../../../domain/sleeve-selection/decision-rows.ts';
import { poolOf } from '../../../domain/sleeve-selection/pool.ts';
import { heldStreams, streamsOf } from '../../../domain/sleeve-selection/streams.ts';

const dates = ['2023-01-03', '2023-01-04', '2023-01-05'];
const returns = { dates, columns: ['CME_MINI:ES1!', 'NYSE:AA'], values: Float64Array.of(0.01, -0.02, 0, 1.5, -0.03, 0.04) };
const names = { hasDirections: true, strategy: 'trend_following' };

describe('the streams of a sleeve', () => {
  test('are its returns where it cannot be short', () => {
    expect(heldStreams(returns, { ...names, hasDirections: false })).toBe(returns);
  });

  test('are both atoms of each symbol where it can: short is -min(r, 1)', () => {
    const { columns, values } = heldStreams(returns, names);
    expect(columns).toEqual(['CME_MINI:ES1!', 'NYSE:AA'].flatMap((symbol) => streamsOf(symbol, names)));
    expect(columns.map((id) => parseAtom(id)!.symbol)).toEqual(['CME_MINI:ES1!', 'CME_MINI:ES1!', 'NYSE:AA', 'NYSE:AA']);
    expect([...values]).toEqual([0.01, -0.01, -0.02, 0.02, 0, -0, 1.5, -1, -0.03, 0.03, 0.04, -0.04]);
  });
});

describe('the pool of a sleeve', () => {
  test('is its symbols and its benchmarks, each once and in order', () => {
    const benchmarkReturns = { dates, columns: ['AMEX:SPY', 'NYSE:AA'], values: Float64Array.of(0.1, -0.02, 0.2, 1.5, 0.3, 0.04) };
    const pool = poolOf({ returns, benchmarkReturns }, ['AMEX:SPY', 'NYSE:AA', 'NYSE:GONE']);
    expect(pool.returns.columns).toEqual(['AMEX:SPY', 'CME_MINI:ES1!', 'NYSE:AA']);
    expect([...pool.returns.values]).toEqual([0.1, 0.01, -0.02, 0.2, 0, 1.5, 0.3, -0.03, 0.04]);
    expect(pool.benchmarks).toEqual(['AMEX:SPY', 'NYSE:AA']);
  });
});

describe('the rows of decisions', () => {
  const plan = {
    trainWindow: 4,
    testWindow: 2,
    stepSize: 2,
    rebalanceMode: 'window',
    costFraction: 0,
    partialLastWindow: 'trade',
  } as const;

  test('are the training rows of each window, the partial one included, and the last rows', () => {
    expect(decisionRows(9, { ...plan, isDynamic: true }).map(({ scope, first, end }) => [scope, first, end])).toEqual([
      ['window', 0, 4],
      ['window', 2, 6],
      ['window', 4, 8],
      ['live', 5, 9],
    ]);
  });

  test('are the last rows alone for a static universe', () => {
    expect(decisionRows(9, { ...plan, isDynamic: false })).toEqual([{ scope: 'static', window: null, first: 5, end: 9 }]);
  });

  test('are refused where no window fits, static or not', () => {
    for (const isDynamic of [true, false])
      expect(() => decisionRows(5, { ...plan, isDynamic })).toThrow(expect.objectContaining({ code: 'HistoryTooShort' }));
  });
});
