import { describe, expect, test } from '@jest/globals';
import { anomaliesOf } from '../../../domain/tear-sheet/anomalies.ts';
import { conventions } from '../../../domain/metrics/conventions.ts';
import { absentParts, tearSheetOf } from '../../../domain/tear-sheet/tear-sheet.ts';
import { wholeSheet } from './whole-sheet.ts';
import { type TearSheetInput, withoutParts } from '../../../domain/tear-sheet/tear-sheet-input.ts';
import { tablesOf } from '../../../domain/tear-sheet/tear-sheet-tables.ts';
import { exAnteByWindow, realisedOverWindows } from '../../../domain/tear-sheet/window-risk.ts';
import { isExpected } from '../../../domain/returns/calendar.ts';
import { tableText } from '../../../domain/returns/table-text.ts';
import { walkForward } from '../../../domain/walk-forward/walk-forward.ts';
import { gap, seriesOf, worked } from '../metrics/worked-examples.ts';

const bare: TearSheetInput = {
  name: 'desk hrp',
  basis: 'net, out-of-sample',
  returns: worked.returns,
  annualisationDays: worked.annualisationDays,
  opened: worked.opened,
  isSession: (date) => isExpected('XNYS', date),
  rollingRows: 20,
  ...withoutParts,
};

const closes = (id: string, dates: readonly string[]) => ({ id, dates, closes: Float64Array.from(dates, (_, row) => 100 + row) });

describe('a tear sheet', () => {
  test('of a stream alone has every figure of the stream, and says what it lacks', () => {
    const sheet = tearSheetOf(bare);
    expect(gap(sheet.portfolio.wealth.at(-1)! - 1, worked.expected.metrics.total)).toBeLessThan(1e-12);
    expect(sheet.calendar.months).toHaveLength(5);
    expect(sheet.drawdowns.episodes).toBe(worked.expected.episodes);
    expect(sheet.rolling.beta).toBeNull();
    expect(absentParts(sheet)).toEqual([
      'parts',
      'baselines',
      'benchmark',
      'weights',
      'contributions',
      'trades',
      'crossingBenefit',
      'windows',
      'correlations',
      'tree',
      'verdicts',
      'parity',
      'trace',
      'robustness',
    ]);
  });

  test('of everything lacks nothing', () => {
    const sheet = tearSheetOf(wholeSheet);
    expect(absentParts(sheet)).toEqual([]);
    expect(gap(sheet.benchmark!.comparison.beta, worked.expected.benchmark.beta)).toBeLessThan(1e-12);
    expect(gap(sheet.weights!.turnover.total, 0.4)).toBeLessThan(1e-15);
    expect(sheet.baselines![0]).toMatchObject({ id: 'equal weight', note: 'look-ahead' });
  });

  test('shows what it is given as it is given, and lists no more than ten drawdowns, the deepest first', () => {
    const sheet = tearSheetOf(wholeSheet);
    const { contributions, trades, crossingBenefit, windows, correlations, tree, verdicts, parity, trace, robustness } = wholeSheet;
    const shown = { contributions, trades, crossingBenefit, windows, correlations, tree, verdicts, parity, trace, robustness };
    expect(sheet).toMatchObject({ name: 'desk hrp', basis: 'net, out-of-sample', ...shown });
    expect([sheet.portfolio.id, sheet.portfolio.note, sheet.parts![0]!.id, sheet.parts![0]!.note]).toEqual([
      'desk hrp',
      null,
      'crypto',
      null,
    ]);
    const { worst, averageLengthRows } = sheet.drawdowns;
    expect(worst).toHaveLength(Math.min(10, worked.expected.episodes));
    expect(worst.map(({ depth }) => depth)).toEqual(worst.map(({ depth }) => depth).toSorted((left, right) => left - right));
    expect(gap(averageLengthRows, worked.expected.average_length_rows)).toBeLessThan(1e-12);
    expect(sheet.anomalies).toEqual(anomaliesOf(worked.returns, windows, worked.annualisationDays));
    expect(sheet.weights).toMatchObject({ history: wholeSheet.weights, turnover: { firstPurchase: 1 } });
    for (const deviation of sheet.weights!.stability) expect(gap(deviation, 0.1 * Math.SQRT2)).toBeLessThan(1e-15);
  });

  test('is compared with benchmarks that it does not hold where two returns are common, at the days that are told', () => {
    const dates = [worked.opened, ...worked.returns.dates];
    const compared = { closes: [closes('AMEX:SPY', dates), closes('AMEX:TLT', dates.slice(0, 2))], annualisationDays: 365 };
    const found = tearSheetOf({ ...bare, compared }).compared;
    expect(found.map((one) => [one.id, one.annualisationDays, one.opened])).toEqual([['AMEX:SPY', 365, worked.opened]]);
    expect(gap(found[0]!.own.total, worked.expected.metrics.total)).toBeLessThan(1e-12);
    expect(tearSheetOf(bare).compared).toEqual([]);
  });

  test('lacks a benchmark that it shares no two dates with', () => {
    const sheet = tearSheetOf({ ...bare, benchmark: { id: 'AMEX:SPY', series: seriesOf({ '2019-01-02': 0.1 }) } });
    expect(absentParts(sheet)).toContain('benchmark');
  });

  test('gives every series behind it as a table of dated numbers', () => {
    const tables = tablesOf(tearSheetOf(wholeSheet));
    expect(tables.map(({ name }) => name)).toEqual([
      'returns',
      'wealth',
      'drawdowns',
      'months',
      'rolling',
      'weights',
      'risk_joint_sleeves',
      'trades',
    ]);
    for (const { table } of tables) {
      expect(table.values.every((column) => column.length === table.dates.length)).toBe(true);
      expect(table.dates).toEqual(table.dates.toSorted());
    }
    const [returns] = tables;
    // A blank would end a column of the text.
    expect(returns!.table.columns).toEqual(['desk_hrp', 'crypto', 'equal_weight']);
    expect([...returns!.table.values[0]!]).toEqual([...worked.returns.values]);
    expect(tableText(tables.find(({ name }) => name === 'weights')!.table)).toBe(
      'date,crypto,funds\n2020-02-28,0.6,0.4\n2020-03-31,0.4,0.6\n',
    );
    expect(tables.find(({ name }) => name === 'months')!.table.dates[0]).toBe('2020-02-28');
  });

  test('gives no table of what is not part of the run', () => {
    expect(tablesOf(tearSheetOf(bare)).map(({ name }) => name)).toEqual(['returns', 'wealth', 'drawdowns', 'months', 'rolling']);
  });
});

