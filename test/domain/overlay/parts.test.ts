/** Parts of overlays by hand: log returns, months and exposures of Moreira and Muir, the macro scaler, and refusals. */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import { LogReturns } from '../../../domain/overlay/log-returns.ts';
import { macroPath, sampleAt } from '../../../domain/overlay/macro-regime.ts';
import { earnedMonth, exposureAfter, type ManagedMonth, monthsOf } from '../../../domain/overlay/moreira-muir.ts';
import { defaultVolTarget, macroRegimeOf } from '../../../domain/overlay/parameters.ts';
import { inOrder, macroStage, type OverlaidDecision, type Stage } from '../../../domain/overlay/stages.ts';
import { volTargeted } from '../../../domain/overlay/vol-target.ts';
import { refusalOf } from '../../support/refusal.ts';

const none = Number.NaN;
const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'];
const table = (columns: Readonly<Record<string, readonly number[]>>, on: readonly string[] = dates) => ({
  dates: on,
  columns: Object.keys(columns),
  values: Object.values(columns).map((values) => Float64Array.from(values)),
});

describe('log returns', () => {
  const returns = LogReturns.ofPrices(table({ A: [1, 2, none, 8], B: [1, 1, 2, 2] }), ['B', 'A']);

  test('go from one close to the next, over gaps', () => {
    expect([...returns.lastOf(1, '2024-01-31', 9)]).toEqual([Math.log(2), Math.log(4)]);
    expect([...returns.lastOf(1, '2024-01-04', 9)]).toEqual([Math.log(2)]);
    expect([...returns.lastOf(0, '2024-01-31', 2)]).toEqual([Math.log(2), 0]);
    expect([...returns.lastOf(0, '2024-01-01', 2)]).toEqual([]);
  });

  test('are complete where every column has one, row by row', () => {
    expect(returns.lastComplete('2024-01-31', 9)).toEqual({
      dates: ['2024-01-03', '2024-01-05'],
      columns: ['B', 'A'],
      values: Float64Array.of(0, Math.log(2), 0, Math.log(4)),
    });
    expect(returns.lastComplete('2024-01-31', 1).dates).toEqual(['2024-01-05']);
    expect(returns.lastComplete('2024-01-04', 9).dates).toEqual(['2024-01-03']);
    expect(returns.lastComplete('2024-01-01', 9).dates).toEqual([]);
  });

  test('of prices that are not there, or not above zero, are refused', () => {
    const refused = (values: readonly number[], column: string) => {
      const { code, message, evidence, at } = refusalOf(() => LogReturns.ofPrices(table({ A: values }), [column]));
      return { code, message, evidence, at };
    };
    expect(refused([1, 1, 1, 1], 'B')).toEqual({
      code: 'PricesMissing',
      message: 'the positions name B, and there are no prices of it',
      evidence: { symbol: 'B' },
      at: { path: 'B' },
    });
    for (const price of [0, -1, Infinity])
      expect(refused([1, price, 1, 1], 'A')).toEqual({
        code: 'IntegrityFailed',
        message: `the price of A on 2024-01-03 is ${price}: no return can be taken`,
        evidence: { symbol: 'A', date: '2024-01-03' },
        at: { path: 'A' },
      });
  });
});

