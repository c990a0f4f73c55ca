/** Tables and small rules of a selection, each at its boundaries: components, maps, multipliers, atoms, quotas, requirements. */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import { abortRules, countVetoes, rulesMet, runVerdict } from '../../../domain/selection/abort.ts';
import { flattenAtoms, parseAtom } from '../../../domain/selection/atoms.ts';
import { components } from '../../../domain/selection/components.ts';
import { clippedShorts, directionalStreams, recentReturn, shortReturn } from '../../../domain/selection/directions.ts';
import { fullLiquidityValue, marketOf, sortedPool, unknownFacts } from '../../../domain/selection/pool.ts';
import { quotaAccount } from '../../../domain/selection/quotas.ts';
import { bandPosition, patternRows, reachOf } from '../../../domain/selection/reach.ts';
import { assertRequired } from '../../../domain/selection/requirements.ts';
import { factorOf, rankAt, regimeMultiplier } from '../../../domain/selection/score.ts';
import { changeBetween, stabilityOf } from '../../../domain/selection/stability.ts';
import { stableCoinOf, stableCoins } from '../../../domain/selection/stable-coins.ts';
import { noSupply, scanColumns, scanRowOf } from '../../../domain/selection/supply.ts';
import { stressCalendar, survivalScore, survivedPeriods } from '../../../domain/selection/survival.ts';
import type { Judgement, VetoCode } from '../../../domain/selection/vetoes.ts';
import { refusalOf } from '../../support/refusal.ts';
import { usual } from '../../support/selection-settings.ts';
import { matrixOf, poolOf } from './pools.ts';

describe('the score', () => {
  test.each([
    ['EXPANSION', 0.5, 0, 1.6],
    ['INFLATIONARY_TREND', 0.5, 0, 1.6],
    ['STAGNATION', 0.5, 0, 0.7],
    ['CRISIS', 0.5, 0, 0.7],
    ['NORMAL', 0.5, 0, 1.2],
    ['NORMAL', 0.55, 0, 1.2],
    ['NORMAL', 0.65, 0, 1.4],
    ['NORMAL', 0.75, 0, 1.6],
    ['NORMAL', 0.9, 0, 1.6],
    ['NORMAL', 0.45, 0, 1.2],
    ['NORMAL', 0.44, 0, 0.8],
    ['NORMAL', 0.5, 0.5, 1.2],
    ['NORMAL', 0.5, 0.51, 1.3],
    ['CRISIS', 0.44, 0, 0.3],
    ['CRISIS', Number.NaN, Number.NaN, 0.7],
  ] as const)('in %s with an exponent of %d and clustering of %d is multiplied by %d', (quadrant, exponent, clustering, expected) => {
    expect(regimeMultiplier(quadrant, exponent, clustering)).toBeCloseTo(expected, 12);
  });

  test('takes the factor as it is for a weight of one', () => {
    expect([factorOf(0.3, 1), factorOf(1, 7)]).toEqual([0.3, 1]);
    expect(factorOf(0.25, 0.5)).toBeCloseTo(0.5, 15);
  });

  test('ranks the best first, and of equal ones the earlier', () => {
    const score = Float64Array.of(0.2, 0.9, 0.2, 0.5);
    expect([0, 1, 2, 3].map((at) => rankAt(score, at))).toEqual([3, 1, 4, 2]);
  });
});

describe('an atom', () => {
  test.each([
    ['CME_MINI:ES_trend_LONG', { symbol: 'CME_MINI:ES', logic: 'trend', direction: 'LONG', timescale: null }],
    ['A:B_mean_reversion_SHORT_1h', { symbol: 'A:B', logic: 'mean_reversion', direction: 'SHORT', timescale: '1h' }],
    ['A:B_x_LONG_SHORT', { symbol: 'A:B', logic: 'x_LONG', direction: 'SHORT', timescale: null }],
    ['A:B_LONG', null],
    ['A_trend_LONG', null],
    [':B_trend_LONG', null],
    ['A:_trend_LONG', null],
    ['A:B_trend_FLAT', null],
    ['A:B_trend_LONG_', null],
    ['A:B_trend_LONG_1_h', null],
  ])('%s is read as %j', (id, expected) => {
    expect(parseAtom(id)).toEqual(expected);
  });

  test('nets with others of its symbol', () => {
    const weights = new Map([
      ['B:B_x_SHORT', 0.25],
      ['A:A_y_LONG', 0.5],
      ['A:A_x_SHORT', 0.25],
      ['none', 9],
      ['A:A', 1],
    ]);
    expect(flattenAtoms(weights)).toEqual({
      assets: [
        {
          symbol: 'A:A',
          net: 0.25,
          gross: 0.75,
          contributors: [
            { atom: 'A:A_x_SHORT', weight: -0.25 },
            { atom: 'A:A_y_LONG', weight: 0.5 },
          ],
        },
        { symbol: 'B:B', net: -0.25, gross: 0.25, contributors: [{ atom: 'B:B_x_SHORT', weight: -0.25 }] },
      ],
      gross: 1,
      nettedExposure: 0.5,
      malformed: ['A:A', 'none'],
    });
  });
});

