import { describe, expect, test } from '@jest/globals';
import { aggressorCount } from '../../../domain/risk/barbell.ts';
import { columnCapOf } from '../../../domain/risk/cap.ts';
import { climb } from '../../../domain/risk/ladder.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { refusalOf } from '../../support/refusal.ts';

const failure = (shrinkage: number): LedgerError => new LedgerError('SolverFailed', `not at ${shrinkage}`);

describe('the ladder of correlation shrinkages', () => {
  test.each([
    [0, [0, 0.15, 0.5, 0.95]],
    [0.15, [0.15, 0.5, 0.95]],
    [0.2, [0.2, 0.5, 0.95]],
    [0.95, [0.95]],
  ])('from %p on tries each rung above once, and tells all of them when all fail', (first, rungs) => {
    const { code, message, evidence } = refusalOf(() =>
      climb('hrp', first, (shrinkage) => {
        throw failure(shrinkage);
      }),
    );
    expect([code, message]).toEqual(['SolverFailed', `hrp: every correlation shrinkage failed (${rungs.join(', ')})`]);
    const attempts = rungs.map((rung) => ({ correlationShrinkage: rung, outcome: `not at ${rung}` }));
    expect(evidence).toEqual({ reason: 'HARDENING_EXHAUSTED', risk: 'hrp', attempts });
  });

  test('ends at the first rung that is solved', () => {
    const climbed = climb('hrp', 0, (shrinkage) => {
      if (shrinkage < 0.5) throw failure(shrinkage);
      return shrinkage;
    });
    expect(climbed).toEqual({
      part: 0.5,
      correlationShrinkage: 0.5,
      attempts: [
        { correlationShrinkage: 0, outcome: 'not at 0' },
        { correlationShrinkage: 0.15, outcome: 'not at 0.15' },
        { correlationShrinkage: 0.5, outcome: 'solved' },
      ],
    });
  });

  test.each([new LedgerError('SchemaViolation', 'other'), new Error('other')])('is not climbed for another fault', (fault) => {
    let calls = 0;
    expect(() =>
      climb('hrp', 0, () => {
        calls++;
        throw fault;
      }),
    ).toThrow(fault);
    expect(calls).toBe(1);
  });
});

test('the aggressors are half of the columns, one to five, and leave a core', () => {
  expect([1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 30].map(aggressorCount)).toEqual([0, 1, 1, 2, 2, 3, 4, 5, 5, 5, 5]);
});

test('a cap of 1/n or less, and any cap of one column, determines the allocation', () => {
  expect(columnCapOf(0.25, 4)).toEqual({ effective: 0.25, determines: true });
  expect(columnCapOf(0.1, 4)).toEqual({ effective: 0.25, determines: true });
  expect(columnCapOf(0.26, 4)).toEqual({ effective: 0.26, determines: false });
  expect(columnCapOf(2, 1)).toEqual({ effective: 2, determines: true });
});
