import { describe, expect, test } from '@jest/globals';
import { type AbortRule, rulesMet, runVerdict } from '../../../domain/selection/abort.ts';
import { select } from '../../../domain/selection/select.ts';
import { seeded } from '../../support/figures.ts';
import { matrixOf, poolOf } from './pools.ts';
import { usual } from '../../support/selection-settings.ts';

const limits = { veto_share_max: 0.7, min_winners: 5 };

describe('a selection may not be used', () => {
  test('without candidates, with too few winners, or with too many vetoed for good', () => {
    expect(rulesMet(20, 5, 0.7, limits)).toEqual([]);
    expect(rulesMet(20, 4, 0.7, limits)).toEqual(['min_winners']);
    expect(rulesMet(20, 5, 0.75, limits)).toEqual(['veto_share']);
    expect(rulesMet(0, 0, 0, limits)).toEqual(['no_candidates', 'min_winners']);
  });
});

const windows = (aborted: number, of: number): AbortRule[][] => Array.from({ length: of }, (_, k) => (k < aborted ? ['min_winners'] : []));

describe('a run', () => {
  test.each([
    [0, 20, [], 'usable'],
    [1, 20, [], 'degraded'],
    [5, 20, [], 'degraded'],
    [6, 20, [], 'failed'],
    [0, 20, ['veto_share'], 'failed'],
    [0, 0, [], 'usable'],
  ] as const)('with %d of %d windows aborted, live %j, is %s', (aborted, of, live, verdict) => {
    expect(runVerdict(windows(aborted, of), live)).toBe(verdict);
  });
});

describe('which vetoes count', () => {
  // Walks to and fro: efficiency is low, so every symbol is vetoed, and by a veto that a stage lifts.
  const random = seeded(11);
  const zigzag = Object.fromEntries(
    Array.from({ length: 12 }, (_, k) => [
      `NYSE:Z${k}`,
      Array.from({ length: 60 }, (_2, row) => (row % 2 === 0 ? 1 : -1) * (0.01 + 0.001 * random()) + 0.0001),
    ]),
  );
  const pool = poolOf(matrixOf(zigzag));

  test('of v4 those that no stage lifts; of its strict reading all', () => {
    const lifted = select(pool, usual);
    expect(lifted.vetoCount.histogram[0]).toMatchObject({ code: 'efficiency' });
    expect(lifted.aborts).not.toContain('veto_share');
    const strict = select(pool, { ...usual, reading: { ...usual.reading, veto_share: 'strict' } });
    expect(strict.aborts).toContain('veto_share');
  });

  test('of the earlier modes all, for they have no later stage', () => {
    expect(select(pool, { ...usual, mode: 'v3.2' }).aborts).toEqual(['veto_share', 'min_winners']);
  });
});
