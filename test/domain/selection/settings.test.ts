/** The settings of a selection: the readings as wholes, their choices, and the ends of each range. */
import { describe, expect, test } from '@jest/globals';
import {
  readingOf,
  requirableSchema,
  selectionChoiceSchema,
  selectionModes,
  selectionReadingNameSchema,
  selectionReadings,
  selectionSettingsSchema,
} from '../../../domain/selection/settings.ts';
import { symbolMetadataSchema } from '../../../domain/selection/supply.ts';
import { selectionChoiceSchema as choice } from '../../../domain/selection/settings.ts';
import { metadataColumns, readMetadata } from '../../../domain/selection/read-metadata.ts';
import { refusalOf } from '../../support/refusal.ts';

const sound = {
  mode: 'v4',
  strategy: 'trend_following',
  top_n: 1,
  threshold: 0.5,
  min_momentum_score: -1,
  min_winners: 1,
  veto_share_max: 0,
  dynamic_selection: true,
  predictability_vetoes: true,
  short_direction: false,
  entropy_max: 0,
  entropy_acceptance: null,
  efficiency_min: 0,
  hurst_random_walk: [0, 1],
  eci_hurdle: -0.5,
  correlation_shrinkage: 1,
  cluster_lookbacks: [1],
  exclude_cash_like: false,
  min_score_rank: 0,
  require: [],
  reading: selectionReadings.ruled,
};
const isSound = (change: object): boolean => selectionSettingsSchema.safeParse({ ...sound, ...change }).success;

describe('the readings', () => {
  test('are these two', () => {
    expect(selectionReadingNameSchema.options).toEqual(['ruled', 'documents']);
    expect(selectionReadings).toEqual({
      ruled: {
        relaxation: 'half',
        hurst: 'corrected',
        hurst_component: 'distance',
        entropy_normaliser: 'patterns',
        entropy_band: 'record',
        features_on: 'directional',
        clusters_on: 'directional',
        quota_per: 'cluster',
        quota_floor: 'top_n',
        component_map: 'fixed',
        absent_component: 'leave_out',
        veto_share: 'unlifted',
      },
      documents: {
        relaxation: 'origin',
        hurst: 'rs',
        hurst_component: 'clean',
        entropy_normaliser: 'patterns',
        entropy_band: 'veto',
        features_on: 'raw',
        clusters_on: 'raw',
        quota_per: 'side',
        quota_floor: 'max5',
        component_map: 'by_data',
        absent_component: 'half',
        veto_share: 'strict',
      },
    });
  });

  test('differ in choices, each named by its rule', () => {
    expect(choice.options).toEqual([
      'relaxation=half',
      'relaxation=origin',
      'hurst=corrected',
      'hurst=rs',
      'hurst_component=distance',
      'hurst_component=clean',
      'entropy_normaliser=patterns',
      'entropy_normaliser=reachable',
      'entropy_band=record',
      'entropy_band=veto',
      'features_on=directional',
      'features_on=raw',
      'clusters_on=directional',
      'clusters_on=raw',
      'quota_per=cluster',
      'quota_per=side',
      'quota_floor=top_n',
      'quota_floor=max5',
      'component_map=fixed',
      'component_map=by_data',
      'absent_component=leave_out',
      'absent_component=half',
      'veto_share=unlifted',
      'veto_share=strict',
    ]);
    expect(selectionChoiceSchema.safeParse('hurst=other').success).toBe(false);
    expect(readingOf('ruled', ['hurst=rs', 'veto_share=strict'])).toEqual({
      ...selectionReadings.ruled,
      hurst: 'rs',
      veto_share: 'strict',
    });
    expect(readingOf('documents', [])).toEqual(selectionReadings.documents);
  });
});

