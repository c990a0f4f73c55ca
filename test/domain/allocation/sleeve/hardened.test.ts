import { describe, expect, test } from '@jest/globals';
import { solvedOrFailed } from '../../../../domain/allocation/sleeve/profile.ts';
import { addDays } from '../../../../domain/returns/days.ts';
import { defaultSolveParameters } from '../../../../domain/risk/profiles.ts';
import { gradeRun } from '../../../../domain/run/grade.ts';
import { stocks } from './stocks.ts';

/** Two columns that hedge each other to the last bit: equal risk contributions are not defined, and the ladder is climbed. */
const pattern = [
  [0.02, 0],
  [-0.01, 0.03],
  [0.03, -0.01],
  [0.01, 0.01],
];
const rows = Array.from({ length: 16 }, (_, row) => pattern[row % 4]!);
const matrix = { dates: rows.map((_, row) => addDays('2024-01-01', row)), columns: ['a', 'b'], values: Float64Array.from(rows.flat()) };

function solvedUnder(rules: number) {
  const resolved = stocks();
  const backtest = { ...resolved.blocks.backtest, train_window: 8, test_window: 4, step_size: 4 };
  const parameters = { ...defaultSolveParameters, estimator: 'sample' as const, correlationShrinkage: 0 };
  const outcome = solvedOrFailed({
    risk: 'risk_parity',
    selecting: null,
    regime: null,
    rawPool: null,
    matrix,
    resolved: { ...resolved, blocks: { ...resolved.blocks, backtest } },
    parameters,
    givenOrder: ['a', 'b'],
    rules,
  });
  if (outcome.status !== 'solved') throw outcome.error;
  return outcome;
}

describe('a profile whose solves climbed the ladder of shrinkages', () => {
  test('has the flag and says how many of its solves and how far', () => {
    const { flags, problems, live } = solvedUnder(2);
    expect(flags).toContain('hardened');
    expect(live.flags).toEqual(['hardened']);
    expect(problems).toEqual([
      '2 of 2 windows hardened to a correlation shrinkage of 0.15 (0 asked for)',
      'live weights hardened to a correlation shrinkage of 0.15 (0 asked for)',
    ]);
  });

  test('is no native one: the run is DEGRADED with the reason', () => {
    const { problems } = solvedUnder(2);
    const whole = { status: 'native' as const, hasWeights: true, rows: 8 };
    const { grade, finding } = gradeRun({
      integrity: 'passed',
      profiles: [
        { risk: 'hrp', ...whole },
        { risk: 'risk_parity', ...whole, problems },
      ],
      signTest: { status: 'not_applicable', detail: 'no shorts' },
      sourceChain: 'not_applicable',
    });
    expect(grade).toBe('DEGRADED');
    expect(finding.reasons).toEqual([expect.stringContaining('2 of 2 windows hardened to a correlation shrinkage of 0.15')]);
  });

  test('under rules 1 has the same weights, and its attempts alone show it', () => {
    const [now, before] = [solvedUnder(2), solvedUnder(1)];
    expect([before.flags, before.live.flags, before.problems]).toEqual([[], [], []]);
    expect(before.live.attempts).toHaveLength(2);
    expect(before.live.weights).toEqual(now.live.weights);
  });
});
