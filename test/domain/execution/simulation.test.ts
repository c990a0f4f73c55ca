import { describe, expect, test } from '@jest/globals';
import { type SimulationInput, simulateWeights } from '../../../domain/execution/simulation.ts';
import { seriesOfSimulation } from '../../../domain/execution/table.ts';
import { addDays, dayNumberOf, isWeekend } from '../../../domain/returns/days.ts';
import { simulateWindow } from '../../../domain/walk-forward/execution.ts';
import type { LedgerError } from '../../../domain/shared/errors.ts';
import { rowsTable } from './tables.ts';

const nan = Number.NaN;
// Thursday 7 March 2024 to Tuesday 12 March 2024, with a Sunday.
const dates = ['2024-03-07', '2024-03-08', '2024-03-10', '2024-03-11', '2024-03-12'];
const es = 'CME_MINI:ES1!';
const gold = 'COMEX:GC1!';
const returns = rowsTable(
  dates,
  [es, gold],
  [
    [0.01, -0.02],
    [0.02, 0.01],
    [0.03, nan],
    [-0.01, 0.02],
    [0.005, 0.01],
  ],
);
const halves = rowsTable(['2024-03-06'], [es, gold], [[0.5, 0.5]]);

const simulated = (input: Partial<SimulationInput> = {}) =>
  simulateWeights({ weights: halves, market: { kind: 'returns', table: returns }, ...input });

function refusal(input: Partial<SimulationInput>): { readonly code: string; readonly message: string } {
  try {
    simulated(input);
  } catch (error) {
    const { code, message } = error as LedgerError;
    return { code, message };
  }
  throw new Error('nothing was refused');
}

describe('rows on which no session was', () => {
  test('are counted and flagged, and earned as they are', () => {
    const { offCalendar, flags, figures } = simulated();
    expect(offCalendar).toEqual({ rows: 1, dates: ['2024-03-10'], repair: 'none' });
    expect(flags).toEqual(expect.arrayContaining(['off_calendar_rows', 'missing_returns']));
    expect(figures.rows).toBe(5);
  });

  test('are compounded into the next session, and no wealth is lost', () => {
    const { offCalendar, path, missingReturns } = simulated({ repair: 'fold-off-calendar', perColumn: true });
    expect(offCalendar).toMatchObject({ rows: 0, repair: 'fold-off-calendar' });
    expect(path.dates).toEqual(dates.filter((date) => date !== '2024-03-10'));
    expect(missingReturns).toEqual([]);
    const alone = (repair: 'none' | 'fold-off-calendar') =>
      simulated({ repair, weights: rowsTable(['2024-03-06'], [es], [[1]]) }).figures.finalEquity;
    expect(alone('fold-off-calendar')).toBeCloseTo(alone('none'), 14);
  });

  test('behind the last session stay where they are, and stay counted', () => {
    const sunday = rowsTable(['2024-03-08', '2024-03-10'], [es], [[0.02], [0.03]]);
    const weights = rowsTable(['2024-03-07'], [es], [[1]]);
    const { offCalendar, path } = simulateWeights({ weights, market: { kind: 'returns', table: sunday }, repair: 'fold-off-calendar' });
    expect(offCalendar.rows).toBe(1);
    expect(path.dates).toEqual(['2024-03-08', '2024-03-10']);
  });
});

