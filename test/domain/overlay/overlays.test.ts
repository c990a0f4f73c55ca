import { describe, expect, test } from '@jest/globals';
import { applyOverlays, type OverlayInput } from '../../../domain/overlay/overlays.ts';
import { overlaysOf } from '../../../domain/overlay/parameters.ts';
import { addDays, dayNumberOf, isWeekend } from '../../../domain/returns/days.ts';
import type { DatedTable } from '../../../domain/returns/table-text.ts';
import { rowsTable } from '../execution/tables.ts';

const [es, nq, gold] = ['CME_MINI:ES1!', 'CME_MINI:NQ1!', 'COMEX:GC1!'];
const days = Array.from({ length: 460 }, (_, day) => addDays('2022-01-03', day)).filter((date) => !isWeekend(dayNumberOf(date)));

/** A target that nothing but itself shapes: no floor, bound or cap binds. */
const free = { floor_vol: 0.001, bounds: [-100, 100], cap_leverage: 1000 };

/** Prices that move by known waves: every run sees the same. */
const prices: DatedTable = rowsTable(
  days,
  [es, nq, gold],
  days.map((_, row) => [100 + 8 * Math.sin(row / 9) + row / 20, 200 + 25 * Math.sin(row / 7), 50 + 3 * Math.cos(row / 11)]),
);
const on = (row: number): string => days[row]!;
const positions = rowsTable(
  [on(250), on(300)],
  [es, gold],
  [
    [0.5, -0.25],
    [0.25, 0.5],
  ],
);

const overlaid = (written: object, input: Partial<OverlayInput> = {}) =>
  applyOverlays({ positions, prices, parameters: overlaysOf(written), ...input });

const weightsOf = ({ decisions }: ReturnType<typeof overlaid>): number[][] => decisions.map(({ weights }) => [...weights]);

describe('the order of overlays', () => {
  test('vol first, then macro: the scaler reaches gross exposure whole', () => {
    const { macro, flags, parameters } = overlaid({ macro: { sma_window: 50 } });
    expect(parameters.order).toEqual(['vol', 'macro']);
    expect(flags).toEqual([]);
    for (const { k, factor } of macro!.effective) expect(factor).toBeCloseTo(k, 12);
    expect(macro!.effective.some(({ k }) => k !== 1)).toBe(true);
  });

  test('macro first: a global vol target takes it back, which is measured and flagged', () => {
    const answer = overlaid({ order: ['macro', 'vol'], vol: free, macro: { sma_window: 50 } });
    expect(answer.flags).toEqual(['MACRO_NOOP']);
    expect(answer.macro).toMatchObject({ noOps: 2, fred: 'not_evaluated' });
    for (const { factor, isNoOp } of answer.macro!.effective) expect([Math.abs(factor! - 1) <= 1e-12, isNoOp]).toEqual([true, true]);
    weightsOf(answer).forEach((row, index) =>
      row.forEach((weight, column) => expect(weight).toBeCloseTo(weightsOf(overlaid({ order: ['vol'], vol: free }))[index]![column]!, 12)),
    );
  });

  test('macro first, and the volatility floor binds: what is left of the scaler is its factor', () => {
    const answer = overlaid({ order: ['macro', 'vol'], vol: { floor_vol: 5 }, macro: { sma_window: 50 } });
    expect(answer.flags).toEqual([]);
    for (const { k, factor } of answer.macro!.effective) expect(factor).toBeCloseTo(k, 12);
  });

  test('macro first, and each asset has its own target: the scaler stays whole', () => {
    const answer = overlaid({ order: ['macro', 'vol'], vol: { ...free, mode: 'per_asset' }, macro: { sma_window: 50 } });
    for (const { k, factor } of answer.macro!.effective) expect(factor).toBeCloseTo(k, 12);
  });
});

describe('what cannot be evaluated', () => {
  test('is no position, never a scaler of 1', () => {
    const early = rowsTable(
      [on(30), on(250)],
      [es, gold],
      [
        [1, 1],
        [1, 1],
      ],
    );
    const answer = overlaid({ macro: { sma_window: 50 } }, { positions: early });
    expect(answer.decisions.map(({ date }) => date)).toEqual([on(250)]);
    expect(answer.notEvaluated).toEqual([{ date: on(30), overlay: 'vol', reason: '30 rows, 60 needed' }]);
    const macroOnly = overlaid({ order: ['macro'], macro: { sma_window: 50 } }, { positions: early });
    expect(macroOnly.notEvaluated).toMatchObject([{ date: on(30), overlay: 'macro' }]);
  });

  test('of one asset alone is a weight of 0 with its name', () => {
    const late: DatedTable = {
      ...prices,
      values: [prices.values[0]!, prices.values[1]!, prices.values[2]!.map((price, row) => (row < 220 ? Number.NaN : price))],
    };
    const [first] = overlaid({ order: ['vol'], vol: { mode: 'per_asset' } }, { prices: late }).decisions;
    expect(first!.weights[1]).toBe(0);
    expect(first!.states[0]).toMatchObject({ notEvaluated: [gold] });
  });
});

