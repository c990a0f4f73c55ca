import { describe, expect, test } from '@jest/globals';
import { antifragilityColumn, componentMaps, components, componentValues, componentWeights } from '../../../domain/selection/components.ts';
import {
  clippedShorts,
  directionalStreams,
  directionRows,
  directionsOf,
  recentReturn,
  shortReturn,
} from '../../../domain/selection/directions.ts';
import { absentProbability, mapComponent, normalProbabilities, rankProbabilities } from '../../../domain/selection/maps.ts';
import { selectionReadings } from '../../../domain/selection/settings.ts';
import { stableCoinOf, stableCoins } from '../../../domain/selection/stable-coins.ts';

const { ruled, documents } = selectionReadings;
const none = Number.NaN;

const near = (...numbers: number[]) => numbers.map((number) => (Number.isNaN(number) ? number : expect.closeTo(number, 15)));

const nearHere = (...numbers: number[]) => numbers.map((number) => expect.closeTo(number, 6) as unknown);

const prices = (closes: readonly number[], returns: readonly number[]) => ({
  closes: Float64Array.from(closes),
  returns: Float64Array.from(returns),
  annualisationDays: 365,
});

// A deviation of .0026 a day is .0497 a year, one of .0027 is .0516.
const daily = (deviation: number) => [deviation, -deviation, deviation, -deviation].map((value) => value * Math.sqrt(3 / 4));

describe('the weights of the score', () => {
  test('are those of the documents, by mode', () => {
    const logMps = {
      momentum: 1.7469,
      efficiency: 1.5348,
      survival: 1.4,
      antifragility: 0.6263,
      hurst: 0.3485,
      liquidity: 0.2946,
      stability: 0.0458,
      entropy: 0.0322,
      adx: 1,
    };
    expect(componentWeights).toEqual({
      v3: { momentum: 1, survival: 1, antifragility: 1, liquidity: 1, stability: 1, adx: 1 },
      'v3.2': logMps,
      v4: { ...logMps, recommend_all: 1, recommend_ma: 1, skew: 0.5, kurtosis: 0.5, cvar: 1 },
    });
  });

  test('multiply in one order, each by its map', () => {
    expect(components.map((component) => `${component} ${componentMaps[component]}`)).toEqual([
      'momentum rank',
      'efficiency unit',
      'survival unit',
      'antifragility rank',
      'hurst rank',
      'liquidity unit',
      'stability rank',
      'entropy rank',
      'adx normal',
      'recommend_all normal',
      'recommend_ma normal',
      'skew rank',
      'kurtosis rank_desc',
      'cvar rank',
    ]);
    expect(absentProbability).toBe(0.5);
  });
});

