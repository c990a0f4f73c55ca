/** Every table behind a sheet as its file has it, of a stream in eighths whose figures are reckoned by hand. */
import { expect, test } from '@jest/globals';
import { tableText } from '../../../domain/returns/table-text.ts';
import { tearSheetOf } from '../../../domain/tear-sheet/tear-sheet.ts';
import { type TearSheetInput, withoutParts } from '../../../domain/tear-sheet/tear-sheet-input.ts';
import { tablesOf } from '../../../domain/tear-sheet/tear-sheet-tables.ts';
import { seriesOf } from '../metrics/worked-examples.ts';

const returns = seriesOf({ '2024-01-30': 0.5, '2024-01-31': -0.5, '2024-02-01': 0.25 });
const bare: TearSheetInput = {
  ...withoutParts,
  name: 'desk, "A"  B',
  basis: 'net',
  returns,
  annualisationDays: 256,
  opened: '2024-01-29',
  isSession: () => true,
  rollingRows: 2,
};

const textsOf = (input: TearSheetInput): Record<string, string> =>
  Object.fromEntries(tablesOf(tearSheetOf(input)).map(({ name, table }) => [name, tableText(table)]));

test('a stream alone has its returns, wealth, drawdowns, months and rolling figures', () => {
  const { rolling, ...others } = textsOf(bare);
  expect(others).toEqual({
    returns: 'date,desk_A_B\n2024-01-30,0.5\n2024-01-31,-0.5\n2024-02-01,0.25\n',
    wealth: 'date,desk_A_B\n2024-01-30,1.5\n2024-01-31,0.75\n2024-02-01,0.9375\n',
    drawdowns: 'date,desk_A_B\n2024-01-30,0\n2024-01-31,-0.5\n2024-02-01,-0.375\n',
    // January has sessions before the opening, February behind the last row.
    months: 'date,return,rows,is_partial\n2024-01-31,-0.25,2,1\n2024-02-01,0.25,1,1\n',
  });
  expect(rolling!.split('\n').map((line) => line.split(',')[0])).toEqual(['date', '2024-01-31', '2024-02-01', '']);
  expect(rolling).toMatch(/^date,volatility,sharpe\n/);
});

test('a month whose sessions are all held is told whole', () => {
  expect(textsOf({ ...bare, isSession: (date) => returns.dates.includes(date) })['months']).toBe(
    'date,return,rows,is_partial\n2024-01-31,-0.25,2,0\n2024-02-01,0.25,1,0\n',
  );
});

test('parts and baselines stand beside it on the dates that any of them has; a cell without a value is empty', () => {
  const part = { id: 'a', series: seriesOf({ '2024-01-31': 0.25, '2024-02-02': 0.5 }), opened: '2024-01-30' };
  const baseline = { id: 'b c', series: seriesOf({ '2024-01-29': 1 }), opened: '2024-01-26', note: null };
  const { returns: table, wealth } = textsOf({ ...bare, parts: [part], baselines: [baseline] });
  expect(table).toBe('date,desk_A_B,a,b_c\n2024-01-29,,,1\n2024-01-30,0.5,,\n2024-01-31,-0.5,0.25,\n2024-02-01,0.25,,\n2024-02-02,,0.5,\n');
  expect(wealth).toBe(
    'date,desk_A_B,a,b_c\n2024-01-29,,,2\n2024-01-30,1.5,,\n2024-01-31,0.75,1.25,\n2024-02-01,0.9375,,\n2024-02-02,,1.875,\n',
  );
});

test('a benchmark gives the rolling beta on common dates', () => {
  const benchmark = { id: 'x', series: seriesOf({ '2024-01-31': 0.25, '2024-02-01': 0.625 }) };
  // Of the two common rows: the stream rises by 0.75 where the benchmark rises by 0.375.
  expect(textsOf({ ...bare, benchmark })['rolling']).toMatch(/^date,volatility,sharpe,beta\n2024-01-31,[\d.]+,0,\n2024-02-01,.*,2\n$/);
});

test('weights, shares of risk and trades have a row for each of their dates', () => {
  const history = { of: 'assets', ids: ['x y', 'z'] } as const;
  const rows = [
    { date: '2024-01-30', shares: [0.75, 0.25] },
    { date: '2024-01-31', shares: [1.5, -0.5] },
  ];
  const { weights, risk_optimiser_assets, risk_realised_assets, trades } = textsOf({
    ...bare,
    weights: { ...history, decisions: rows.map(({ date, shares }) => ({ date, weights: shares })) },
    contributions: [
      { ...history, kind: 'optimiser', rows },
      { ...history, kind: 'realised', rows: rows.slice(1) },
    ],
    trades: [
      { date: '2024-01-30', turnoverTwoSided: 1, costFraction: 0.25 },
      { date: '2024-01-31', turnoverTwoSided: 0.5, costFraction: 0.125 },
    ],
  });
  expect(weights).toBe('date,x_y,z\n2024-01-30,0.75,0.25\n2024-01-31,1.5,-0.5\n');
  expect(risk_optimiser_assets).toBe(weights);
  expect(risk_realised_assets).toBe('date,x_y,z\n2024-01-31,1.5,-0.5\n');
  expect(trades).toBe('date,turnover_two_sided,cost_fraction\n2024-01-30,1,0.25\n2024-01-31,0.5,0.125\n');
});

test('trades of several sleeves tell what crossing saved, where it is known', () => {
  const trades = [
    { date: '2024-01-30', turnoverTwoSided: 1, costFraction: 0.25 },
    { date: '2024-01-31', turnoverTwoSided: 0.5, costFraction: 0.125, crossingBenefit: 0.0625 },
  ];
  expect(textsOf({ ...bare, trades })['trades']).toBe(
    'date,turnover_two_sided,cost_fraction,crossing_benefit\n2024-01-30,1,0.25,\n2024-01-31,0.5,0.125,0.0625\n',
  );
});