describe('prices', () => {
  const prices = rowsTable(
    dates,
    [es, gold],
    [
      [100, 50],
      [101, 51],
      [102, nan],
      [104, 52],
      [103, 53],
    ],
  );

  test('give returns over gaps, so that a buyer of everything ends with the last price over the first', () => {
    const weights = rowsTable([dates[0]!], [gold], [[1]]);
    const { figures, openingFrom, missingReturns } = simulateWeights({ weights, market: { kind: 'prices', table: prices } });
    expect(figures.finalEquity).toBeCloseTo(53 / 50, 14);
    expect(figures).toMatchObject({ openingDate: dates[0], rows: 3 });
    expect(openingFrom).toBe('prices');
    expect(missingReturns).toEqual([]);
  });

  test('fold by leaving the price of a Sunday out', () => {
    const weights = rowsTable([dates[0]!], [es], [[1]]);
    const { figures, path } = simulateWeights({ weights, market: { kind: 'prices', table: prices }, repair: 'fold-off-calendar' });
    expect(path.dates).toEqual(['2024-03-08', '2024-03-11', '2024-03-12']);
    expect(figures.finalEquity).toBeCloseTo(1.03, 14);
  });

  test('that begin behind a purchase refuse it', () => {
    const late = rowsTable(
      dates,
      [es, gold],
      [
        [100, nan],
        [101, nan],
        [102, nan],
        [104, 52],
        [103, 53],
      ],
    );
    const weights = rowsTable([dates[1]!], [es, gold], [[0.5, 0.5]]);
    expect(() => simulateWeights({ weights, market: { kind: 'prices', table: late } })).toThrow(
      'the weights of 2024-03-08 buy COMEX:GC1!, and COMEX:GC1! has no price at that close or before',
    );
    const none = rowsTable([dates[1]!], [es, gold], [[0.5, 0]]);
    expect(simulateWeights({ weights: none, market: { kind: 'prices', table: late } }).figures.rows).toBe(4);
  });
});