describe('a map of values to probabilities', () => {
  test('by rank goes from .01 to 1, equal values share their mean rank, and what is missing stays so', () => {
    // Ranks 1, 2.5, 2.5, 4 of 4: .01 + .99 (rank - 1) / 3.
    const values = Float64Array.of(3, none, 1, 2, 2);
    expect([...rankProbabilities(values)]).toEqual(near(1, none, 0.01, 0.505, 0.505));
    expect([...rankProbabilities(values, true)]).toEqual(near(0.01, none, 1, 0.505, 0.505));
    expect([...rankProbabilities(Float64Array.of(none, 7))]).toEqual([none, 0.505]);
    expect([...rankProbabilities(new Float64Array())]).toEqual([]);
  });

  test('by the normal distribution takes the z-score with divisor n, within .001 and 1', () => {
    // Values 1 and 3: mean 2, deviation 1; Φ(±1) of the tables.
    const mapped = [...normalProbabilities(Float64Array.of(1, 3, none))];
    expect(mapped[0]).toBeCloseTo(0.15865525393145707, 12);
    expect(mapped[1]).toBeCloseTo(0.8413447460685429, 12);
    expect(mapped[2]).toBeNaN();
    expect([...normalProbabilities(Float64Array.of(5, 5, none))]).toEqual([0.5, 0.5, none]);
    const far = [...normalProbabilities(Float64Array.from({ length: 40 }, (_, at) => (at === 0 ? -1000 : at / 1e6)))];
    expect(far[0]).toBe(0.001);
  });

  test('as it is keeps to .001 and 1; a reading by the data looks whether all are within 0 and 1', () => {
    const inside = Float64Array.of(0, 0.5, 1, none);
    expect([...mapComponent(inside, 'unit', ruled)]).toEqual([0.001, 0.5, 1, none]);
    expect([...mapComponent(Float64Array.of(-1, 2), 'unit', ruled)]).toEqual([0.001, 1]);
    expect([...mapComponent(inside, 'normal', documents)]).toEqual([0.001, 0.5, 1, none]);
    for (const outside of [Float64Array.of(-0.1, 0.5), Float64Array.of(0.5, 1.1)])
      expect([...mapComponent(outside, 'unit', documents)]).toEqual([...normalProbabilities(outside)]);
    expect([...mapComponent(inside, 'normal', ruled)]).toEqual([...normalProbabilities(inside)]);
    expect([...mapComponent(Float64Array.of(1, 2), 'rank', ruled)]).toEqual([0.01, 1]);
    expect([...mapComponent(Float64Array.of(1, 2), 'rank_desc', documents)]).toEqual([1, 0.01]);
  });
});

describe('the values of components', () => {
  const features = {
    momentum: Float64Array.of(1, 2),
    efficiency: Float64Array.of(0.3, none),
    hurst_raw: Float64Array.of(0.3, 1.2),
    vol: Float64Array.of(0.5, 0.25),
    entropy_raw: Float64Array.of(0.9, 1.1),
    skew: Float64Array.of(0, 4),
    tail_gain: Float64Array.of(3, 1),
    kurtosis: Float64Array.of(1, 2),
    cvar: Float64Array.of(-0.1, -0.2),
  } as unknown as Parameters<typeof componentValues>[0];
  const facts = [
    { survival: 0.8, averageDailyValue: 5, adx: 20, recommendAll: 0.1, recommendMa: 0.2 },
    { survival: null, averageDailyValue: 20, adx: null, recommendAll: null, recommendMa: null },
  ] as unknown as Parameters<typeof componentValues>[1];
  const values = (reading: typeof ruled | typeof documents) =>
    Object.fromEntries(
      Object.entries(componentValues(features, facts, { rows: 126, fullLiquidity: 10, reading })).map(([name, column]) => [
        name,
        [...column],
      ]),
    );

  test('are features and facts, each in its own direction', () => {
    expect(values(ruled)).toEqual({
      momentum: [1, 2],
      efficiency: [0.3, none],
      survival: [0.8, none],
      // Scaled skewness 0 and 1, scaled tail 1 and 0, half of the rows of a year.
      antifragility: nearHere(0.5, 0.5),
      hurst: nearHere(0.4, 1),
      liquidity: [0.5, 1],
      stability: nearHere(2, 4),
      entropy: nearHere(0.1, 0),
      adx: [20, none],
      recommend_all: [0.1, none],
      recommend_ma: [0.2, none],
      skew: [0, 4],
      kurtosis: [1, 2],
      cvar: [-0.1, -0.2],
    });
    expect(values(documents)['hurst']).toEqual(nearHere(0.6, 0));
  });

  test('of antifragility count in full from a year of rows on', () => {
    const moments = { skew: Float64Array.of(1, 3), tail_gain: Float64Array.of(2, 4) };
    const at = (rows: number) => antifragilityColumn(moments, rows)[1]!;
    expect([at(63), at(252), at(504)].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0.5, 2, 2]);
  });
});

