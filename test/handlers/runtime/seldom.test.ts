import { expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { Seldom } from '../../../handlers/runtime/seldom.ts';

test('what repeats is due at first, and then once in the time that a repeated line of the log has', () => {
  let now = -limits.repeatedLogMsMin;
  const seldom = new Seldom(() => now);
  const due = (laterMs: number): boolean => {
    now += laterMs;
    return seldom.due();
  };
  expect([due(0), due(0), due(limits.repeatedLogMsMin - 1), due(1), due(1), due(limits.repeatedLogMsMin)]).toEqual([
    true,
    false,
    false,
    true,
    false,
    true,
  ]);
});

test('by the clock of the process where no other is given', () => {
  const seldom = new Seldom();
  expect([seldom.due(), seldom.due()]).toEqual([true, false]);
});