describe('what it refuses', () => {
  test.each([
    ['an asset without returns', { weights: rowsTable(['2024-03-06'], ['NYMEX:CL1!'], [[1]]) }, 'PricesMissing', 'NYMEX:CL1!'],
    ['an empty weight', { weights: rowsTable(['2024-03-06'], [es, gold], [[0.5, nan]]) }, 'SchemaViolation', 'COMEX:GC1! on 2024-03-06'],
    ['weights out of order', { weights: rowsTable(['2024-03-08', '2024-03-07'], [es], [[1], [1]]) }, 'SchemaViolation', '2024-03-07'],
    [
      'a column without a calendar',
      {
        weights: rowsTable(['2024-03-06'], ['SPX'], [[1]]),
        market: { kind: 'returns', table: rowsTable(dates, ['SPX'], [[0.01], [0], [0], [0], [0]]) },
      },
      'ExchangeUnknown',
      'SPX',
    ],
    ['a negative slippage', { settings: { slippageFraction: -0.1 } }, 'SchemaViolation', 'slippageFraction'],
    ['a lag of the look-ahead switch', { settings: { timing: 'same_row', lagRows: 1 } }, 'Usage', 'same_row'],
    ['impact without volumes', { settings: { impact: { coefficient: 1, assetsUnderManagement: 1e6 } } }, 'Usage', 'volumes'],
    ['an opening behind the first return', { openingDate: '2024-03-07' }, 'Usage', '2024-03-07'],
    ['no row at all', { from: '2030-01-01' }, 'HistoryTooShort', 'no row'],
  ] as const)('%s', (_, input, code, words) => {
    expect(refusal(input as Partial<SimulationInput>)).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test('an empty weight is 0 where that is said', () => {
    const weights = rowsTable(['2024-03-06'], [es, gold], [[0.5, nan]]);
    expect(simulated({ weights, emptyWeights: 'zero' }).path.grossExposure[0]).toBe(0.5);
  });
});

describe('impact', () => {
  const days = Array.from({ length: 40 }, (_, day) => addDays('2024-01-02', day)).filter((date) => !isWeekend(dayNumberOf(date)));
  const prices = rowsTable(
    days,
    [es],
    days.map((_, row) => [100 + (row % 4)]),
  );
  const volumes = rowsTable(
    days,
    [es],
    days.map(() => [1000]),
  );
  const weights = rowsTable([days[21]!, days[24]!], [es], [[0.5], [0.2]]);
  const impact = { coefficient: 2, assetsUnderManagement: 1e5 };

  test('is charged to the row behind the trade, by the square root of what is traded', () => {
    const { path } = simulateWeights({ weights, market: { kind: 'prices', table: prices }, volumes, settings: { impact } });
    const closes = days.map((_, row) => 100 + (row % 4));
    const returned = closes.slice(1).map((close, row) => close / closes[row]! - 1);
    // The trade of row 21 is at the close of price row 21: its last 20 returns end there.
    const last = returned.slice(1, 21);
    const mean = last.reduce((sum, value) => sum + value, 0) / 20;
    const deviation = Math.sqrt(last.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19);
    const traded = closes.slice(2, 22).reduce((sum, close) => sum + close * 1000, 0) / 20;
    expect(path.impact[21]).toBeCloseTo(2 * deviation * Math.sqrt((0.5 * 1e5) / traded) * 0.5, 15);
    expect(path.impact[24]).toBeGreaterThan(0);
    expect(path.impact.reduce((count, value) => count + (value > 0 ? 1 : 0), 0)).toBe(2);
  });

  test('of a symbol without volume is refused by name and date', () => {
    const gap = rowsTable(
      days,
      [es],
      days.map((_, row) => [row === 15 ? nan : 1000]),
    );
    const input = { weights, market: { kind: 'prices', table: prices }, volumes: gap, settings: { impact } } as const;
    expect(() => simulateWeights(input)).toThrow(`${es} has no close and volume on ${days[15]}`);
  });
});

describe('labels', () => {
  test('same_row says that it looks ahead', () => {
    expect(simulated({ settings: { timing: 'same_row' } }).flags).toContain('look_ahead_same_row');
    expect(simulated().flags).not.toContain('look_ahead_same_row');
  });

  test('a short atom earns the turned stream, counts as short, and reports the reset that it implies', () => {
    const atom = 'CME_MINI:ES1!_trend_SHORT_1d';
    const weights = rowsTable(['2024-03-06'], [atom], [[0.5]]);
    const { path, flags, figures } = simulateWeights({ weights, market: { kind: 'returns', table: returns } });
    expect(path.grossReturn[0]).toBeCloseTo(0.5 * -0.01, 15);
    expect([path.netExposure[0], path.cash[0]]).toEqual([-0.5, 1.5]);
    expect(path.syntheticResetTurnover[0]).toBeCloseTo((2 * 0.5 * 0.01) / (1 - 0.005), 15);
    expect(flags).toContain('constant_notional_shorts');
    expect(figures.syntheticResetTurnover).toBeGreaterThan(path.syntheticResetTurnover[0]!);
  });

  test('rows a year that differ from the annual factor by more than 5 % are suspected', () => {
    const days = Array.from({ length: 60 }, (_, day) => new Date(Date.UTC(2024, 0, 2 + day)).toISOString().slice(0, 10));
    const table = rowsTable(
      days,
      [es],
      days.map(() => [0.001]),
    );
    const weights = rowsTable(['2024-01-01'], [es], [[1]]);
    const { flags, figures } = simulateWeights({ weights, market: { kind: 'returns', table }, openingDate: '2024-01-01' });
    expect(figures.rowsPerYear).toBeCloseTo(365.25, 6);
    expect(flags).toContain('annualisation_suspected');
    // Growth by rows and by calendar days are two numbers under two names.
    expect(figures.metrics!.twrAnnualised).toBeCloseTo(1.001 ** 252 - 1, 9);
    expect(figures.cagrCalendar).toBeCloseTo(1.001 ** 365.25 - 1, 9);
  });
});

describe('beside the walk-forward', () => {
  test('one window is the same path in bits', () => {
    const window = {
      first: 0,
      end: 4,
      target: [0.5, 0.5],
      holdings: new Float64Array(2),
      mode: 'window',
      costFraction: 0.0005 + 0.0001,
    } as const;
    const folded = simulated({
      repair: 'fold-off-calendar',
      settings: { slippageFraction: 0.0005, commissionFraction: 0.0001 },
      perColumn: true,
    });
    const values = Float64Array.from([0.01, -0.02, 0.02, 0.01, 1.03 * 0.99 - 1, 0.02, 0.005, 0.01]);
    const outcome = simulateWindow({ ...window, returns: { dates: folded.path.dates, columns: folded.columns, values } });
    expect(folded.path.net).toEqual(outcome.net);
    expect(folded.path.finalHoldings).toEqual(outcome.holdings);
  });
});

test('the table of series holds weights and P&L of each column where they were kept', () => {
  const names = seriesOfSimulation(simulated({ perColumn: true })).map(({ name }) => name);
  expect(names.slice(-4)).toEqual([`weight:${es}`, `weight:${gold}`, `pnl:${es}`, `pnl:${gold}`]);
  expect(seriesOfSimulation(simulated()).map(({ name }) => name)).toEqual(names.slice(0, -4));
});
