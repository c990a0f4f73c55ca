import { describe, expect, test } from '@jest/globals';
import {
  driftKnownTo,
  driftSince,
  growthSince,
  type HeldPortfolio,
  returnsOfRun,
  type SleeveReturns,
} from '../../../domain/allocation/drift.ts';
import { flatten } from '../../../domain/allocation/flatten.ts';
import { deliveredRun } from '../../support/delivered-runs.ts';
import { friday, monday, returns, saturday, thursday, twoSleeves } from '../../support/held-portfolios.ts';

const held: HeldPortfolio = {
  asOf: thursday,
  assets: flatten(twoSleeves).assets,
};

describe('what a published portfolio has become', () => {
  test('is what each sleeve has grown to, divided by 1 + pnl: of sleeves and of assets', () => {
    const since: Readonly<Record<string, SleeveReturns>> = {
      a: returns({ [friday]: 0.25, [monday]: 0.2 }),
      b: returns({ [friday]: 0.5, [monday]: -0.5 }),
    };
    // a: 1.25 x 1.2 = 1.5, b: 1.5 x .5 = .75; pnl = .6 x .5 - .4 x .25 = .2.
    const { sleeves, weights, unknownBecause } = driftSince(held, monday, (path) => since[path]!);
    expect(unknownBecause).toBeNull();
    expect(sleeves.map(({ path, published }) => [path, published])).toEqual([
      [['a'], 0.6],
      [['b'], 0.4],
    ]);
    // a .9 / 1.2 and b .3 / 1.2: a whole again, for nothing is held in cash.
    expect(sleeves[0]!.drifted).toBeCloseTo(0.75, 12);
    expect(sleeves[1]!.drifted).toBeCloseTo(0.25, 12);
    // X .45 / 1.2, Y (.45 + .075) / 1.2, Z .225 / 1.2.
    expect([...weights.keys()]).toEqual(['X', 'Y', 'Z']);
    expect(weights.get('X')).toBeCloseTo(0.375, 12);
    expect(weights.get('Y')).toBeCloseTo(0.4375, 12);
    expect(weights.get('Z')).toBeCloseTo(0.1875, 12);
  });

  test('is not known of any sleeve where one of them has no returns, and says why', () => {
    const drift = driftSince(held, monday, (path) =>
      path === 'a' ? returns({ [friday]: 0, [monday]: 0 }) : { unknown: 'the sleeve is quarantined' },
    );
    expect(drift).toEqual({
      growth: [{ path: ['a'], growth: 1 }],
      unknownBecause: 'returns of b since 2025-07-17 are not known: the sleeve is quarantined',
      sleeves: [],
      weights: new Map(),
    });
  });
});

describe('the date up to which the drift is known', () => {
  test('is that of the sleeve that lags, where it misses a session that the others have', () => {
    expect(driftKnownTo(thursday, [returns({ [friday]: 0, [monday]: 0 }), returns({ [friday]: 0 })])).toBe(friday);
  });

  test('is the weekend of coins beside a sleeve that has no session then, and not their Monday', () => {
    const stocks = returns({ [friday]: 0 });
    expect(driftKnownTo(thursday, [stocks, returns({ [friday]: 0, [saturday]: 0 }, ['XCRY'])])).toBe(saturday);
    expect(driftKnownTo(thursday, [stocks, returns({ [friday]: 0, [saturday]: 0, '2025-07-20': 0, [monday]: 0 }, ['XCRY'])])).toBe(friday);
  });

  test('is that of the publication where no sleeve, or not every one, has returns after it', () => {
    expect(driftKnownTo(thursday, [returns({ [thursday]: 0 }), returns({ '2025-07-16': 0 })])).toBe(thursday);
    expect(driftKnownTo(thursday, [returns({ [thursday]: 0 }), returns({ [friday]: 0 })])).toBe(thursday);
    expect(driftKnownTo(thursday, [returns({}), returns({ [friday]: 0 })])).toBe(thursday);
  });
});

const unknown = (reason: string): object => ({ unknown: reason });

describe('the growth of a sleeve from Thursday on', () => {
  test.each([
    [
      'is the product of its returns after the first date up to the last',
      returns({ [thursday]: 0.5, [friday]: 0.5, [monday]: 1, '2025-07-22': 7 }),
      monday,
      { growth: 3 },
    ],
    ['is given by returns that begin on the next session', returns({ [friday]: 0.5, [monday]: 0 }), monday, { growth: 1.5 }],
    ['is not known when the next session is missing', returns({ [monday]: 0.5 }), monday, unknown('the returns begin on 2025-07-21')],
    [
      'is not known when the last session is missing',
      returns({ [thursday]: 0, [friday]: 0.5 }),
      monday,
      unknown('the returns end on 2025-07-18'),
    ],
    ['is given up to a Saturday by Friday', returns({ [thursday]: 0, [friday]: 0.5 }), saturday, { growth: 1.5 }],
    ['is not known without any returns', returns({}), monday, unknown('there are no returns')],
    ['is none at all without returns to the same date', returns({}), thursday, { growth: 1 }],
    [
      'needs the Saturday of a sleeve that never sleeps',
      returns({ [friday]: 0.5 }, ['XCRY']),
      saturday,
      unknown('the returns end on 2025-07-18'),
    ],
    ['takes the Saturday of a sleeve that never sleeps', returns({ [friday]: 0.5, [saturday]: 1 }, ['XCRY']), saturday, { growth: 3 }],
    [
      'counts the sessions of the exchange when only some of its symbols never sleep',
      returns({ [friday]: 0.5 }, ['XCRY', 'XNYS']),
      saturday,
      { growth: 1.5 },
    ],
  ] as const)('%s', (_, sleeve, to, expected) => {
    expect(growthSince(sleeve, thursday, to)).toEqual(expected);
  });

  test('begins after a Sunday with the Monday', () => {
    expect(growthSince(returns({ [friday]: 0.5, [monday]: 1 }), '2025-07-20', monday)).toEqual({ growth: 2 });
  });
});

describe('what the run of a sleeve reports of its returns', () => {
  const run = deliveredRun('etfs', 1, { risks: ['hrp', 'barbell'] });

  test('is the stream of the first profile that it delivered', () => {
    expect(returnsOfRun(run, ['risk_parity', 'barbell', 'hrp'])).toEqual({
      asOf: run.asOf,
      calendars: ['XNYS'],
      series: run.streams.get('barbell')!.series,
    });
  });

  test('is nothing where it delivered none of them, and where the sleeve is gone', () => {
    expect(returnsOfRun(run, ['risk_parity'])).toBeNull();
    expect(returnsOfRun(undefined, ['hrp'])).toBeNull();
  });
});