describe('the settings', () => {
  test('may have every value at the end of its range', () => {
    expect(isSound({})).toBe(true);
    expect(
      isSound({
        veto_share_max: 1,
        entropy_acceptance: [0, 1],
        efficiency_min: 1,
        correlation_shrinkage: 0,
        min_score_rank: 1,
        entropy_max: 7,
        cluster_lookbacks: [],
        require: requirableSchema.options,
        reading: selectionReadings.documents,
      }),
    ).toBe(true);
    expect(selectionModes.map((mode) => isSound({ mode }))).toEqual([true, true, true]);
    expect(selectionModes).toEqual(['v3', 'v3.2', 'v4']);
    expect(requirableSchema.options).toEqual([
      'survival',
      'liquidity',
      'adx',
      'recommend_all',
      'recommend_ma',
      'efficiency',
      'hurst',
      'entropy',
      'antifragility',
      'skew',
      'kurtosis',
      'cvar',
      'metadata',
    ]);
  });

  test.each([
    { mode: 'v5' },
    { strategy: '' },
    { top_n: 0 },
    { top_n: 1.5 },
    { min_winners: 0 },
    { veto_share_max: -0.01 },
    { veto_share_max: 1.01 },
    { entropy_max: -0.01 },
    { entropy_acceptance: [0] },
    { entropy_acceptance: [-0.1, 1] },
    { efficiency_min: 1.01 },
    { hurst_random_walk: [0, 1.01] },
    { correlation_shrinkage: -0.1 },
    { cluster_lookbacks: [0] },
    { min_score_rank: 1.1 },
    { require: ['luck'] },
    { reading: {} },
    { more: 1 },
  ])('may not have %j', (change) => {
    expect(isSound(change)).toBe(false);
  });
});

describe('metadata', () => {
  const file = 'metadata.json';
  test.each([
    [{}, '$', 'a list with an object for each symbol is expected'],
    [['x'], '[0]', 'an object with a symbol is expected'],
    [[null], '[0]', 'an object with a symbol is expected'],
    [[[]], '[0]', 'an object with a symbol is expected'],
    [[{ symbol: 'A:A' }, { symbol: 7 }], '[1]', 'an object with a symbol is expected'],
    [[{ symbol: 'GLD' }], '[0].symbol', 'GLD names no exchange'],
    [[{ symbol: 'A:A' }, { symbol: 'A:A' }], '[1].symbol', 'A:A appears twice'],
  ])('%j is refused at %s', (content, path, why) => {
    const { code, message, at } = refusalOf(() => readMetadata(content, file));
    expect({ code, message, at }).toEqual({ code: 'SupplyFileInvalid', message: `${file}, ${path}: ${why}`, at: { file, path } });
  });

  test.each([
    [{ tick_size: 0 }, '[0].tick_size'],
    [{ lot_size: 'x' }, '[0].lot_size'],
    [{ more: 1 }, '[0]'],
  ])('with %j is refused at %s', (fields, path) => {
    const { message, at } = refusalOf(() => readMetadata([{ symbol: 'A:A', ...fields }], file));
    expect(at).toEqual({ file, path });
    expect(message.startsWith(`${file}, ${path}: `)).toBe(true);
    expect(message.length).toBeGreaterThan(`${file}, ${path}: `.length);
  });

  test('is read by symbol', () => {
    const gold = { identity: 'gold', tick_size: 0.01, lot_size: 1, price_precision: 0 };
    expect(readMetadata([{ symbol: 'AMEX:GLD', ...gold }, { symbol: 'AMEX:SLV' }], file)).toEqual({ 'AMEX:GLD': gold, 'AMEX:SLV': {} });
    expect(metadataColumns).toEqual(['identity', 'tick_size', 'lot_size', 'price_precision']);
    expect(readMetadata([], file)).toEqual({});
  });

  test.each([{ identity: '' }, { tick_size: -1 }, { lot_size: 0 }, { price_precision: -1 }])('of a symbol are not %j', (fields) => {
    expect(symbolMetadataSchema.safeParse(fields).success).toBe(false);
  });
});