describe('an account of winners', () => {
  test('is the cluster, or its side', () => {
    expect([quotaAccount(3, 'LONG', 'cluster'), quotaAccount(3, 'SHORT', 'cluster')]).toEqual(['3', '3']);
    expect([quotaAccount(3, 'LONG', 'side'), quotaAccount(3, 'SHORT', 'side')]).toEqual(['3 LONG', '3 SHORT']);
  });
});

describe('what is required', () => {
  const symbols = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
  const values = Object.fromEntries(components.map((name) => [name, new Float64Array(7).fill(Number.NaN)])) as Parameters<
    typeof assertRequired
  >[2];
  const facts = symbols.map((symbol, at) => ({ ...unknownFacts(symbol), metadata: at === 0 ? null : {} }));
  const refused = (required: 'adx' | 'metadata', known: number) => {
    const adx = values.adx.map((_, at) => (at < known ? 0 : Number.NaN));
    const { code, message, evidence, at } = refusalOf(() => assertRequired([required], symbols, { ...values, adx }, facts));
    return { code, message, evidence, at };
  };
  const of = (name: string, missing: readonly string[], shown: string) => ({
    code: 'SelectionInputMissing',
    message: `selection.require names ${name}, which is not known of ${shown}`,
    evidence: { required: name, symbols: missing },
    at: { path: 'selection.require' },
  });

  test('is refused where it is not known of every symbol, five of which are shown', () => {
    expect(refused('adx', 0)).toEqual(of('adx', symbols, 'A, B, C, D, E and 2 more'));
    expect(refused('adx', 2)).toEqual(of('adx', symbols.slice(2), 'C, D, E, F, G'));
    expect(refused('metadata', 0)).toEqual(of('metadata', ['A'], 'A'));
  });

  test('is not refused where it is known, or where nothing is required', () => {
    expect(() => assertRequired([], symbols, values, facts)).not.toThrow();
    expect(() => assertRequired(['adx'], symbols, { ...values, adx: new Float64Array(7) }, facts)).not.toThrow();
  });
});

describe('a stable coin', () => {
  const coin = (closes: number[], returns: number[]) => ({
    closes: Float64Array.from(closes),
    returns: Float64Array.from(returns),
    annualisationDays: 100,
  });
  const calm = [0.001, -0.001];
  test('is listed by its base', () => {
    expect(stableCoins).toEqual({
      version: 1,
      bases: [
        'AEUR',
        'BUSD',
        'CRVUSD',
        'DAI',
        'EURC',
        'EURI',
        'EURS',
        'EURT',
        'FDUSD',
        'FRAX',
        'GHO',
        'GUSD',
        'LUSD',
        'MIM',
        'PAX',
        'PYUSD',
        'RLUSD',
        'SUSD',
        'TUSD',
        'USD1',
        'USDC',
        'USDD',
        'USDE',
        'USDP',
        'USDS',
        'USDT',
        'UST',
        'USTC',
        'XUSD',
      ],
    });
    expect(stableCoinOf('BINANCE:USDCUSDT', coin([9], []))).toBe('listed');
    expect(stableCoinOf('AMEX:DAI', coin([1, 1], calm))).toBeNull();
  });

  test.each([
    [[1, 1, 1], calm, 'pegged'],
    [[1.01, 1.0199], calm, 'pegged'],
    [[0.981, 0.981], calm, 'pegged'],
    [[1.021, 1.021], calm, null],
    [[0.979, 0.979], calm, null],
    [[Number.NaN, 1, Number.NaN], calm, 'pegged'],
    [[Number.NaN], calm, null],
    [[], calm, null],
    [[1, 1], [], null],
    [[1, 1], [0.003, -0.003], 'pegged'],
    [[1, 1], [0.0036, -0.0036], null],
    [[9, 1, 0.99], calm, 'pegged'],
  ])('of the closes %j with the returns %j is %j', (closes, returns, expected) => {
    expect(stableCoinOf('BINANCE:ABCUSDT', coin(closes, returns))).toBe(expected);
  });
});

