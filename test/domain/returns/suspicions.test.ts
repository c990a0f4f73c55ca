/** What is said of unusual moves and units, word for word. */
import { describe, expect, test } from '@jest/globals';
import { addDays, dayNumberOf } from '../../../domain/returns/days.ts';
import { suspectPrices, suspectReturns } from '../../../domain/returns/suspicions.ts';
import { RecordedFindings } from './recorded-findings.ts';

const dates = Array.from({ length: 41 }, (_, day) => addDays('2024-01-01', day));

/** Prices that stand at 100, but for the change at the 20th place. */
const still = (after: number, then = after): Float64Array =>
  Float64Array.from(dates, (_, at) => (at < 20 ? 100 : at === 20 ? after : then));

function suspected(prices: Float64Array) {
  const findings = new RecordedFindings();
  const used = dates.slice(0, prices.length);
  const suspicions = suspectPrices(
    {
      file: 'p.csv',
      symbol: 'NYSE:A',
      calendar: 'XCRY',
      dates: used,
      days: Int32Array.from(used, dayNumberOf),
      prices,
      lineAt: (index) => 2 + index,
    },
    findings,
  );
  return { suspicions, added: findings.added, looked: findings.counts };
}

describe('of prices that do not move otherwise', () => {
  test.each([
    [
      'split_suspected',
      still(25),
      0.25,
      'NYSE:A moves from 100 to 25, -75 % on 2024-01-21 (ratio 0.25, nothing else moves): an unadjusted split, 1 into 4?',
    ],
    [
      'split_suspected',
      still(300),
      3,
      'NYSE:A moves from 100 to 300, +200 % on 2024-01-21 (ratio 3, nothing else moves): an unadjusted split, 3 into 1?',
    ],
    [
      'spike_suspected',
      still(130, 100),
      1.3,
      'NYSE:A moves from 100 to 130, +30 % on 2024-01-21 (ratio 1.3, nothing else moves) and is back the next session: a wrong price?',
    ],
    ['extreme_move', still(138), 1.38, 'NYSE:A moves from 100 to 138, +38 % on 2024-01-21 (ratio 1.38, nothing else moves)'],
  ] as const)('a %s is told', (code, prices, value, message) => {
    const date = '2024-01-21';
    expect(suspected(prices)).toEqual({
      suspicions: [{ code, symbol: 'NYSE:A', date, value, message }],
      added: [{ code, file: 'p.csv', line: 22, symbol: 'NYSE:A', date, value, message }],
      looked: { unusual_moves: 40, units: 1 },
    });
  });

  test('a move among others is told with its size in robust deviations', () => {
    let price = 100;
    const prices = Float64Array.from(dates, (_, at) => (price *= at === 0 ? 1 : at === 20 ? 0.62 : [1, 1.01, 1 / 1.01][at % 3]!));
    // Of the others two in three move by log 1.01, on either side: 1.4826 of it is the robust deviation, and log 0.62 is 32.4 of these.
    const [one, ...more] = suspected(prices).suspicions;
    expect([one!.code, one!.message, more]).toEqual([
      'extreme_move',
      expect.stringMatching(/\(ratio 0\.62, 32\.4 robust deviations\)$/),
      [],
    ]);
  });
});

test('few prices are not judged, and one price is not looked at', () => {
  expect(suspected(Float64Array.of(1))).toEqual({ suspicions: [], added: [], looked: {} });
  // Twenty ratios: each has but nineteen others around it, and units are judged from twenty on.
  expect(suspected(still(25).slice(0, 21))).toEqual({ suspicions: [], added: [], looked: { unusual_moves: 0, units: 1 } });
  expect(suspected(still(25).slice(1, 21)).looked).toEqual({ unusual_moves: 0, units: 0 });
  expect(suspected(still(25).slice(0, 22)).looked).toEqual({ unusual_moves: 21, units: 1 });
});

describe('units', () => {
  /** Ordinary days of 10 %. */
  const wild = Float64Array.from(dates, (_, at) => (at % 2 === 0 ? 100 : 110));

  test('of closes are told at the last date, without a line', () => {
    const { suspicions, added } = suspected(wild);
    const message = expect.stringMatching(/^the closes of NYSE:A look compounded from percent\? on an ordinary day/);
    expect(suspicions).toEqual([{ code: 'units_suspected', symbol: 'NYSE:A', date: '2024-02-10', value: expect.any(Number), message }]);
    expect(added).toEqual([{ ...suspicions[0], file: 'p.csv' }]);
  });

  test('are not judged of closes that are no prices', () => {
    expect(suspected(wild.map((price, at) => (at === 5 ? -price : price))).suspicions).toEqual([]);
    expect(suspected(wild.map((price, at) => (at === 5 ? 0 : price))).suspicions).toEqual([]);
    expect(suspected(wild.map((price, at) => (at === 40 ? Infinity : price))).suspicions).toEqual([]);
  });
});

const returns = (at: number, value: number, others = 0): Float64Array =>
  Float64Array.from(dates, (_, row) => (row === at ? value : others));

describe('of returns', () => {
  test('a move is told under the name of the series, without prices', () => {
    expect(suspectReturns('hrp', { dates, values: returns(20, -0.75) }, 252)).toEqual([
      {
        code: 'split_suspected',
        symbol: 'hrp',
        date: '2024-01-21',
        value: 0.25,
        message: 'hrp moves -75 % on 2024-01-21 (ratio 0.25, nothing else moves): an unadjusted split, 1 into 4?',
      },
    ]);
  });

  test('units are told at the last date', () => {
    const values = Float64Array.from(dates, (_, row) => (row % 2 === 0 ? 0.05 : -0.045));
    const [units, ...others] = suspectReturns('hrp', { dates, values }, null);
    expect([units, others]).toEqual([
      {
        code: 'units_suspected',
        symbol: 'hrp',
        date: '2024-02-10',
        value: 0.05,
        message: 'the returns of hrp look like percent? on an ordinary day it moves by 0.05, above 0.03',
      },
      [],
    ]);
  });

  test('that lose everything are not judged: they fail by themselves', () => {
    expect(suspectReturns('hrp', { dates, values: returns(20, -1) }, 252)).toEqual([]);
    expect(suspectReturns('hrp', { dates, values: returns(20, Number.NaN) }, 252)).toEqual([]);
  });
});
