/** Parameters of overlays: their defaults whole, the ends of each range, and how a wrong one is refused. */
import { describe, expect, test } from '@jest/globals';
import {
  defaultMoreiraMuir,
  defaultVolTarget,
  macroPresets,
  macroRegimeOf,
  overlayNames,
  overlaysBlockSchema,
  overlaysOf,
} from '../../../domain/overlay/parameters.ts';
import { refusalOf } from '../../support/refusal.ts';

const volTarget = {
  method: 'vol_target',
  mode: 'global',
  target_vol: 0.2,
  floor_vol: 0.05,
  recorded_vol_floor: 0.005,
  vol_lookback: 63,
  cov_lookback: 252,
  estimator: 'ledoit_wolf',
  min_obs: 60,
  bounds: [-3, 3],
  cap_leverage: 7,
};
const macro = {
  index_symbols: ['CME_MINI:ES1!', 'CME_MINI:NQ1!'],
  vol_window: 21,
  sma_window: 200,
  vol_lo: 0.15,
  vol_hi: 0.3,
  k_min: 0.4,
  k_max: 1,
  breadth_weight: 0.1,
  input_alpha: 0.2,
  alpha: 0.2,
  fred_weight: 0.3,
  rows: 'positions',
};
const shipped = { ...macro, vol_lo: 0.12, vol_hi: 0.22, k_min: 0.5, k_max: 1, alpha: 0.15 };
const moreiraMuir = { method: 'moreira_muir', min_pairs: 12, max_leverage: null };

describe('parameters that are not written', () => {
  test('are these', () => {
    expect(overlaysOf({})).toEqual({ order: ['vol', 'macro'], vol: volTarget, macro });
    expect([defaultVolTarget, defaultMoreiraMuir]).toEqual([volTarget, moreiraMuir]);
    expect([macroRegimeOf('code'), macroRegimeOf('shipped')]).toEqual([macro, shipped]);
    expect(macroPresets).toEqual({
      code: { vol_lo: 0.15, vol_hi: 0.3, k_min: 0.4, k_max: 1, alpha: 0.2 },
      shipped: { vol_lo: 0.12, vol_hi: 0.22, k_min: 0.5, k_max: 1, alpha: 0.15 },
    });
    expect(overlayNames).toEqual(['vol', 'macro']);
  });

  test('are filled in beside those that are', () => {
    expect(
      overlaysOf({ order: ['macro'], vol: { method: 'moreira_muir', max_leverage: 2 }, macro: { preset: 'shipped', k_max: 0.9 } }),
    ).toEqual({
      order: ['macro'],
      vol: { ...moreiraMuir, max_leverage: 2 },
      macro: { ...shipped, k_max: 0.9 },
    });
    expect(overlaysOf({ vol: { method: 'vol_target', mode: 'per_asset' } }).vol).toEqual({ ...volTarget, mode: 'per_asset' });
    expect(overlaysBlockSchema.parse({})).toEqual({});
  });
});

describe('a parameter', () => {
  test.each([
    { vol: { vol_lookback: 2, cov_lookback: 5000, min_obs: 2, recorded_vol_floor: 0, bounds: [0, 0], estimator: 'sample' } },
    { vol: { method: 'moreira_muir', min_pairs: 2, max_leverage: 0.1 } },
    { macro: { vol_lo: 0, vol_hi: 0.1, k_min: 1, k_max: 1, input_alpha: 0, alpha: 1, vol_window: 2, sma_window: 5000, rows: 'weekly' } },
    { macro: { k_min: 0, index_symbols: ['A'] } },
    { order: ['macro', 'vol'] },
  ])('may be at the end of its range: %j', (written) => {
    expect(overlaysOf(written)).toMatchObject(written);
  });

  test.each([
    [{ vol: { mode: 'none' } }, 'overlays.vol.mode'],
    [{ vol: { target_vol: 0 } }, 'overlays.vol.target_vol'],
    [{ vol: { floor_vol: 0 } }, 'overlays.vol.floor_vol'],
    [{ vol: { recorded_vol_floor: -0.1 } }, 'overlays.vol.recorded_vol_floor'],
    [{ vol: { vol_lookback: 1 } }, 'overlays.vol.vol_lookback'],
    [{ vol: { cov_lookback: 5001 } }, 'overlays.vol.cov_lookback'],
    [{ vol: { min_obs: 2.5 } }, 'overlays.vol.min_obs'],
    [{ vol: { estimator: 'oas' } }, 'overlays.vol.estimator'],
    [{ vol: { bounds: [0.1, 1] } }, 'overlays.vol.bounds'],
    [{ vol: { bounds: [-1, -0.1] } }, 'overlays.vol.bounds'],
    [{ vol: { cap_leverage: 0 } }, 'overlays.vol.cap_leverage'],
    [{ vol: { method: 'moreira_muir', min_pairs: 1 } }, 'overlays.vol.min_pairs'],
    [{ vol: { method: 'moreira_muir', max_leverage: 0 } }, 'overlays.vol.max_leverage'],
    [{ vol: { method: 'moreira_muir', target_vol: 1 } }, 'overlays.vol'],
    [{ vol: { more: 1 } }, 'overlays.vol'],
    [{ macro: { index_symbols: [] } }, 'overlays.macro.index_symbols'],
    [{ macro: { index_symbols: [''] } }, 'overlays.macro.index_symbols.0'],
    [{ macro: { vol_lo: -0.1 } }, 'overlays.macro.vol_lo'],
    [{ macro: { vol_hi: 0 } }, 'overlays.macro.vol_hi'],
    [{ macro: { k_min: -0.1 } }, 'overlays.macro.k_min'],
    [{ macro: { k_max: 0 } }, 'overlays.macro.k_max'],
    [{ macro: { alpha: 1.1 } }, 'overlays.macro.alpha'],
    [{ macro: { input_alpha: -0.1 } }, 'overlays.macro.input_alpha'],
    [{ macro: { rows: 'daily' } }, 'overlays.macro.rows'],
    [{ macro: { preset: 'none' } }, 'overlays.macro.preset'],
    [{ order: [] }, 'overlays.order'],
    [{ order: ['rates'] }, 'overlays.order.0'],
    [{ more: 1 }, 'overlays'],
    ['x', 'overlays'],
  ])('%j is refused at %s', (written, path) => {
    const { code, message, at } = refusalOf(() => overlaysOf(written, 'overlays.json'));
    expect({ code, at }).toEqual({ code: 'SchemaViolation', at: { path, file: 'overlays.json' } });
    expect(message.startsWith(`overlays.json, ${path}: `)).toBe(true);
    const unnamed = refusalOf(() => overlaysOf(written));
    expect([unnamed.message, unnamed.at]).toEqual([message.slice('overlays.json, '.length), { path }]);
  });

  test.each([
    [{ macro: { vol_lo: 0.3 } }, 'overlays.macro: vol_lo must be below vol_hi'],
    [{ macro: { k_min: 1, k_max: 0.9 } }, 'overlays.macro: k_min must not be above k_max'],
    [{ order: ['vol', 'vol'] }, 'overlays.order: each overlay once'],
    [{ vol: { bounds: [1, 2] } }, 'overlays.vol.bounds: bounds must hold 0'],
  ])('%j is refused: %s', (written, message) => {
    expect(refusalOf(() => overlaysOf(written)).message).toBe(message);
  });
});