describe('months', () => {
  const of = (on: readonly string[], values: readonly number[], opening: string) =>
    monthsOf({ dates: on, values: Float64Array.from(values) }, opening, ['XNYS']);

  test('have their compounded return and the sum of squares about their mean', () => {
    const months = of(['2024-01-30', '2024-01-31', '2024-02-01'], [0.1, 0.3, 0.5], '2023-12-29');
    expect(months.map(({ month, rows, isWhole }) => [month, rows, isWhole])).toEqual([
      ['2024-01', 2, true],
      ['2024-02', 1, false],
    ]);
    expect(months[0]!.monthlyReturn).toBeCloseTo(1.1 * 1.3 - 1, 15);
    expect(months[0]!.realisedVariance).toBeCloseTo(0.02, 15);
    expect(months[1]!.realisedVariance).toBe(0);
  });

  test.each([
    ['2024-01-02', true],
    ['2024-01-03', false],
    ['2023-12-29', true],
  ])('that open at %s are whole: %p', (opening, isWhole) => {
    expect(of(['2024-01-30', '2024-01-31', '2024-02-29'], [0, 0, 0], opening)[0]!.isWhole).toBe(isWhole);
  });

  test.each([
    ['2024-02-28', false],
    ['2024-02-29', true],
    ['2024-03-28', true],
    ['2024-12-30', false],
    ['2024-12-31', true],
  ])('that end on %s are whole: %p', (last, isWhole) => {
    expect(of(['2024-01-31', last], [0, 0], '2023-12-29').at(-1)!.isWhole).toBe(isWhole);
  });

  test('are earned by the row after a decision, or by the next session', () => {
    const rows = ['2024-01-30', '2024-01-31', '2024-02-01'];
    expect(earnedMonth('2024-01-30', rows, ['XNYS'])).toBe('2024-01');
    expect(earnedMonth('2024-01-31', rows, ['XNYS'])).toBe('2024-02');
    expect(earnedMonth('2024-02-28', rows, ['XNYS'])).toBe('2024-02');
    expect(earnedMonth('2024-02-29', rows, ['XNYS'])).toBe('2024-03');
    expect(earnedMonth('2024-03-28', rows, ['XNYS'])).toBe('2024-04');
  });

  const month = (name: string, monthlyReturn: number, realisedVariance: number, isWhole = true): ManagedMonth => ({
    month: name,
    rows: 20,
    monthlyReturn,
    realisedVariance,
    isWhole,
  });
  const known = [month('1', 0, 0.1), month('2', 0.1, 0.2), month('3', 0.4, 0.5)];
  const parameters = { method: 'moreira_muir', min_pairs: 2, max_leverage: null } as const;
  // Plain returns .1 and .4, managed by the variance of the month before: 1 and 2. Their deviations are .3/√2 and 1/√2.
  test('set exposure by the deviation of plain over managed returns, over the last variance', () => {
    const { c, k, ...rest } = exposureAfter(known, '4', parameters);
    expect(rest).toEqual({ month: '4', isWarmUp: false, isCapped: false });
    expect([c, k]).toEqual([expect.closeTo(0.3, 14), expect.closeTo(0.6, 14)]);
    expect(exposureAfter(known, '4', { ...parameters, max_leverage: 0.5 })).toMatchObject({ k: 0.5, isCapped: true });
    expect(exposureAfter(known, '4', { ...parameters, max_leverage: 0.7 })).toMatchObject({ isCapped: false });
  });

  test('warm up, and have no exposure where nothing varies', () => {
    const warmUp = { month: '4', c: null, k: 1, isWarmUp: true, isCapped: false };
    expect(exposureAfter(known, '4', { ...parameters, min_pairs: 3 })).toEqual(warmUp);
    expect(exposureAfter([], '4', parameters)).toEqual(warmUp);
    expect(exposureAfter([month('1', 0, 0.1, false), ...known.slice(1)], '4', parameters)).toEqual(warmUp);
    expect(exposureAfter([month('1', 0, 0), ...known.slice(1)], '4', parameters)).toEqual(warmUp);
    const nothing = { ...warmUp, k: null, isWarmUp: false };
    expect(exposureAfter([...known, month('4', 0.1, 0)], '4', parameters)).toEqual(nothing);
    expect(exposureAfter([month('1', 0, 0.1), month('2', 0, 0.2), month('3', 0, 0.3)], '4', parameters)).toEqual(nothing);
    const same = [month('1', 0, 0.1), month('2', 0.1, 0.2), month('3', 0.2, 0.3)];
    expect(exposureAfter(same, '4', parameters)).toEqual(nothing);
  });
});