describe('directions', () => {
  const raw = { symbols: ['A:A', 'A:B', 'A:C'], rows: 2, values: Float64Array.of(0.1, -0.2, 0, 0, 0.2, 1.5) } as unknown as Parameters<
    typeof directionsOf
  >[0];

  test('are the sign of the compounded return of the last 60 rows, 0 counting as long', () => {
    expect(directionsOf(raw, true)).toEqual(['SHORT', 'LONG', 'LONG']);
    expect(directionsOf(raw, false)).toEqual(['LONG', 'LONG', 'LONG']);
    expect(directionRows).toBe(60);
    const returns = Float64Array.of(9, ...Array.from({ length: 60 }, () => 0.01));
    expect(recentReturn(returns)).toBeCloseTo(Math.exp(60 * Math.log1p(0.01)) - 1, 12);
    expect(recentReturn(Float64Array.of(0.5, -0.5))).toBeCloseTo(-0.25, 15);
    expect(recentReturn(new Float64Array())).toBe(0);
  });

  test('turn the stream of a short, which loses everything at most', () => {
    expect([0.5, 1, 2.5, -0.5].map(shortReturn)).toEqual([-0.5, -1, -1, 0.5]);
    expect(directionalStreams(raw, ['LONG', 'LONG', 'LONG'])).toBe(raw);
    expect([...directionalStreams(raw, ['SHORT', 'LONG', 'SHORT']).values]).toEqual([-0.1, 0.2, 0, 0, -0.2, -1]);
    expect([...raw.values]).toEqual([0.1, -0.2, 0, 0, 0.2, 1.5]);
  });

  test('name the days on which a short was clipped', () => {
    const matrix = { dates: ['2024-01-02', '2024-01-03'], columns: ['A:A', 'A:B'], values: Float64Array.of(1, 0.99, 0.2, 3) };
    expect(clippedShorts(matrix as unknown as Parameters<typeof clippedShorts>[0], ['SHORT', 'LONG'])).toEqual([
      { symbol: 'A:A', date: '2024-01-02' },
    ]);
    expect(clippedShorts(matrix as unknown as Parameters<typeof clippedShorts>[0], ['LONG', 'SHORT'])).toEqual([
      { symbol: 'A:B', date: '2024-01-03' },
    ]);
  });
});

describe('a stable coin', () => {
  const moving = prices([2, 3], [0.1, -0.1, 0.2]);

  test('is one of the list, version 1', () => {
    expect(stableCoins.version).toBe(1);
    expect(stableCoins.bases.join(' ')).toBe(
      'AEUR BUSD CRVUSD DAI EURC EURI EURS EURT FDUSD FRAX GHO GUSD LUSD MIM PAX PYUSD RLUSD SUSD TUSD ' +
        'USD1 USDC USDD USDE USDP USDS USDT UST USTC XUSD',
    );
    expect([stableCoinOf('BINANCE:USDCUSDT', moving), stableCoinOf('BINANCE:BTCUSDT', moving)]).toEqual(['listed', null]);
    expect(stableCoinOf('NYSE:DAI', prices([1, 1], [0, 0, 0]))).toBeNull();
  });

  test('or its median close is within 2 % of 1 and its volatility below 5 % a year', () => {
    const coin = 'BINANCE:XYZUSDT';
    const quiet = [0.001, -0.001, 0.001, -0.001];
    expect(stableCoinOf(coin, prices([none, 1.0199, 1.0199, 9], quiet))).toBe('pegged');
    expect(stableCoinOf(coin, prices([0.9801, 0.9801], quiet))).toBe('pegged');
    expect(stableCoinOf(coin, prices([1.021, 1.021], quiet))).toBeNull();
    expect(stableCoinOf(coin, prices([0.979, 0.979], quiet))).toBeNull();
    expect(stableCoinOf(coin, prices([1], daily(0.0026)))).toBe('pegged');
    expect(stableCoinOf(coin, prices([1], daily(0.0027)))).toBeNull();
    expect(stableCoinOf(coin, prices([none], quiet))).toBeNull();
    expect(stableCoinOf(coin, prices([1], [0.001]))).toBeNull();
  });
});
