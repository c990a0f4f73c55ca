/** What a solved profile is flagged with, each flag by what alone raises it, on columns of a few rows. */
import { describe, expect, test } from '@jest/globals';
import { solvedOrFailed, type SolvedProfile } from '../../../../domain/allocation/sleeve/profile.ts';
import type { ProfileWork, Selecting } from '../../../../domain/allocation/sleeve/solve-window.ts';
import { addDays } from '../../../../domain/returns/days.ts';
import { defaultSolveParameters } from '../../../../domain/risk/profiles.ts';
import { rulesInForce } from '../../../../domain/run/rules.ts';
import { stocks } from './stocks.ts';

type Row = readonly [number, number];
/** Columns that hedge each other to the last bit: a solve of equal risk contributions is hardened on them. */
const hedges: readonly Row[] = [
  [0.02, 0],
  [-0.01, 0.03],
  [0.03, -0.01],
  [0.01, 0.01],
];
/** Columns that lean on one another, the first twice as much as the second. */
const leaning: readonly Row[] = [
  [0.02, 0.012],
  [-0.03, -0.014],
  [0.05, 0.02],
  [-0.01, -0.006],
];
const rowsOf = (pattern: readonly Row[], count: number): Row[] => Array.from({ length: count }, (_, row) => pattern[row % pattern.length]!);
const plain = stocks();

/** Two columns on consecutive days, trained on 8 rows and held for 4. */
function workOf(rows: readonly Row[], change: Partial<ProfileWork> = {}, backtest: object = {}): ProfileWork {
  const { blocks } = plain;
  return {
    risk: 'risk_parity',
    selecting: null,
    regime: null,
    rawPool: null,
    matrix: {
      dates: rows.map((_, row) => addDays('2024-01-01', row)),
      columns: ['X:A_t_SHORT', 'X:B_t_LONG'],
      values: Float64Array.from(rows.flat()),
    },
    resolved: {
      blocks: { ...blocks, backtest: { ...blocks.backtest, train_window: 8, test_window: 4, step_size: 4, ...backtest } },
    },
    parameters: { ...defaultSolveParameters, estimator: 'sample', correlationShrinkage: 0 },
    givenOrder: ['X:A_t_SHORT', 'X:B_t_LONG'],
    rules: rulesInForce,
    ...change,
  };
}

function solved(...of: Parameters<typeof workOf>): SolvedProfile {
  const outcome = solvedOrFailed(workOf(...of));
  if (outcome.status !== 'solved') throw outcome.error;
  return outcome;
}

const clippedOn = (row: number): Row[] => rowsOf(leaning, 16).map((values, at) => (at === row ? [-1, values[1]] : values));

const selecting = (looksAhead: boolean, second: readonly number[] | null): Selecting => ({
  choices: { windows: [[0, 1], second], live: [0, 1] },
  looksAhead,
  clustering: { lookbacks: [8], shrinkage: 0, threshold: 0.5 },
});

const selected = (looksAhead: boolean, second: readonly number[] | null) =>
  solved(rowsOf(leaning, 16), { risk: 'benchmark', selecting: selecting(looksAhead, second) });

describe('a profile that is hardened', () => {
  test('in its live solve alone has the flag, and says that it is the live weights', () => {
    const { flags, problems } = solved([...rowsOf(leaning, 8), ...rowsOf(hedges, 8)]);
    expect([flags, problems]).toEqual([['hardened'], ['live weights hardened to a correlation shrinkage of 0.15 (0 asked for)']]);
  });

  test('in a window alone has the flag, and says of how many', () => {
    const { flags, problems } = solved([...rowsOf(hedges, 8), ...rowsOf(leaning, 8)]);
    expect([flags, problems]).toEqual([['hardened'], ['1 of 2 windows hardened to a correlation shrinkage of 0.15 (0 asked for)']]);
  });

  test('nowhere has no flag and no problem', () => {
    const { flags, problems, columns, risk, status } = solved(rowsOf(leaning, 16));
    expect({ flags, problems, columns, risk, status }).toEqual({
      flags: [],
      problems: [],
      columns: ['X:A_t_SHORT', 'X:B_t_LONG'],
      risk: 'risk_parity',
      status: 'solved',
    });
  });
});

describe('a last window', () => {
  test.each([
    ['trade', 18, ['partial'], [4, 4, 2]],
    ['skip', 18, [], [4, 4]],
    ['trade', 16, [], [4, 4]],
  ] as const)('that would be partial, under %s and %d rows, has the flags %j', (rule, count, flags, lengths) => {
    const outcome = solved(rowsOf(leaning, count), {}, { partial_last_window: rule });
    expect(outcome.flags).toEqual(flags);
    const { oos } = outcome.walked;
    expect(oos.dates).toHaveLength(lengths.reduce((sum: number, rows) => sum + rows, 0));
    expect(outcome.walked.windows).toHaveLength(lengths.length);
  });
});

describe('a short that loses all of itself', () => {
  test.each([
    ['in a window that holds it', 9, 'equal_weight', true],
    ['on the first day of a window', 8, 'equal_weight', true],
    ['on the last day of a window', 11, 'equal_weight', true],
    ['before the first window', 3, 'equal_weight', false],
    ['in a window that holds none of it', 9, 'min_variance', false],
  ] as const)('%s is flagged, or not', (_, row, risk, isFlagged) => {
    const outcome = solved(clippedOn(row), { risk });
    expect(outcome.flags.includes('short_clipped')).toBe(isFlagged);
    if (risk === 'min_variance') expect(outcome.walked.windows[0]!.weights[0]).toBe(0);
  });

  test('is no flag of the long side', () => {
    const turned = rowsOf(leaning, 16).map(([short, long], at): Row => (at === 9 ? [short, -1] : [short, long]));
    expect(solved(turned, { risk: 'equal_weight' }).flags).not.toContain('short_clipped');
  });
});

describe('a profile that selects', () => {
  test('says that it looked ahead, and that it held cash', () => {
    expect(selected(false, [0, 1]).flags).toEqual([]);
    expect(selected(true, [0, 1]).flags).toEqual(['selection_look_ahead']);
    expect(selected(true, null).flags).toEqual(['cash', 'selection_look_ahead']);
  });

  test('holds nothing in a window whose selection was aborted, and what was selected in the others', () => {
    const { walked, problems } = selected(false, null);
    expect(walked.solutions.map(({ weights, result, cashBecause }) => [weights, result === null, cashBecause])).toEqual([
      [[0.5, 0.5], false, null],
      [[0, 0], true, 'selection'],
    ]);
    expect(problems).toEqual([]);
    expect(selected(false, [1]).walked.solutions[1]!.weights).toEqual([0, 1]);
  });
});

describe('a profile that cannot be solved', () => {
  test('fails with the window in its words and its evidence', () => {
    const still = solvedOrFailed(workOf(rowsOf([[0, 0]], 16), { risk: 'hrp' }));
    const error = still.status === 'failed' ? still.error : null;
    expect([still.status, still.risk, error?.code]).toEqual(['failed', 'hrp', 'SolverFailed']);
    expect(error?.message).toMatch(/^window 0 \(training 2024-01-01 to 2024-01-08\): /);
    expect(error?.evidence['window']).toBe('window 0 (training 2024-01-01 to 2024-01-08)');
  });

  test('is no outcome where the cause is a fault of the program', () => {
    expect(() => solvedOrFailed(workOf(rowsOf(leaning, 16), { risk: 'adaptive' }))).toThrow(
      expect.objectContaining({ message: expect.stringContaining('the adaptive profile follows a regime') }),
    );
  });
});
