/** Shares of risk against their definitions, written out: w (C w) / w'C w of the training rows, and the covariances of what was earned. */
import { describe, expect, test } from '@jest/globals';
import { exAnteByWindow, realisedOverWindows, type WeighedWindow } from '../../../domain/tear-sheet/window-risk.ts';
import { refusalOf } from '../../support/refusal.ts';

const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08', '2024-01-09'];
// Not in the order of the names: the estimator sorts them.
const columns = ['b', 'a'];
const rows = [
  [0.02, 0.01],
  [-0.01, 0.03],
  [0.03, -0.02],
  [-0.02, -0.01],
  [0.01, 0.04],
  [0.02, -0.03],
];
const returns = { dates, columns, values: Float64Array.from(rows.flat()) };

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const covarianceOf = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((sum, value, row) => sum + (value - mean(left)) * (right[row]! - mean(right)), 0) / (left.length - 1);

const windowOf = (first: number, weights: readonly number[], correlationShrinkage = 0): WeighedWindow => ({
  trainFirst: dates[first]!,
  trainLast: dates[first + 2]!,
  testFirst: dates[first + 3]!,
  testLast: dates[first + 4 > 5 ? 5 : first + 4]!,
  weights,
  correlationShrinkage,
});

function sharesOf(window: WeighedWindow): number[] {
  const training = rows.slice(dates.indexOf(window.trainFirst), dates.indexOf(window.trainLast) + 1);
  const [b, a] = [0, 1].map((column) => training.map((row) => row[column]!));
  const [wb, wa] = window.weights;
  const across = covarianceOf(a!, b!) * (1 - window.correlationShrinkage);
  const ofB = wb! * (wb! * covarianceOf(b!, b!) + wa! * across);
  const ofA = wa! * (wa! * covarianceOf(a!, a!) + wb! * across);
  return [ofB / (ofA + ofB), ofA / (ofA + ofB)];
}

const estimator = { estimator: 'sample', correlationShrinkage: 0.9, annualisationDays: 252 } as const;

describe('ex ante, shares of the risk of a window', () => {
  test('are by its own training rows and its own shrinkage, in the order of the columns', () => {
    const windows = [windowOf(0, [0.25, 0.75]), windowOf(1, [0.5, 0.5], 0.5), windowOf(2, [-0.5, 1.5], 1)];
    const found = exAnteByWindow(returns, windows, estimator);
    expect(found).toEqual({
      kind: 'optimiser',
      of: 'assets',
      ids: ['b', 'a'],
      rows: windows.map((window) => ({
        date: window.trainLast,
        shares: sharesOf(window).map((share) => expect.closeTo(share, 12)),
      })),
    });
  });

  test('leave out a window that holds nothing', () => {
    const found = exAnteByWindow(returns, [windowOf(0, [0, 0]), windowOf(1, [0.5, 0.5])], estimator);
    expect(found.rows.map(({ date }) => date)).toEqual([dates[3]]);
  });

  test('are of windows on the grid', () => {
    const astray = { ...windowOf(0, [1, 0]), trainLast: '2024-01-06' };
    const { code, message, evidence } = refusalOf(() => exAnteByWindow(returns, [astray], estimator));
    expect([code, message, evidence]).toEqual(['Internal', expect.stringContaining('a window lies on the grid'), { date: '2024-01-06' }]);
  });
});

/** What each asset earned from row 3 on, its holding set anew at these rows, and every day where it is daily. */
function realised(targets: Readonly<Record<number, readonly number[]>>, isDaily: boolean): number[] {
  const pnl: number[][] = [[], []];
  let target: readonly number[] = [];
  let held: readonly number[] = [];
  for (let row = 3; row < 6; row++) {
    target = targets[row] ?? target;
    if (targets[row] !== undefined || isDaily) held = target;
    const earned = held.map((weight, column) => weight * rows[row]![column]!);
    const all = earned[0]! + earned[1]!;
    earned.forEach((value, column) => pnl[column]!.push(value));
    held = held.map((weight, column) => (weight * (1 + rows[row]![column]!)) / (1 + all));
  }
  const gross = pnl[0]!.map((value, row) => value + pnl[1]![row]!);
  return pnl.map((own) => covarianceOf(own, gross) / covarianceOf(gross, gross));
}

describe('shares of what happened', () => {
  const windows = [
    { ...windowOf(0, [0.25, 0.75]), testLast: dates[4]! },
    { ...windowOf(2, [0.5, 0.5]), testFirst: dates[5]!, testLast: dates[5]! },
  ];
  const targets = { 3: [0.25, 0.75], 5: [0.5, 0.5] };

  test.each([
    ['window', false],
    ['daily', true],
  ] as const)('are of holdings under %s rebalancing, at the last row', (mode, isDaily) => {
    expect(realisedOverWindows(returns, windows, mode)).toEqual({
      kind: 'realised',
      of: 'assets',
      ids: ['b', 'a'],
      rows: [{ date: dates[5], shares: realised(targets, isDaily).map((share) => expect.closeTo(share, 12)) }],
    });
  });

  test('are none where nothing was earned', () => {
    expect(realisedOverWindows(returns, [windowOf(0, [0, 0])], 'window')).toBeNull();
  });
});