const count = (rows: string): number => overlaid({ order: ['macro'], macro: { sma_window: 50, rows } }).decisions.length;

describe('rows', () => {
  test('of the macro scaler are those of the positions, or weekly too', () => {
    expect(count('positions')).toBe(2);
    expect(count('weekly')).toBeGreaterThan(10);
  });

  test('of Moreira and Muir are added at the last close of each month, with warm-up before twelve pairs', () => {
    const [own, ...added] = overlaid(
      { order: ['vol'], vol: { method: 'moreira_muir' } },
      { positions: rowsTable([on(0)], [es], [[1]]) },
    ).decisions;
    expect([own!.date, own!.weights[0]]).toEqual([on(0), 1]);
    expect(added[0]!.date).toBe('2022-01-31');
    expect(added.slice(0, 11).map(({ states }) => states[0])).toEqual(
      added.slice(0, 11).map(() => expect.objectContaining({ method: 'moreira_muir', isWarmUp: true, k: 1 })),
    );
    const last = added.at(-1)!.states[0]!;
    expect(last).toMatchObject({ isWarmUp: false, month: '2023-04' });
    expect(added.at(-1)!.weights[0]).toBe('k' in last ? last.k : null);
  });

  test('a cap on exposure is applied and recorded', () => {
    const decisions = overlaid(
      { order: ['vol'], vol: { method: 'moreira_muir', min_pairs: 3, max_leverage: 0.2 } },
      { positions: rowsTable([on(0)], [es], [[1]]) },
    ).decisions;
    const capped = decisions.filter(({ states: [state] }) => state?.overlay === 'vol' && state.method === 'moreira_muir' && state.isCapped);
    expect(capped.length).toBeGreaterThan(0);
    for (const { weights } of capped) expect(weights[0]).toBe(0.2);
  });
});

test('no row changes a byte when later prices are altered', () => {
  const cases = [
    { macro: { sma_window: 50, rows: 'weekly' } },
    { order: ['macro', 'vol'], vol: { mode: 'per_asset' }, macro: { sma_window: 50 } },
    { order: ['vol'], vol: { method: 'moreira_muir', min_pairs: 2 } },
  ];
  const plant = 280;
  const planted: DatedTable = {
    ...prices,
    values: prices.values.map((values) => values.map((price, row) => (row < plant ? price : price * (1 + row / 100)))),
  };
  for (const written of cases) {
    const before = (input: Partial<OverlayInput>) => overlaid(written, input).decisions.filter(({ date }) => date < on(plant));
    expect(before({}).length).toBeGreaterThan(0);
    expect(before({ prices: planted })).toEqual(before({}));
  }
});

describe('parameters', () => {
  test('have the defaults of the code, and the shipped configuration is a preset by name', () => {
    expect(overlaysOf({})).toMatchObject({
      order: ['vol', 'macro'],
      vol: {
        target_vol: 0.2,
        floor_vol: 0.05,
        recorded_vol_floor: 0.005,
        vol_lookback: 63,
        cov_lookback: 252,
        cap_leverage: 7,
        bounds: [-3, 3],
      },
      macro: { vol_lo: 0.15, vol_hi: 0.3, k_min: 0.4, k_max: 1, alpha: 0.2, vol_window: 21, sma_window: 200 },
    });
    expect(overlaysOf({ macro: { preset: 'shipped', k_max: 0.9 } }).macro).toMatchObject({
      vol_lo: 0.12,
      vol_hi: 0.22,
      k_min: 0.5,
      k_max: 0.9,
      alpha: 0.15,
    });
  });

  test.each([
    [{ vol: { target: 0.1 } }, 'overlays.vol'],
    [{ vol: { target_vol: -1 } }, 'overlays.vol.target_vol'],
    [{ macro: { vol_lo: 0.4 } }, 'vol_lo must be below vol_hi'],
    [{ order: ['macro', 'macro'] }, 'each overlay once'],
    [{ macros: {} }, 'overlays'],
    [{ vol: { bounds: [0.5, 1] } }, 'bounds must hold 0'],
  ])('%j is refused at its place', (written, words) => {
    expect(() => overlaysOf(written, 'overlays.json')).toThrow(words);
  });
});
