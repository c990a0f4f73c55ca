/** Parts of a backtest by hand: joined assets, who may be held, assets that move by themselves, and turnover. */
import { describe, expect, test } from '@jest/globals';
import { AssetHolder, type HeldSleeve, leafPath } from '../../../domain/backtest/holders.ts';
import { admittedAt, joinedAssets } from '../../../domain/backtest/joined-assets.ts';
import { rangeEnd } from '../../../domain/backtest/planned-jobs.ts';
import { turnoverFigures } from '../../../domain/backtest/turnover.ts';

const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'];
const sleeve = (
  path: string,
  columns: readonly string[],
  on: readonly string[],
  values: readonly number[],
  choices: unknown,
  costFraction: number,
) =>
  ({
    path: [path],
    returns: { dates: on, columns, values: Float64Array.from(values) },
    choices,
    walk: { windows: [{ newestRead: '2024-01-02' }, { newestRead: '2024-01-04' }] },
    costFraction,
  }) as unknown as HeldSleeve;

const first = sleeve('a', ['B:B', 'A:A'], dates, [0.5, 0.1, 1, 0.2, 0, 0.3, -0.5, 0.4], null, 0.25);
const second = sleeve('b', ['A:A', 'C:C_x_SHORT'], dates, [9, 1, 9, 2, 9, 3, 9, 4], [null, [1]], 0.5);

const decision = (newestRead: string, last: string, bounded: readonly number[]) => ({ newestRead, last, bounded });

const trade = (closeOf: string, nettedTwoSided: number) => ({ closeOf, nettedTwoSided, cost: 0 });

test('a leaf is named by its way down, and has the side of its atom', () => {
  expect(leafPath(['a', 'b'], 'A:A', 0.25)).toEqual({ key: 'a/b/A:A', atom: 'A:A', symbol: 'A:A', sign: 1, costFraction: 0.25 });
  expect(leafPath([], 'C:C_x_SHORT', 0)).toMatchObject({ key: 'C:C_x_SHORT', symbol: 'C:C', sign: -1 });
});

describe('the assets of several sleeves', () => {
  const { assets, matrix } = joinedAssets([first, second], ['2024-01-03', '2024-01-05']);

  test('are there once each, by name, those of the first sleeve that has them', () => {
    expect(assets.map(({ path, column }) => [path.key, path.costFraction, column])).toEqual([
      ['A:A', 0.25, 1],
      ['B:B', 0.25, 0],
      ['C:C_x_SHORT', 0.5, 1],
    ]);
    expect(assets[0]!.returns).toBe(first.returns);
  });

  test('have the return of the first date, and compounded ones from there', () => {
    expect(matrix.dates).toEqual(['2024-01-03', '2024-01-05']);
    expect(matrix.columns).toEqual(['A:A', 'B:B', 'C:C_x_SHORT']);
    expect([...matrix.values]).toEqual([0.2, 1, 2, 1.3 * 1.4 - 1, -0.5, 4 * 5 - 1]);
    expect(joinedAssets([first], dates.slice(2)).matrix.values).toEqual(Float64Array.of(0.3, 0, 0.4, -0.5));
  });

  const held = (sleeves: readonly HeldSleeve[], close: string) => admittedAt(sleeves, assets, close).map((at) => assets[at]!.path.key);

  test('may be held where a sleeve chooses nothing, or its window in force chose them', () => {
    expect(held([first], '2024-01-02')).toEqual(['A:A', 'B:B']);
    expect(held([second], '2024-01-03')).toEqual([]);
    expect(held([second], '2024-01-04')).toEqual(['C:C_x_SHORT']);
    expect(held([second], '2024-01-01')).toEqual([]);
    expect(held([first, second], '2024-01-05')).toEqual(['A:A', 'B:B', 'C:C_x_SHORT']);
  });
});

test('an asset by itself has a return on its own dates, and none between them', () => {
  const holder = new AssetHolder(
    leafPath([], 'A:A', 0),
    { ...first.returns, dates: ['2024-01-02', '2024-01-03', '2024-01-08', '2024-01-09'] },
    1,
  );
  const seen = ['2024-01-01', '2024-01-03', '2024-01-05', '2024-01-08', '2024-01-09', '2024-01-10'].map((date) => {
    holder.step(date);
    return [holder.gross, holder.returns[0]];
  });
  expect(seen).toEqual([
    [0, 0],
    [0.2, 0.2],
    [0, 0],
    [0.3, 0.3],
    [0.4, 0.4],
    [0, 0],
  ]);
  expect([holder.opened, holder.drifted, holder.held]).toEqual([Float64Array.of(1), Float64Array.of(1), Float64Array.of(1)]);
  expect(holder.dates).toEqual(['2024-01-02', '2024-01-03', '2024-01-08', '2024-01-09']);
});

describe('turnover', () => {
  test('is that of the windows, the first purchase apart', () => {
    const decisions = [decision(dates[0]!, dates[1]!, [0.5, 0.5]), decision(dates[1]!, dates[3]!, [0.75, 0.25])];
    const trades = [trade(dates[0]!, 1), trade(dates[1]!, 0.5), trade(dates[2]!, 0.25)];
    expect(turnoverFigures(decisions, trades)).toEqual({
      windows: [
        { allocationTwoSided: null, tradedTwoSided: 1 },
        { allocationTwoSided: 0.5, tradedTwoSided: 0.75 },
      ],
      firstAllocationTwoSided: 1,
      firstPurchaseTwoSided: 1,
      allocationTwoSided: 0.5,
      tradedTwoSided: 0.75,
      allocationStability: [expect.closeTo(0.25 / Math.sqrt(2), 14), expect.closeTo(0.25 / Math.sqrt(2), 14)],
    });
  });

  test('of one decision has no stability, and of no trade is nothing', () => {
    expect(turnoverFigures([decision(dates[0]!, dates[1]!, [1])], [])).toEqual({
      windows: [{ allocationTwoSided: null, tradedTwoSided: 0 }],
      firstAllocationTwoSided: 1,
      firstPurchaseTwoSided: 0,
      allocationTwoSided: 0,
      tradedTwoSided: 0,
      allocationStability: null,
    });
  });
});

test('a backtest ends at the newest date of its grids', () => {
  const grids = ['2024-01-03', '2024-01-05', '2024-01-04'].map((last) => ({ grid: { grid: { last } } }));
  expect(rangeEnd(grids as unknown as Parameters<typeof rangeEnd>[0])).toBe('2024-01-05');
});