describe('what cannot act', () => {
  const settings = {
    ...usual,
    mode: 'v4' as const,
    cluster_lookbacks: [60],
    eci_hurdle: -1,
    entropy_max: 0.5,
    predictability_vetoes: true,
  };
  const of = (change: Partial<typeof usual>, rows: number) => reachOf({ ...settings, ...change }, rows);

  test('is nothing on long histories', () => {
    expect(of({}, 300)).toEqual([]);
    expect(patternRows).toBe(120);
  });

  test('is an entropy above what the rows can reach', () => {
    // ln 116 / ln 120 for 120 rows: 116 windows of 5.
    const reachable = Math.log(116) / Math.log(120);
    const [found] = of({ entropy_max: 0.999 }, 300);
    expect(found).toEqual({
      setting: 'features.entropy_max_threshold',
      status: 'cannot_act',
      value: 0.999,
      reachable: expect.closeTo(reachable, 12),
      why: 'permutation entropy of 120 rows is at most 0.993',
    });
    expect(of({ entropy_max: found!.reachable! }, 300)).toHaveLength(1);
    expect(of({ entropy_max: 0.99 }, 300)).toEqual([]);
    expect(of({ entropy_max: 0.999, predictability_vetoes: false }, 300)).toEqual([]);
    expect(of({ entropy_max: 0.999, reading: { ...usual.reading, entropy_normaliser: 'reachable' } }, 300)).toEqual([]);
    const band = { entropy_acceptance: [0.995, 1] as [number, number], reading: { ...usual.reading, entropy_band: 'veto' as const } };
    expect(of(band, 300)).toEqual([
      {
        setting: 'selection.entropy_acceptance',
        status: 'rejects_all',
        value: [0.995, 1],
        reachable: expect.closeTo(reachable, 12),
        why: 'permutation entropy of 120 rows is at most 0.993, below the band',
      },
    ]);
    expect(of({ ...band, reading: { ...usual.reading, entropy_band: 'record' } }, 300)).toEqual([]);
    expect(of({ ...band, entropy_acceptance: [0.9, 1] }, 300)).toEqual([]);
  });

  test('is the kurtosis of no more than 20 rows, in the fourth mode', () => {
    const kurtosis = (mode: 'v3' | 'v4', rows: number) => of({ mode }, rows).filter(({ setting }) => setting === 'kurtosis');
    expect(kurtosis('v4', 20)).toEqual([
      { setting: 'kurtosis', status: 'cannot_act', value: 20, reachable: 20, why: 'the kurtosis of 20 rows is at most 20' },
    ]);
    expect([kurtosis('v4', 21), kurtosis('v3', 20)]).toEqual([[], []]);
  });

  test('is a lookback of other rows than there are, and an exemption from a hurdle that is not negative', () => {
    expect(of({ cluster_lookbacks: [60, 301] }, 300)).toEqual([
      {
        setting: 'risk.cluster_lookbacks',
        status: 'left_out',
        value: [301],
        reachable: null,
        why: 'lookbacks of fewer than 20 rows or more than the 300 there are take no part',
      },
    ]);
    const exemption = {
      setting: 'features.eci_hurdle exemption',
      status: 'cannot_act',
      value: 0,
      reachable: null,
      why: 'what is below the hurdle is below 1.25 times of it as well, unless the hurdle is negative',
    };
    expect(of({ eci_hurdle: 0, min_momentum_score: 0 }, 300)).toEqual([exemption]);
  });

  test('stands beside on which side of a band an entropy lies', () => {
    expect([0.1, 0.2, 0.3, 0.4, 0.5, Number.NaN].map((entropy) => bandPosition(entropy, [0.2, 0.4]))).toEqual([
      'below',
      'inside',
      'inside',
      'inside',
      'above',
      'not evaluated',
    ]);
  });
});