describe('the macro scaler', () => {
  const days = ['2024-01-08', '2024-01-09', '2024-01-10', '2024-01-11', '2024-01-12', '2024-01-16', '2024-01-17'];
  const regime = {
    ...macroRegimeOf('code'),
    index_symbols: ['A'],
    vol_window: 2,
    sma_window: 3,
    vol_lo: 0,
    vol_hi: 1,
    alpha: 0.5,
    input_alpha: 0.5,
  };
  const prices = table({ A: [1, 2, 4, 8, 8, 8, 32] }, days);
  const deviation = (...values: number[]): number => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  };

  test('is sampled at the last row of each week, its inputs and itself smoothed', () => {
    const { samples, fred } = macroPath(prices, regime, 1);
    expect(fred).toBe('not_evaluated');
    const first = deviation(Math.log(2), 0);
    const second = 0.5 * deviation(0, Math.log(4)) + 0.5 * first;
    const [raw1, raw2] = [1 - first * 0.6 + 0.1, 1 - second * 0.6 + 0.1];
    const near = (value: number) => expect.closeTo(value, 12) as unknown;
    const clamp = (raw: number): number => Math.min(1, Math.max(0.4, raw));
    expect(samples).toEqual([
      {
        date: '2024-01-12',
        volatility: near(first),
        breadth: 1,
        raw: near(raw1),
        clamped: near(clamp(raw1)),
        k: near(clamp(raw1)),
        isOpenWeek: false,
      },
      {
        date: '2024-01-17',
        volatility: near(second),
        breadth: 1,
        raw: near(raw2),
        clamped: near(clamp(raw2)),
        k: near(0.5 * clamp(raw2) + 0.5 * clamp(raw1)),
        isOpenWeek: true,
      },
    ]);
    expect([sampleAt({ samples, fred }, '2024-01-11'), sampleAt({ samples, fred }, '2024-01-12')?.date]).toEqual([null, '2024-01-12']);
    expect(sampleAt({ samples, fred }, '2024-01-16')?.date).toBe('2024-01-12');
  });

  test('begins with both inputs, and does not count a close at its average as above', () => {
    const dateOf = (change: object, closes = [1, 2, 4, 8, 8, 8, 32]) =>
      macroPath(table({ A: closes }, days), { ...regime, ...change }, 1).samples.map(({ date }) => date);
    expect([dateOf({ sma_window: 5 }), dateOf({ sma_window: 6 })]).toEqual([['2024-01-12', '2024-01-17'], ['2024-01-17']]);
    expect([dateOf({ vol_window: 4 }), dateOf({ vol_window: 5 })]).toEqual([['2024-01-12', '2024-01-17'], ['2024-01-17']]);
    expect(macroPath(table({ A: [8, 8, 8, 8, 8, 8, 8] }, days), regime, 1).samples[0]).toMatchObject({
      breadth: 0,
      volatility: 0,
      raw: 0.9,
    });
  });

  test('reads rows on which every index has a close, and refuses an index without prices', () => {
    const gapped = table({ A: [1, 2, 4, 8, 8, 8, 32], B: [1, 1, 1, 1, none, 1, 1] }, days);
    const two = { ...regime, index_symbols: ['A', 'B'] };
    expect(macroPath(gapped, two, 1).samples.map(({ date }) => date)).toEqual(['2024-01-11', '2024-01-17']);
    expect(macroPath(gapped, two, 1).samples[0]!.breadth).toBe(0.5);
    const { code, message, evidence, at } = refusalOf(() => macroPath(prices, two, 1));
    expect({ code, message, evidence, at }).toEqual({
      code: 'PricesMissing',
      message: 'the macro regime reads B, and there are no prices of it',
      evidence: { symbol: 'B' },
      at: { path: 'B' },
    });
  });

  const decision = (date: string): OverlaidDecision => ({ date, weights: Float64Array.of(2), states: [] }) as unknown as OverlaidDecision;
  test('scales positions by the newest sample, and says where there is none', () => {
    const path = macroPath(prices, regime, 1);
    const [first] = path.samples;
    const { k, volatility, breadth, raw } = first!;
    const state = { overlay: 'macro', k, volatility, breadth, raw, sampledOn: '2024-01-12' };
    const positions = [decision('2024-01-09'), decision('2024-01-16')];
    const early = { date: '2024-01-09', overlay: 'macro', reason: 'no week before has volatility and breadth' };
    expect(macroStage(path, regime)(positions)).toEqual({
      decisions: [{ ...decision('2024-01-16'), weights: Float64Array.of(2 * k), states: [state] }],
      notEvaluated: [early],
    });
    expect(macroStage(path, regime, 3)(positions).decisions).toEqual([
      { ...decision('2024-01-16'), weights: Float64Array.of(6), states: [{ ...state, k: 3 }] },
    ]);
    const weekly = macroStage(path, { ...regime, rows: 'weekly' })(positions);
    expect(weekly.decisions.map(({ date }) => date)).toEqual(['2024-01-12', '2024-01-16', '2024-01-17']);
    const late = macroStage(path, { ...regime, rows: 'weekly' })([decision('2024-01-16')]);
    expect(late.decisions.map(({ date }) => date)).toEqual(['2024-01-16', '2024-01-17']);
  });

  test('comes behind or before other overlays, and what one leaves out is out for the next', () => {
    const drops: Stage = ([one, ...others]) => ({ decisions: others, notEvaluated: [{ date: one!.date, overlay: 'vol', reason: 'x' }] });
    const [a, b, c] = ['2024-01-09', '2024-01-10', '2024-01-11'].map(decision);
    expect(inOrder([drops, drops])([a!, b!, c!])).toEqual({
      decisions: [c],
      notEvaluated: [a, b].map((one) => ({ date: one!.date, overlay: 'vol', reason: 'x' })),
    });
  });
});