describe('anomalies', () => {
  test('are days that moved by more than a half, and windows that no market gives', () => {
    const calm = { testFirst: '2020-02-03', testLast: '2020-02-28' };
    expect(anomaliesOf(worked.returns, [calm], 252)).toEqual([]);
    const series = seriesOf({ '2020-01-02': 0.6, '2020-01-03': 0.01, '2020-01-06': 0.011, '2020-01-07': 0.009 });
    const found = anomaliesOf(
      series,
      [
        { testFirst: '2020-01-02', testLast: '2020-01-03' },
        { testFirst: '2020-01-03', testLast: '2020-01-07' },
      ],
      252,
    );
    expect(found.map(({ kind, first }) => [kind, first])).toEqual([
      ['extreme_day', '2020-01-02'],
      ['window_sharpe', '2020-01-02'],
      ['window_volatility', '2020-01-02'],
      ['window_sharpe', '2020-01-03'],
    ]);
    expect(gap(found.at(-1)!.value, 10)).toBeLessThan(1e-9);
  });
});

const random = (row: number, column: number): number => 0.02 * Math.sin(1 + 7.3 * row * (column + 1)) + 0.004 * Math.cos(row);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('contribution to risk over the windows of a walk-forward', () => {
  const dates = worked.returns.dates.slice(0, 60);
  const columns = ['a', 'b', 'c'];
  const returns = {
    dates,
    columns,
    values: Float64Array.from(dates.flatMap((_, row) => columns.map((__, column) => random(row, column)))),
  };
  const targets = [
    [0.5, 0.3, 0.2],
    [0.2, 0.2, 0.6],
    [0.4, 0.4, 0.2],
  ];
  const walked = walkForward({
    returns,
    trainWindow: 30,
    testWindow: 10,
    stepSize: 10,
    rebalanceMode: 'window',
    costFraction: 0.001,
    solve: (_, index) => ({ weights: targets[index]! }),
  });
  const windows = walked.windows.map((window) => ({ ...window, correlationShrinkage: 0 }));
  const estimator = { estimator: 'sample', correlationShrinkage: 0, annualisationDays: 252 } as const;

  test('adds up to 1 within 1e-12 at every decision', () => {
    const { rows } = exAnteByWindow(returns, windows, estimator);
    expect(rows.map(({ date }) => date)).toEqual(walked.windows.map(({ trainLast }) => trainLast));
    for (const { shares } of rows) expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(1e-12);
  });

  test('as realised divides the very gross returns that were held: against a plain recomputation', () => {
    const found = realisedOverWindows(returns, windows, 'window')!;
    const gross: number[] = [];
    const pnl: number[][] = [[], [], []];
    let held = [0, 0, 0];
    for (let row = 30; row < 60; row++) {
      if (row % 10 === 0) held = [...targets[row / 10 - 3]!];
      const earned = held.map((weight, column) => weight * random(row, column));
      const all = earned.reduce((sum, value) => sum + value, 0);
      gross.push(all);
      earned.forEach((value, column) => pnl[column]!.push(value));
      held = held.map((weight, column) => (weight * (1 + random(row, column))) / (1 + all));
    }
    // The gross returns are those of the walk-forward, window by window.
    for (const [index, window] of walked.windows.entries())
      expect(
        gap(gross.slice(10 * index, 10 * index + 10).reduce((wealth, value) => wealth * (1 + value), 1) - 1, window.grossReturn),
      ).toBeLessThan(1e-14);
    const variation = gross.reduce((sum, value) => sum + (value - mean(gross)) ** 2, 0);
    for (const [column, own] of pnl.entries()) {
      const share = own.reduce((sum, value, row) => sum + (value - mean(own)) * (gross[row]! - mean(gross)), 0) / variation;
      expect(gap(found.rows[0]!.shares[column]!, share)).toBeLessThan(1e-12);
    }
    expect(Math.abs(found.rows[0]!.shares.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(1e-12);
  });
});

test('every convention names its figure once, and where a library differs', () => {
  const figures = conventions.map(({ figure }) => figure);
  expect(new Set(figures).size).toBe(figures.length);
  const { performance } = tearSheetOf(bare).portfolio;
  const facts = [
    'rows',
    'opened',
    'first',
    'last',
    'annualisationDays',
    'flags',
    'meanPerRow',
    'deviationPerRow',
    'activeRows',
    'best',
    'worst',
  ];
  expect(Object.keys(performance).filter((figure) => !facts.includes(figure) && !figures.includes(figure))).toEqual([]);
  for (const { counterparts } of conventions)
    for (const { name, differs } of counterparts)
      expect([name, differs]).toEqual([expect.stringMatching(/\S/), differs === null ? null : expect.stringMatching(/\S/)]);
});