describe('aborts', () => {
  const judged = (...codes: VetoCode[]): Judgement => ({
    vetoes: codes.map((code) => ({ code, values: [], thresholds: [], missing: [] })),
    notEvaluated: [],
  });

  test('count first vetoes, most frequent first, and the share of those that count', () => {
    const judgements = [judged('entropy', 'survival'), judged('entropy'), judged('eci'), judged()];
    const histogram = [
      { code: 'entropy', count: 2 },
      { code: 'eci', count: 1 },
    ];
    expect(countVetoes(judgements, { mode: 'v4', reading: usual.reading })).toEqual({ histogram, share: 0.5 });
    expect(countVetoes(judgements, { mode: 'v4', reading: { ...usual.reading, veto_share: 'strict' } }).share).toBe(0.75);
    expect(countVetoes(judgements, { mode: 'v3', reading: usual.reading }).share).toBe(0.75);
    expect(countVetoes(judgements.slice(2), { mode: 'v3', reading: usual.reading }).share).toBe(0.5);
    expect(countVetoes([judged('eci'), ...judgements.slice(0, 2)], { mode: 'v3', reading: usual.reading }).histogram).toEqual(histogram);
    expect(countVetoes([], { mode: 'v4', reading: usual.reading })).toEqual({ histogram: [], share: 0 });
  });

  test('are of these rules, beyond rounding', () => {
    expect(abortRules).toEqual(['no_candidates', 'veto_share', 'min_winners']);
    const limits = { veto_share_max: 0.7, min_winners: 5 };
    expect(rulesMet(9, 5, 0.7 + 1e-13, limits)).toEqual([]);
    expect(rulesMet(0, 4, 0.7 + 1e-11, limits)).toEqual(['no_candidates', 'veto_share', 'min_winners']);
    expect([runVerdict([['min_winners'], [], [], []], []), runVerdict([['min_winners'], [], []], [])]).toEqual(['degraded', 'failed']);
  });
});

describe('streams of directions', () => {
  const returns = matrixOf({ A: [0.1, -0.5, 1.5], B: [0.1, 1, 0.2] });

  test('have the return of the last 60 rows', () => {
    expect(recentReturn(Float64Array.of(0.1, -0.5))).toBeCloseTo(-0.45, 15);
    expect(recentReturn(Float64Array.of())).toBe(0);
    expect(recentReturn(Float64Array.of(5, ...Array.from({ length: 60 }, () => 0)))).toBe(0);
    expect(recentReturn(Float64Array.of(5, ...Array.from({ length: 59 }, () => 0)))).toBe(5);
  });

  test('lose at most everything when short, and say when', () => {
    expect([0.5, 1, 1.5, -0.5].map(shortReturn)).toEqual([-0.5, -1, -1, 0.5]);
    expect(clippedShorts(returns, ['SHORT', 'LONG'])).toEqual([{ symbol: 'A', date: 'day 2' }]);
    expect(clippedShorts(returns, ['LONG', 'SHORT'])).toEqual([{ symbol: 'B', date: 'day 1' }]);
  });

  test('are the raw ones where nothing is short', () => {
    const raw = { symbols: ['A', 'B'], rows: 2, values: Float64Array.of(0.1, 0.2, 0.3, 1.4) };
    expect(directionalStreams(raw, ['LONG', 'LONG'])).toBe(raw);
    expect([...directionalStreams(raw, ['LONG', 'SHORT']).values]).toEqual([0.1, 0.2, -0.3, -1]);
    expect([...raw.values]).toEqual([0.1, 0.2, 0.3, 1.4]);
  });
});

