import { describe, expect, test } from '@jest/globals';
import { flatten, type Leaf, physicalSymbol } from '../../../domain/allocation/flatten.ts';
import { refusalOf } from '../../support/refusal.ts';

function leaf(path: readonly string[], weights: readonly number[], portfolio: Readonly<Record<string, number>> | null): Leaf {
  return {
    path,
    runId: `run-${path.join('-')}`,
    weights,
    portfolio: portfolio === null ? null : Object.entries(portfolio).map(([symbol, weight]) => ({ symbol, weight })),
  };
}

describe('the symbol behind an atom', () => {
  test.each([
    ['CME_MINI:ES1!', 'CME_MINI:ES1!', 1],
    ['CBOT_MINI:YM1!', 'CBOT_MINI:YM1!', 1],
    ['FX_IDC:EURUSD', 'FX_IDC:EURUSD', 1],
    ['NYSE:BRK_B', 'NYSE:BRK_B', 1],
    ['BINANCE:BTCUSDT', 'BINANCE:BTCUSDT', 1],
    ['BINANCE:BTCUSDT_rating_all_LONG', 'BINANCE:BTCUSDT', 1],
    ['BINANCE:BTCUSDT_rating_all_SHORT', 'BINANCE:BTCUSDT', -1],
    ['BINANCE:BTCUSDT_rating_all_SHORT_1d', 'BINANCE:BTCUSDT', -1],
    ['BINANCE:BTCUSDT.P_trend_LONG_4h', 'BINANCE:BTCUSDT.P', 1],
    ['NYSE:BRK_B_trend_SHORT', 'NYSE:BRK_B', -1],
    ['CME_MINI:ES1!_trend_LONG_1w', 'CME_MINI:ES1!', 1],
    // Not the known suffix: nothing is cut.
    ['NYSE:SHORT', 'NYSE:SHORT', 1],
    ['NYSE:AAA_SHORT', 'NYSE:AAA_SHORT', 1],
    ['NYSE:AAA_trend_short', 'NYSE:AAA_trend_short', 1],
    ['NYSE:AAA_trend_LONG_1y', 'NYSE:AAA_trend_LONG_1y', 1],
    ['SOME_trend_LONG:AAA', 'SOME_trend_LONG:AAA', 1],
  ])('%s is %s, held with sign %i', (atom, symbol, sign) => {
    expect(physicalSymbol(atom)).toEqual({ symbol, sign });
  });
});

