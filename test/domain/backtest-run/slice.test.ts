import { expect, test } from '@jest/globals';
import { backtestEventsIn, isFinished } from '../../../domain/backtest-run/slice.ts';

const of = (type: string) => ({ type, data: { runId: 'r' }, position: type.length });
const isOver = (...types: readonly string[]): boolean => isFinished(types.map((type) => ({ type })));

test('of the facts of an append those of its own stream are told, in their order and whole', () => {
  const facts = ['SealPublished', 'BacktestStarted', 'SleeveRunAccepted', 'toString', 'BacktestFailed', 'CacheUsed'].map(of);
  expect(backtestEventsIn(facts)).toEqual([of('BacktestStarted'), of('BacktestFailed'), of('CacheUsed')]);
  expect(backtestEventsIn([])).toEqual([]);
});

test('a backtest has ended with its figures or its failure, and with nothing else', () => {
  expect(isOver('BacktestStarted', 'WindowAllocated', 'BacktestCompleted')).toBe(true);
  expect(isOver('BacktestStarted', 'BacktestFailed', 'CacheUsed')).toBe(true);
  expect(isOver('BacktestStarted', 'WindowAllocated')).toBe(false);
  expect(isOver()).toBe(false);
});
