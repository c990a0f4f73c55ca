import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { watchLoop } from '../../../infra/http/loop-watch.ts';

/** Ticks that come `delayMs` after they are due, as a busy process has them: the fake timer fires, the clock is what the test says. */
function ticked(delaysMs: readonly number[]) {
  let clock = 0;
  const watch = watchLoop({ intervalMs: 1_000, delayMsMax: 5_000, ticks: 3 }, () => clock);
  for (const delayMs of delaysMs) {
    clock += 1_000 + delayMs;
    jest.advanceTimersByTime(1_000);
  }
  return watch;
}

describe('the watch on the event loop', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('finds a loop that has only started alive', () => {
    expect(ticked([]).turns()).toBe(true);
    expect(ticked([9_000, 9_000]).turns()).toBe(true);
  });

  test('forgives one long computation, and reports its length', () => {
    const watch = ticked([0, 30_000, 2]);
    expect(watch.turns()).toBe(true);
    expect(watch.longestDelayMs()).toBe(30_000);
  });

  test('finds a loop stuck when every one of the last ticks was late, and alive again after one in time', () => {
    expect(ticked([0, 6_000, 6_000, 6_000]).turns()).toBe(false);
    expect(ticked([6_000, 6_000, 6_000, 5]).turns()).toBe(true);
  });

  test('counts a tick as late beyond the limit only, and none as early', () => {
    expect(ticked([5_001, 5_001, 5_001]).turns()).toBe(false);
    expect(ticked([5_001, 5_000, 5_001]).turns()).toBe(true);
    expect(ticked([-400, -400]).longestDelayMs()).toBe(0);
    expect(ticked([]).longestDelayMs()).toBe(0);
  });

  test('remembers the last ticks only', () => {
    expect(ticked([9_000, 1, 2, 3]).longestDelayMs()).toBe(3);
    expect(ticked([9_000, 1, 2]).longestDelayMs()).toBe(9_000);
    expect(ticked([0, 9_000, 9_000, 9_000]).turns()).toBe(false);
  });

  test('looks every second, where nothing else is said, and finds ten ticks of more than five seconds a fault', () => {
    const performed = jest.spyOn(performance, 'now');
    let clock = 0;
    performed.mockImplementation(() => clock);
    const watch = watchLoop();
    const tick = (delayMs: number): boolean => {
      clock += 1_000 + delayMs;
      jest.advanceTimersByTime(1_000);
      return watch.turns();
    };
    expect(Array.from({ length: 10 }, () => tick(5_001))).toEqual([...Array.from({ length: 9 }, () => true), false]);
    expect(tick(5_000)).toBe(true);
    watch.stop();
    performed.mockRestore();
  });

  test('stops', () => {
    const watch = ticked([]);
    watch.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});
