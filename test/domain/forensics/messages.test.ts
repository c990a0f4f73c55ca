/** What each forensic check says, found sound or not, and collisions and profiles as wholes. */
import { describe, expect, test } from '@jest/globals';
import { forensicChecks, forensicCodes, type ForensicCode, type ForensicInput } from '../../../domain/forensics/checks.ts';
import { collisionsOf } from '../../../domain/forensics/collisions.ts';
import { blocksWon, stabilityBlocks } from '../../../domain/forensics/profile-table.ts';
import { allocationEntropy, calendarFigures, forensicStatistics } from '../../../domain/forensics/statistics.ts';

const asset = (symbol: string, weight: number) => ({ symbol, weight, contributors: [{ path: ['a'], amount: weight }] });
const sound: ForensicInput = {
  signTests: [{ sleeve: 'a', status: 'passed' }],
  artifacts: [
    { name: 'returns', isPresent: true },
    { name: 'tree', isPresent: true },
  ],
  rows: 1,
  columns: ['a', 'b'],
  weights: { a: 0.6, b: 0.4 },
  assets: [asset('NYSE:B', 0.15), asset('NYSE:A', -0.15)],
  treeRows: 1,
};
const found = (code: ForensicCode, change: Partial<ForensicInput> = {}) => {
  const made = forensicChecks({ ...sound, ...change }).find((check) => check.code === code)!;
  return [made.ok, made.message];
};

const madeHere = (change: Partial<ForensicInput>) => forensicChecks({ ...sound, ...change }).length;

const held = (symbol: string, ...amounts: readonly (readonly [string, number])[]) => ({
  symbol,
  weight: amounts.reduce((sum, [, amount]) => sum + amount, 0),
  contributors: amounts.map(([path, amount]) => ({ path: path.split('/'), amount })),
});

const of = (values: readonly number[]) =>
  forensicStatistics(
    { dates: ['2024-03-07', '2024-03-08', '2024-03-11'].slice(0, values.length), values: Float64Array.from(values) },
    { a: 1 },
    [],
  );

describe('the forensic checks', () => {
  test('say this of a sound profile, in this order', () => {
    expect(forensicCodes).toEqual([
      'META_SIGN_TEST',
      'META_MISSING_ARTIFACTS',
      'META_EMPTY_RETURNS',
      'META_SINGLE_SLEEVE',
      'META_EMPTY_WEIGHTS',
      'META_SINGLE_WEIGHT',
      'META_WEIGHT_COLUMN_MISMATCH',
      'META_SINGLE_MATCH',
      'META_BAD_WEIGHT_SUM',
      'META_EMPTY_FLATTENED',
      'META_CONCENTRATION',
      'META_CLUSTER_TREE',
    ]);
    expect(forensicChecks(sound)).toEqual(
      [
        'passed in 1 sleeve with directions',
        '2 of 2 are there',
        '1 joined rows',
        '2 sleeves',
        '2 sleeve weights',
        '2 sleeve weights are not 0',
        'every weight has its returns',
        '2 sleeves have both',
        'the sleeve weights add up to 1',
        '2 assets',
        'NYSE:A holds -15 %, 15 % are the limit',
        '1 merges of 2 sleeves',
      ].map((message, at) => ({ code: forensicCodes[at], ok: true, message })),
    );
  });

  test.each<[ForensicCode, Partial<ForensicInput>, boolean, string]>([
    [
      'META_SIGN_TEST',
      {
        signTests: [
          { sleeve: 'a', status: 'failed' },
          { sleeve: 'b', status: 'unknown' },
          { sleeve: 'c', status: 'passed' },
        ],
      },
      false,
      'a: failed, b: unknown',
    ],
    [
      'META_SIGN_TEST',
      { signTests: [{ sleeve: 'a', status: 'not_applicable' }] },
      true,
      'no sleeve has directions: there is no sign to test',
    ],
    [
      'META_SIGN_TEST',
      {
        signTests: [
          { sleeve: 'a', status: 'passed' },
          { sleeve: 'b', status: 'passed' },
        ],
      },
      true,
      'passed in 2 sleeves with directions',
    ],
    [
      'META_MISSING_ARTIFACTS',
      {
        artifacts: [
          { name: 'returns', isPresent: false },
          { name: 'x', isPresent: true },
          { name: 'tree', isPresent: false },
        ],
      },
      false,
      'missing: returns, tree',
    ],
    ['META_EMPTY_RETURNS', { rows: 0 }, false, '0 joined rows'],
    ['META_SINGLE_SLEEVE', { columns: ['a'] }, false, '1 sleeves'],
    ['META_EMPTY_WEIGHTS', { weights: {} }, false, '0 sleeve weights'],
    ['META_SINGLE_WEIGHT', { weights: { a: 1, b: 0 } }, false, '1 sleeve weights are not 0'],
    ['META_WEIGHT_COLUMN_MISMATCH', { weights: { b: 0.5, d: 0.3, c: 0.2 } }, false, 'on one side alone: a, c, d'],
    ['META_WEIGHT_COLUMN_MISMATCH', { columns: ['b', 'a', 'c'] }, false, 'on one side alone: c'],
    ['META_BAD_WEIGHT_SUM', { weights: { a: 0.5, b: 0.25 } }, false, 'the sleeve weights add up to 0.75'],
    ['META_BAD_WEIGHT_SUM', { weights: { a: 1, b: 1e-10 } }, true, 'the sleeve weights add up to 1.0000000001'],
    ['META_EMPTY_FLATTENED', { assets: [] }, false, '0 assets'],
    ['META_CONCENTRATION', { assets: [asset('A', 0.1), asset('B', -0.25678)] }, false, 'B holds -25.68 %, 15 % are the limit'],
    ['META_CONCENTRATION', { assets: [asset('B', 0.2), asset('A', 0.2)] }, false, 'A holds 20 %, 15 % are the limit'],
    ['META_CLUSTER_TREE', { treeRows: null }, true, 'this philosophy has no tree'],
    ['META_CLUSTER_TREE', { treeRows: 2 }, false, '2 merges of 2 sleeves'],
  ])('%s of %j is %p: %s', (code, change, ok, message) => {
    expect(found(code, change)).toEqual([ok, message]);
  });

  test('end at the first that fails, but for the sign test and the concentration', () => {
    expect([madeHere({ signTests: [{ sleeve: 'a', status: 'failed' }] }), madeHere({ assets: [asset('A', 1)] })]).toEqual([12, 12]);
    expect([madeHere({ rows: 0 }), madeHere({ assets: [] }), madeHere({ columns: ['a'] })]).toEqual([3, 10, 4]);
  });
});

