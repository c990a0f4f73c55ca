import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { admitReturns, admitWeights, doublyInverted } from '../../../../domain/allocation/imported/admission.ts';
import { rulesInForce } from '../../../../domain/run/rules.ts';
import { addDays } from '../../../../domain/returns/days.ts';
import { propertyRuns } from '../../../support/property-runs.ts';

class Refused extends Error {}

/** What is refused of it, and where; null when it is admitted. */
function refusalOf(admit: (refuse: (why: string, at: string) => never) => void): string | null {
  try {
    admit((why, at) => {
      throw new Refused(`${at}: ${why}`);
    });
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

const weights = (...held: [string, number][]) =>
  refusalOf((refuse) =>
    admitWeights(
      held.map(([symbol, weight]) => ({ symbol, weight })),
      'w',
      refuse,
      rulesInForce,
    ),
  );
const returns = (dates: string[], values: number[], asOf = '2024-12-31') =>
  refusalOf((refuse) => admitReturns({ dates, values }, asOf, 'r', refuse));

describe('weights that come from elsewhere', () => {
  test('are admitted with any sign for physical symbols, and as long positions for strategy atoms', () => {
    expect(weights(['NYSE:KO', -0.4], ['BINANCE:BTCUSDT_rating_all_SHORT_1d', 0.6])).toBeNull();
  });

  test.each([
    [
      [
        ['NYSE:KO', 0.5],
        ['NYSE:KO', 0.5],
      ],
      'w[1].symbol: NYSE:KO appears twice',
    ],
    [[['NYSE:K O', 1]], 'w[0].symbol: no symbol'],
    [
      [['BINANCE:BTCUSDT_rating_all_SHORT_1d', -0.6]],
      'w[0].weight: BINANCE:BTCUSDT_rating_all_SHORT_1d is a strategy atom with the negative weight -0.6; its stream already ' +
        'carries the sign',
    ],
  ] as const)('are refused by place and reason: %j', (held, refusal) => {
    expect(weights(...held.map(([symbol, weight]): [string, number] => [symbol, weight]))).toBe(refusal);
  });

  test('are refused where their exchange has no calendar, with the place', () => {
    expect(() => weights(['NOWHERE:X', 1])).toThrow(expect.objectContaining({ code: 'ExchangeUnknown', at: { path: 'w[0].symbol' } }));
  });

  test('turn an atom twice only where it is one and negative', () => {
    expect(doublyInverted({ symbol: 'BINANCE:BTCUSDT_rating_all_LONG_1d', weight: -1 })).toMatch(/already carries the sign/);
    expect([
      doublyInverted({ symbol: 'BINANCE:BTCUSDT', weight: -1 }),
      doublyInverted({ symbol: 'BINANCE:BTCUSDT_rating_all_LONG_1d', weight: 0 }),
    ]).toEqual([null, null]);
  });
});

describe('returns that come from elsewhere', () => {
  test('are admitted when they ascend, lose less than everything and end by the session', () => {
    const value = fc.double({ min: -0.99, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
        const dates = values.map((_, row) => addDays('2024-01-01', row));
        expect(returns(dates, values, dates.at(-1))).toBeNull();
        expect(returns(dates, values, '2023-12-31')).toBe(`r.dates: returns up to ${dates.at(-1)} in a result as of 2023-12-31`);
        const row = values.length - 1;
        expect(returns(dates, values.with(row, -1))).toBe(`r.values[${row}]: the return -1 loses everything`);
      }),
      { numRuns: propertyRuns(50) },
    );
  });

  test.each([
    [['2024-01-02'], [0.1, 0.2], 'r: 1 dates and 2 values'],
    [['2024-02-30'], [0.1], 'r.dates[0]: 2024-02-30 is not a date'],
    [['2024-01-03', '2024-01-02'], [0.1, 0.1], 'r.dates[1]: 2024-01-02 does not come after 2024-01-03'],
    [['2024-01-02', '2024-01-02'], [0.1, 0.1], 'r.dates[1]: 2024-01-02 does not come after 2024-01-02'],
    [['2024-01-02'], [Number.NaN], 'r.values[0]: the return NaN loses everything'],
    [['2024-01-02', '2024-01-03'], [1e200, 1e200], 'r.values: the returns compound beyond any number'],
  ])('are refused by place and reason: %j %j', (dates, values, refusal) => {
    expect(returns(dates, values)).toBe(refusal);
  });
});