describe('flattening', () => {
  test('sums what two sleeves hold of one asset, and says who gave how much', () => {
    // By hand: .6 x .4 = .24 and .4 x .25 = .10 of bitcoin; .6 x .6 = .36 of ether; .4 x .75 = .30 of the fund.
    const flat = flatten([
      leaf(['crypto'], [0.6], { 'BINANCE:BTCUSDT': 0.4, 'BINANCE:ETHUSDT': 0.6 }),
      leaf(['mixed'], [0.4], { 'BINANCE:BTCUSDT': 0.25, 'AMEX:SPY': 0.75 }),
    ]);
    expect(flat.assets.map(({ symbol }) => symbol)).toEqual(['AMEX:SPY', 'BINANCE:BTCUSDT', 'BINANCE:ETHUSDT']);
    const [spy, bitcoin, ether] = flat.assets;
    expect(spy!.weight).toBeCloseTo(0.3, 15);
    expect(bitcoin!.weight).toBeCloseTo(0.34, 15);
    expect(ether!.weight).toBeCloseTo(0.36, 15);
    expect(bitcoin!.contributors).toEqual([
      {
        path: ['crypto'],
        sleeve: 'crypto',
        runId: 'run-crypto',
        atom: 'BINANCE:BTCUSDT',
        sleeveWeight: 0.6,
        assetWeight: 0.4,
        amount: 0.6 * 0.4,
      },
      {
        path: ['mixed'],
        sleeve: 'mixed',
        runId: 'run-mixed',
        atom: 'BINANCE:BTCUSDT',
        sleeveWeight: 0.4,
        assetWeight: 0.25,
        amount: 0.4 * 0.25,
      },
    ]);
    expect(flat.net).toBeCloseTo(1, 14);
    expect(flat.gross).toBeCloseTo(1, 14);
    expect(flat.nettedSymbols).toEqual([]);
  });

  test('sleeves at .6 and .4, each all in bitcoin through atoms, come to one asset', () => {
    const flat = flatten([
      leaf(['long'], [0.6], { 'BINANCE:BTCUSDT_rating_all_LONG_1d': 0.4, 'BINANCE:ETHUSDT_rating_all_LONG_1d': 0.6 }),
      leaf(['trend'], [0.4], { 'BINANCE:BTCUSDT_trend_LONG': 0.4, 'BINANCE:SOLUSDT_trend_LONG': 0.6 }),
    ]);
    // .6 x .40 + .4 x .40 = .40
    expect(flat.assets.find(({ symbol }) => symbol === 'BINANCE:BTCUSDT')!.weight).toBeCloseTo(0.4, 15);
    expect(flat.assets).toHaveLength(3);
  });

  test('a short atom takes away, and what cancels is reported as netted, not as lost', () => {
    // Long .5 x .8 = .40, short .5 x .3 = .15 of one asset: .25 net; gross before .5 + .5 = 1, after .25 + .10 + .35 = .70.
    const flat = flatten([
      leaf(['long'], [0.5], { 'NYSE:AAA': 0.8, 'NYSE:BBB': 0.2 }),
      leaf(['short'], [0.5], { 'NYSE:AAA_trend_SHORT': 0.3, 'NYSE:CCC_trend_SHORT': 0.7 }),
    ]);
    const weights = Object.fromEntries(flat.assets.map(({ symbol, weight }) => [symbol, weight]));
    expect(weights['NYSE:AAA']).toBeCloseTo(0.25, 15);
    expect(weights['NYSE:CCC']).toBeCloseTo(-0.35, 15);
    expect(flat.grossBeforeNetting).toBeCloseTo(1, 15);
    expect(flat.gross).toBeCloseTo(0.7, 15);
    expect(flat.nettedExposure).toBeCloseTo(0.3, 15);
    expect(flat.net).toBeCloseTo(0, 15);
    expect(flat.nettedSymbols).toEqual(['NYSE:AAA']);
  });

  test('a symbol held negatively counts like a short atom, and a short atom of a negative weight is long', () => {
    const flat = flatten([leaf(['a'], [1], { 'NYSE:AAA': -0.5, 'NYSE:BBB_trend_SHORT': -0.5 })]);
    expect(Object.fromEntries(flat.assets.map(({ symbol, weight }) => [symbol, weight]))).toEqual({ 'NYSE:AAA': -0.5, 'NYSE:BBB': 0.5 });
  });

  test('a nest multiplies the weights on the way down', () => {
    const flat = flatten([leaf(['outer', 'inner', 'deep'], [0.5, 0.4, 0.3], { 'NYSE:AAA': 1 })]);
    expect(flat.assets[0]!.weight).toBe(0.5 * 0.4 * 0.3);
    expect(flat.leafPaths).toEqual([{ path: ['outer', 'inner', 'deep'], weight: 0.5 * 0.4 * 0.3, runId: 'run-outer-inner-deep' }]);
  });

  test('one run reached by two ways counts twice', () => {
    const flat = flatten([leaf(['a', 'x'], [0.5, 1], { 'NYSE:AAA': 1 }), leaf(['b', 'x'], [0.5, 1], { 'NYSE:AAA': 1 })]);
    expect(flat.assets[0]!.weight).toBe(1);
    expect(flat.assets[0]!.contributors.map(({ path }) => path)).toEqual([
      ['a', 'x'],
      ['b', 'x'],
    ]);
  });

  test('exact zeros are dropped and nothing else', () => {
    const flat = flatten([leaf(['a'], [1], { 'NYSE:AAA': 1, 'NYSE:BBB': 0, 'NYSE:CCC': 1e-300 }), leaf(['b'], [0], { 'NYSE:DDD': 1 })]);
    expect(flat.assets.map(({ symbol }) => symbol)).toEqual(['NYSE:AAA', 'NYSE:CCC']);
    expect(flat.leafPaths.map(({ weight }) => weight)).toEqual([1, 0]);
  });

  test('an asset that nets to zero stays, with both contributors', () => {
    const flat = flatten([leaf(['a'], [0.5], { 'NYSE:AAA': 1 }), leaf(['b'], [0.5], { 'NYSE:AAA': -1 })]);
    expect(flat.assets).toEqual([expect.objectContaining({ symbol: 'NYSE:AAA', weight: 0 })]);
    expect(flat.assets[0]!.contributors).toHaveLength(2);
  });

  test.each([
    ['missing', null],
    ['empty', {}],
  ])('a %s portfolio is a failure that names the sleeve, never a silent skip', (_, portfolio) => {
    const leaves = [leaf(['a'], [0.5], { 'NYSE:AAA': 1 }), leaf(['b', 'c'], [0.5, 1], portfolio)];
    expect(() => flatten(leaves)).toThrow(
      expect.objectContaining({
        code: 'PortfolioMissing',
        message: expect.stringContaining('b/c'),
        evidence: { path: ['b', 'c'], runId: 'run-b-c' },
      }),
    );
  });

  test('a portfolio without sleeves is empty', () => {
    expect(flatten([])).toMatchObject({ assets: [], gross: 0, net: 0, conservationError: 0 });
  });

  test('is told whole: who gave how much, what cancelled, and the ways', () => {
    // By hand, in binary fractions: 1/2 long of A and 1/4 short of it, 1/4 of B; 1 before netting, 1/2 after.
    const flat = flatten([leaf(['z'], [0.5], { 'NYSE:A_trend_SHORT': 0.5, 'NYSE:B': 0.5 }), leaf(['n', 'x'], [0.5, 1], { 'NYSE:A': 1 })]);
    const long = { path: ['n', 'x'], sleeve: 'x', runId: 'run-n-x', atom: 'NYSE:A', sleeveWeight: 0.5, assetWeight: 1, amount: 0.5 };
    const ofZ = { path: ['z'], sleeve: 'z', runId: 'run-z', sleeveWeight: 0.5, assetWeight: 0.5 };
    expect(flat).toEqual({
      assets: [
        { symbol: 'NYSE:A', weight: 0.25, contributors: [long, { ...ofZ, atom: 'NYSE:A_trend_SHORT', amount: -0.25 }] },
        { symbol: 'NYSE:B', weight: 0.25, contributors: [{ ...ofZ, atom: 'NYSE:B', amount: 0.25 }] },
      ],
      gross: 0.5,
      net: 0.5,
      grossBeforeNetting: 1,
      grossExpected: 1,
      nettedExposure: 0.5,
      conservationError: 0,
      nettedSymbols: ['NYSE:A'],
      leafPaths: [
        { path: ['n', 'x'], weight: 0.5, runId: 'run-n-x' },
        { path: ['z'], weight: 0.5, runId: 'run-z' },
      ],
    });
  });

  test('takes spellings of a symbol for one asset since rules 2, and for two under the first', () => {
    const leaves = [leaf(['a'], [0.5], { 'NYSE:A': 1 }), leaf(['b'], [0.5], { 'nyse:a': 1 })];
    const assetsOf = (rules?: number) => flatten(leaves, rules).assets.map(({ symbol, weight }) => [symbol, weight]);
    expect([assetsOf(), assetsOf(2)]).toEqual([[['NYSE:A', 1]], [['NYSE:A', 1]]]);
    expect(assetsOf(1)).toEqual([
      ['NYSE:A', 0.5],
      ['nyse:a', 0.5],
    ]);
  });

  test('counts a sleeve that is held short as exposure like any other', () => {
    const flat = flatten([leaf(['a'], [-0.5], { 'NYSE:A': 1, 'NYSE:B': -1 })]);
    expect(flat.assets.map(({ symbol, weight }) => [symbol, weight])).toEqual([
      ['NYSE:A', -0.5],
      ['NYSE:B', 0.5],
    ]);
    expect([flat.gross, flat.grossExpected, flat.net, flat.conservationError, flat.nettedSymbols]).toEqual([1, 1, 0, 0, []]);
  });

  test('is refused where exposure is lost by more than rounding of weights', () => {
    // Weights of 1e9 and more lose 1e-9 in their last digits: no portfolio has them, and none is published.
    const weights = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`NYSE:A${index}`, 1e12 / (3 + index)]));
    const { code, message, evidence, at } = refusalOf(() => flatten([leaf(['a'], [0.1], weights)]));
    const { grossBeforeNetting, grossExpected } = evidence as { readonly grossBeforeNetting: number; readonly grossExpected: number };
    const lost = Math.abs(grossBeforeNetting - grossExpected);
    expect(lost).toBeGreaterThan(1e-9);
    expect({ code, message, evidence, at }).toEqual({
      code: 'ConservationBroken',
      message: `flattening lost ${lost} of gross exposure`,
      evidence: { grossBeforeNetting, grossExpected, tolerance: 1e-9 },
      at: {},
    });
  });

  test.each([null, {}])('says which sleeve has no portfolio: %j', (portfolio) => {
    expect(refusalOf(() => flatten([leaf(['a', 'b'], [1, 1], portfolio)])).message).toBe(
      'sleeve a/b (run run-a-b) has no portfolio for this profile',
    );
  });
});
