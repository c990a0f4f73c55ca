import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Backoff } from '../../../handlers/runtime/backoff.ts';

let nowMs = 0;

beforeEach(() => {
  nowMs = 1_000;
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
});

afterEach(() => {
  jest.restoreAllMocks();
});

test('what never failed may be tried at once', () => {
  expect(new Backoff().ready()).toBe(true);
});

test('pauses double from a quarter of a second up to half a minute', () => {
  const backoff = new Backoff();
  expect(Array.from({ length: 10 }, () => backoff.failed())).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test('it is time again when the pause has passed, counted from the failure', () => {
  const backoff = new Backoff();
  backoff.failed();
  const ready = (atMs: number): boolean => {
    nowMs = atMs;
    return backoff.ready();
  };
  expect([1_000, 1_249, 1_250, 9_000].map(ready)).toEqual([false, false, true, true]);
  backoff.failed();
  expect([9_499, 9_500].map(ready)).toEqual([false, true]);
});
