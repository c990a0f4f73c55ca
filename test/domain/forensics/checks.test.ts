import { describe, expect, test } from '@jest/globals';
import { forensicChecks, forensicCodes, type ForensicInput } from '../../../domain/forensics/checks.ts';
import { collisionsOf } from '../../../domain/forensics/collisions.ts';
import { blocksWon, rankedProfiles } from '../../../domain/forensics/profile-table.ts';

const asset = (symbol: string, weight: number) => ({ symbol, weight, contributors: [{ path: ['a'], amount: weight }] });
const sound: ForensicInput = {
  signTests: [{ sleeve: 'a', status: 'not_applicable' }],
  artifacts: [{ name: 'meta_returns', isPresent: true }],
  rows: 100,
  columns: ['a', 'b'],
  weights: { a: 0.6, b: 0.4 },
  assets: Array.from({ length: 10 }, (_, k) => asset(`NYSE:${k}`, 0.1)),
  treeRows: 1,
};
const failing = (change: Partial<ForensicInput>): string[] =>
  forensicChecks({ ...sound, ...change })
    .filter(({ ok }) => !ok)
    .map(({ code }) => code);

describe('the forensic checks of a profile', () => {
  test('are all made, in their order, where nothing is wrong', () => {
    const made = forensicChecks(sound);
    expect(made.map(({ code }) => code)).toEqual([...forensicCodes]);
    expect(made.every(({ ok }) => ok)).toBe(true);
  });

  const cases: readonly [string, Partial<ForensicInput>, string[]][] = [
    ['a sleeve whose sign test found nothing to check', { signTests: [{ sleeve: 'a', status: 'unknown' }] }, ['META_SIGN_TEST']],
    ['a missing artifact', { artifacts: [{ name: 'meta_returns', isPresent: false }] }, ['META_MISSING_ARTIFACTS']],
    ['no joined row', { rows: 0 }, ['META_EMPTY_RETURNS']],
    ['one sleeve', { columns: ['a'], weights: { a: 1 } }, ['META_SINGLE_SLEEVE']],
    ['no weight', { weights: {} }, ['META_EMPTY_WEIGHTS']],
    ['one weight that is not 0', { weights: { a: 1, b: 0 } }, ['META_SINGLE_WEIGHT']],
    ['a weight without returns', { weights: { a: 0.6, c: 0.4 } }, ['META_WEIGHT_COLUMN_MISMATCH']],
    ['weights that leak', { weights: { a: 0.6, b: 0.3 } }, ['META_BAD_WEIGHT_SUM']],
    ['no asset', { assets: [] }, ['META_EMPTY_FLATTENED']],
    ['an asset above 15 %, long or short', { assets: [asset('NYSE:A', -0.2)] }, ['META_CONCENTRATION']],
    ['a tree without all of its merges', { treeRows: 0 }, ['META_CLUSTER_TREE']],
  ];
  test.each(cases)('fail for %s', (_, change, codes) => {
    expect(failing(change)).toEqual(codes);
  });

  test('stop where what follows could not be asked', () => {
    expect(forensicChecks({ ...sound, rows: 0 }).map(({ code }) => code)).toEqual(forensicCodes.slice(0, 3));
    expect(forensicChecks({ ...sound, assets: [asset('NYSE:A', 0.2)] })).toHaveLength(forensicCodes.length);
  });
});

const contributor = (path: string, amount: number) => ({ path: [path], amount });

describe('collisions', () => {
  const assets = [
    { symbol: 'NYSE:ONE', weight: 0.5, contributors: [contributor('a', 0.5)] },
    { symbol: 'NYSE:TWO', weight: 0.1, contributors: [contributor('b', -0.1), contributor('a', 0.2)] },
    { symbol: 'NYSE:BIG', weight: 0.5, contributors: [contributor('a', 0.2), contributor('b', 0.2), contributor('b', 0.1)] },
  ];

  test('are the symbols that two sleeves hold, the largest exposure first, amounts of one sleeve in one', () => {
    expect(
      collisionsOf(assets).map(({ symbol, sleeves }) => [symbol, sleeves.map(({ path, direction }) => `${path} ${direction}`)]),
    ).toEqual([
      ['NYSE:BIG', ['a LONG', 'b LONG']],
      ['NYSE:TWO', ['a LONG', 'b SHORT']],
    ]);
    expect(collisionsOf(assets)[0]!.sleeves[1]!.weight).toBeCloseTo(0.3, 15);
  });

  test('say where sleeves are on different sides', () => {
    expect(collisionsOf(assets).map(({ opposes }) => opposes)).toEqual([false, true]);
  });
});

const line = (risk: string, sharpe: number | null) => ({
  risk,
  blocksWon: 4,
  metrics: { sharpe } as Parameters<typeof rankedProfiles>[0][number]['metrics'],
});

describe('the profiles of a run side by side', () => {
  test('count the eighths in which a stream gained', () => {
    const rising = Float64Array.from({ length: 20 }, (_, row) => (row < 5 ? -0.01 : 0.01));
    // Blocks of 2, 3, 2, 3, ... rows: the first two lose all their rows.
    expect([blocksWon(rising), blocksWon(rising.subarray(0, 7))]).toEqual([6, null]);
  });

  test('stand best Sharpe ratio first, and last without one', () => {
    expect(rankedProfiles([line('a', 0.2), line('b', null), line('c', 1.1), line('d', -3)]).map(({ risk }) => risk)).toEqual([
      'c',
      'a',
      'd',
      'b',
    ]);
  });
});