describe('a vol target', () => {
  const moves = [0.01, -0.02, 0.03, 0.01];
  const returns = new LogReturns(dates, ['A'], [Float64Array.from(moves)]);
  const mean = 0.0075;
  const deviation = Math.sqrt(moves.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / 3);
  const target = { ...defaultVolTarget, estimator: 'sample' as const, min_obs: 4, floor_vol: 0.001 };
  const near = (value: number) => expect.closeTo(value, 12) as unknown;
  const of = (change: object, signal = 0.5) => volTargeted(Float64Array.of(signal), '2024-01-05', returns, { ...target, ...change }, 1);

  test('of the whole scales by its volatility, then clips, then caps', () => {
    const k = 0.2 / (0.5 * deviation);
    const state = { mode: 'global', rows: 4, intensity: null, volatility: near(0.5 * deviation), isFloored: false, k: near(k) };
    const wide = { bounds: [-99, 99], cap_leverage: 99 };
    expect(of(wide)).toEqual({
      weights: new Float64Array([0.5 * k]).map((value) => value),
      state: { ...state, clipped: 0, grossBeforeCap: near(0.5 * k), isGrossCapped: false },
    });
    expect(of({}, 0.5)).toMatchObject({ state: { ...state, clipped: 1, grossBeforeCap: 3, isGrossCapped: false } });
    expect(of({}, -0.5)).toMatchObject({ weights: Float64Array.of(-3), state: { clipped: 1, grossBeforeCap: 3 } });
    expect(of({ cap_leverage: 3 })).toMatchObject({ weights: Float64Array.of(3), state: { isGrossCapped: false } });
    expect(of({ cap_leverage: 2 })).toMatchObject({ weights: Float64Array.of(2), state: { isGrossCapped: true, grossBeforeCap: 3 } });
    expect(of({ ...wide, floor_vol: 0.1 })).toMatchObject({ weights: Float64Array.of(1), state: { isFloored: true, k: 2 } });
    expect(of({ min_obs: 5 })).toEqual({ weights: null, reason: '4 rows, 5 needed' });
  });

  test('of each asset by its own, and 0 for one with too few rows', () => {
    const k = 0.2 / deviation;
    const wide = { mode: 'per_asset', bounds: [-99, 99], cap_leverage: 99 };
    expect(of(wide)).toMatchObject({
      state: {
        mode: 'per_asset',
        volatility: [near(deviation)],
        k: [near(k)],
        notEvaluated: [],
        clipped: 0,
        grossBeforeCap: near(0.5 * k),
      },
    });
    const last = Math.sqrt(2 * 0.01 * 0.01);
    expect(of({ ...wide, vol_lookback: 2 })).toMatchObject({ state: { volatility: [near(last)] } });
    expect(of({ ...wide, min_obs: 5 })).toEqual({
      weights: Float64Array.of(0),
      state: { mode: 'per_asset', volatility: [null], k: [null], notEvaluated: ['A'], clipped: 0, grossBeforeCap: 0, isGrossCapped: false },
    });
    const { message, evidence } = refusalOf(() => volTargeted(new Float64Array(2), '2024-01-05', returns, target, 1));
    expect({ message, evidence }).toEqual({ message: 'a signal needs one value per column', evidence: { signal: 2, columns: 1 } });
  });
});