test('collisions are symbols of several sleeves, the largest exposure first, then by name', () => {
  const collisions = collisionsOf([
    held('D', ['a', 0.25], ['a', 0.25]),
    held('C', ['b', 0.25], ['a', 0.25]),
    held('B', ['x/a', 0.5], ['x/b', -0.25], ['x/a', 0.25]),
    held('A', ['a', 0.5], ['b', 0]),
  ]);
  expect(collisions).toEqual([
    {
      symbol: 'B',
      weight: 0.5,
      sleeves: [
        { path: 'x/a', weight: 0.75, direction: 'LONG' },
        { path: 'x/b', weight: -0.25, direction: 'SHORT' },
      ],
      opposes: true,
    },
    {
      symbol: 'A',
      weight: 0.5,
      sleeves: [
        { path: 'a', weight: 0.5, direction: 'LONG' },
        { path: 'b', weight: 0, direction: 'LONG' },
      ],
      opposes: false,
    },
    {
      symbol: 'C',
      weight: 0.5,
      sleeves: [
        { path: 'a', weight: 0.25, direction: 'LONG' },
        { path: 'b', weight: 0.25, direction: 'LONG' },
      ],
      opposes: false,
    },
  ]);
});

test('blocks are eighths of at least one row, won above 0', () => {
  expect(stabilityBlocks).toBe(8);
  expect(blocksWon(new Float64Array(7).fill(1))).toBeNull();
  expect([blocksWon(new Float64Array(8).fill(1)), blocksWon(new Float64Array(8))]).toEqual([8, 0]);
  expect(blocksWon(Float64Array.of(1, -1, 1, -1, 1, -1, 1, -1))).toBe(4);
  // Blocks of 1, 1, 1, 1, 1, 1, 1 and 2 rows.
  expect(blocksWon(Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, -2))).toBe(7);
});

test('entropy and calendar know their ends', () => {
  expect([allocationEntropy([0.5, 0.5]), allocationEntropy([1, 0])].map((value) => value! + 0)).toEqual([1, 0]);
  expect([allocationEntropy([1]), allocationEntropy([1.5, -0.5]), allocationEntropy([0.5, 0.4])]).toEqual([null, null, null]);
  expect(calendarFigures(['2024-03-08', '2024-03-09', '2024-03-11'])).toEqual({
    days: 3,
    hasSaturday: true,
    hasSunday: false,
    gapsOverOneDay: 1,
    longestGapDays: 2,
  });
  expect(calendarFigures(['2024-03-10'])).toEqual({ days: 1, hasSaturday: false, hasSunday: true, gapsOverOneDay: 0, longestGapDays: 0 });
});

test('statistics of a stream of three rows have skewness and no kurtosis', () => {
  expect(of([0, 0, 3])).toMatchObject({
    dailyMean: 1,
    dailyVolatility: Math.sqrt(2),
    skewness: expect.closeTo(Math.sqrt(3), 12),
    excessKurtosis: null,
    hasFatTails: false,
    largestAsset: null,
    assets: 0,
    sleeves: 1,
  });
  expect([of([0, 3]).skewness, of([0.1, 0.1, 0.1]).skewness]).toEqual([null, null]);
});