describe('a pool', () => {
  const refused = (change: object) => {
    const { code, message, evidence } = refusalOf(() => sortedPool({ ...poolOf(matrixOf({ B: [1, 2], A: [3, 4] })), ...change }));
    return { code, message, evidence };
  };
  const matrix = matrixOf({ B: [1, 2], A: [3, 4] });

  test('without returns, facts or finite values is refused', () => {
    const none = { code: 'HistoryTooShort', message: 'there are no returns to select from' };
    expect(refused({ returns: { ...matrix, dates: [] } })).toEqual({ ...none, evidence: { rows: 0, columns: 2 } });
    expect(refused({ returns: { ...matrix, columns: [] } })).toEqual({ ...none, evidence: { rows: 2, columns: 0 } });
    expect(refused({ facts: [] })).toEqual({
      code: 'SchemaViolation',
      message: '2 columns need as many facts, there are 0',
      evidence: { columns: 2, facts: 0 },
    });
    expect(refused({ returns: { ...matrix, values: new Float64Array(3) } })).toEqual({
      code: 'SchemaViolation',
      message: '2 rows of 2 columns need 4 values, there are 3',
      evidence: { rows: 2, columns: 2 },
    });
    expect(refused({ returns: { ...matrix, values: Float64Array.of(1, 2, 3, Infinity) } })).toEqual({
      code: 'SchemaViolation',
      message: 'the returns of A are not all finite',
      evidence: { column: 'A' },
    });
  });

  test('stands in the order of its names, facts beside returns', () => {
    const sorted = sortedPool(poolOf(matrix, { A: { adx: 5 } }));
    expect([sorted.returns.columns, [...sorted.returns.values]]).toEqual([
      ['A', 'B'],
      [3, 1, 4, 2],
    ]);
    expect(sorted.facts).toEqual([{ ...unknownFacts('A'), adx: 5 }, unknownFacts('B')]);
    expect([...marketOf(matrix)]).toEqual([2, 3]);
    expect(fullLiquidityValue).toEqual({ coins: 1e7, others: 5e8 });
  });
});

describe('what is supplied', () => {
  test('is nothing, or what these columns of a scan say', () => {
    expect(noSupply).toEqual({ volumes: null, metadata: null, scan: [] });
    expect(scanColumns).toEqual({
      tradedValue: 'Value.Traded',
      adx: 'ADX',
      recommendAll: 'Recommend.All',
      recommendMa: 'Recommend.MA',
      rateOfChange: 'ROC',
      dailyVolatility: 'Volatility.D',
    });
    const order = Object.values(scanColumns) as string[];
    expect(scanRowOf((column) => order.indexOf(column))).toEqual({
      tradedValue: 0,
      adx: 1,
      recommendAll: 2,
      recommendMa: 3,
      rateOfChange: 4,
      dailyVolatility: 5,
    });
  });

  test('of stress is what a symbol kept in these periods', () => {
    expect(stressCalendar).toEqual([
      { first: '2022-05-01', last: '2022-06-30' },
      { first: '2023-03-01', last: '2023-03-31' },
      { first: '2024-08-01', last: '2024-08-31' },
    ]);
    const series = (closes: readonly number[]) => ({
      symbol: 'BINANCE:BTCUSDT',
      dates: closes.map((_, at) => `2023-02-0${at + 1}`),
      closes: Float64Array.from(closes),
    });
    const period = { first: '2023-02-02', last: '2023-02-06' };
    const kept = (closes: readonly number[], decision = '2023-02-08') => survivedPeriods(series(closes), decision, [period]);
    const none = Number.NaN;
    expect(kept([10, 8, 9, 9, 4, 9, 1])).toEqual([{ ...period, kept: 4 / 10 }]);
    expect(kept([none, 8, 9, 9, 6, 9, 1])).toEqual([{ ...period, kept: 6 / 9 }]);
    expect(kept([10, 8, none, 9, 9, 9, 1])).toEqual([{ ...period, kept: 0.8 }]);
    expect(kept([10, 8, none, none, 9, 9, 1])).toEqual([]);
    expect(kept([5, 8, 8, 8, 8, 8, 1])).toEqual([{ ...period, kept: 1 }]);
    expect(kept([10, 8, 9, 9, 4, 9, 1], '2023-02-06')).toEqual([]);
    expect([
      survivalScore([]),
      survivalScore([
        { ...period, kept: 0.5 },
        { ...period, kept: 1 },
      ]),
    ]).toEqual([null, 0.75]);
  });

  test('of winners over windows is compared by name', () => {
    expect(changeBetween(['A', 'B'], ['B', 'C', 'D'])).toEqual({ jaccard: 0.25, came: ['C', 'D'], left: ['A'] });
    expect(stabilityOf([['B', 'A'], ['A'], null]).wins).toEqual([
      { symbol: 'A', windows: 2 },
      { symbol: 'B', windows: 1 },
    ]);
    expect(stabilityOf([['B', 'A']]).wins.map(({ symbol }) => symbol)).toEqual(['A', 'B']);
  });
});
