import { describe, expect, test } from '@jest/globals';
import { checkParity } from '../../../domain/parity/parity.ts';
import { parityPolicy } from '../../../domain/parity/policy.ts';
import { parityOutcomeSchema } from '../../../domain/parity/schema.ts';
import { applyWaivers, type ParityWaiver } from '../../../domain/parity/waiver.ts';

const leaves = { 'backtest.train_window': 60, 'selection.top_n': 3, temporal_id: 'one' };
const verdict = checkParity({
  sleeves: [
    { id: 'a', calendarClass: 'tradfi', leaves },
    { id: 'b', calendarClass: 'tradfi', leaves: { 'backtest.train_window': 90, 'selection.top_n': 4, temporal_id: 'two' } },
  ],
  policy: parityPolicy({ mandate: 'warn', exceptions: [] }, 1),
});
const waiver = (waiverId: string, paths: readonly string[], until = '2025-12-31'): ParityWaiver => ({
  waiverId,
  who: 'risk committee',
  why: 'pilot',
  paths,
  until,
});
const asOf = '2025-07-17';

describe('waivers', () => {
  test('without one the verdict stands, with every path uncovered', () => {
    expect(applyWaivers(verdict, [], asOf)).toEqual({
      outcome: 'rejected',
      used: [],
      expired: [],
      uncovered: ['backtest.train_window', 'selection.top_n', 'temporal_id'],
    });
  });

  test('several together cover the rejection, and the temporal id with its parts', () => {
    const outcome = applyWaivers(
      verdict,
      [waiver('w2', ['selection.top_n']), waiver('w1', ['backtest.train_window', 'backtest.nothing'])],
      asOf,
    );
    expect(outcome).toEqual({
      outcome: 'waived',
      used: [
        { waiverId: 'w1', paths: ['backtest.train_window'] },
        { waiverId: 'w2', paths: ['selection.top_n'] },
      ],
      expired: [],
      uncovered: [],
    });
    expect(parityOutcomeSchema.parse(outcome)).toEqual(outcome);
  });

  test('a path left out rejects, and is named', () => {
    expect(applyWaivers(verdict, [waiver('w', ['backtest.train_window'])], asOf)).toMatchObject({
      outcome: 'rejected',
      uncovered: ['selection.top_n'],
    });
  });

  test('the last day of a waiver is covered and the day after is not', () => {
    const paths = ['backtest.train_window', 'selection.top_n'];
    expect(applyWaivers(verdict, [waiver('w', paths, asOf)], asOf).outcome).toBe('waived');
    expect(applyWaivers(verdict, [waiver('w', paths, '2025-07-16')], asOf)).toMatchObject({
      outcome: 'rejected',
      expired: [{ waiverId: 'w', until: '2025-07-16' }],
    });
  });

  test('a verdict that does not reject needs none', () => {
    const same = checkParity({
      sleeves: [{ id: 'a', calendarClass: 'tradfi', leaves }],
      policy: parityPolicy({ mandate: 'warn', exceptions: [] }, 1),
    });
    expect(applyWaivers(same, [waiver('w', ['selection.top_n'])], asOf)).toEqual({
      outcome: 'accepted',
      used: [],
      expired: [],
      uncovered: [],
    });
  });

  test('a verdict over nothing cannot be waived', () => {
    const nothing = checkParity({ sleeves: [], policy: parityPolicy({ mandate: 'warn', exceptions: [] }, 1) });
    expect(applyWaivers(nothing, [waiver('w', ['selection.top_n'])], asOf).outcome).toBe('rejected');
  });
});
