import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { codeDefaults } from '../../../domain/manifest/defaults.ts';
import { assertExecutable } from '../../../domain/manifest/executable.ts';
import { leavesOf } from '../../../domain/manifest/provenance.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { resolvedProfileSchema } from '../../../domain/manifest/resolved-schema.ts';
import { solveParametersOf } from '../../../domain/manifest/solve-parameters.ts';
import { temporalId, type TemporalParameters, temporalParametersOf } from '../../../domain/manifest/temporal-id.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { solveParametersSchema } from '../../../domain/risk/schemas.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';

const read = (name: string): string => readFileSync(new URL(`../../golden/manifest/${name}`, import.meta.url), 'utf8');
const v14 = parseManifest(read('v1.4.json'));
const of = (profile: object, rest: object = {}) => parseManifest(JSON.stringify({ ...rest, profiles: { p: profile } }));
const refusal = (step: () => unknown): LedgerError => {
  try {
    step();
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/** The same value with the members of every object in another order. */
function reordered(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) return value.map((member) => reordered(member, next));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => ({ at: next(), entry: [key, reordered(member, next)] as const }));
  return Object.fromEntries(members.toSorted((left, right) => left.at - right.at).map(({ entry }) => entry));
}

describe('resolution', () => {
  test('an alias leads to its target, and both names are kept', () => {
    expect(resolveProfile(v14, 'production')).toMatchObject({
      requested: 'production',
      profile: 'production_2026_q1',
      aliases: ['production'],
    });
    expect(resolveProfile(v14, 'institutional_etf')).toMatchObject({
      requested: 'institutional_etf',
      profile: 'institutional_etf',
      aliases: [],
    });
  });

  test('the profile beats the defaults, the defaults beat the code, and every leaf says so', () => {
    const { blocks, provenance } = resolveProfile(v14, 'production');
    expect(blocks.backtest).toMatchObject({ train_window: 252, test_window: 5, backtest_slippage: 0.0005, rebalance_mode: 'window' });
    expect(provenance['backtest.test_window']).toEqual({ layer: 'profile', at: 'profiles.production_2026_q1.backtest.test_window' });
    expect(provenance['backtest.backtest_slippage']).toEqual({ layer: 'defaults', at: 'defaults.backtest.backtest_slippage' });
    expect(provenance['backtest.rebalance_mode']).toEqual({ layer: 'code', at: null });
  });

  test('the six layers beat one another in order', () => {
    const layered = of({ selection: { top_n: 4 } }, { defaults: { selection: { top_n: 2 } }, selection: { top_n: 3 } });
    const root = of({}, { defaults: { selection: { top_n: 2 } }, selection: { top_n: 3 } });
    const top = (manifest: typeof layered, outside = {}) => {
      const { blocks, provenance } = resolveProfile(manifest, 'p', outside);
      return [blocks.selection.top_n, provenance['selection.top_n']];
    };
    expect(top(of({}))).toEqual([3, { layer: 'code', at: null }]);
    expect(top(of({}, { defaults: { selection: { top_n: 2 } } }))).toEqual([2, { layer: 'defaults', at: 'defaults.selection.top_n' }]);
    expect(top(root)).toEqual([3, { layer: 'root', at: 'selection.top_n' }]);
    expect(top(layered)).toEqual([4, { layer: 'profile', at: 'profiles.p.selection.top_n' }]);
    expect(top(layered, { environment: { 'selection.top_n': 5 } })).toEqual([5, { layer: 'environment', at: 'selection.top_n' }]);
    expect(top(layered, { environment: { 'selection.top_n': 5 }, overrides: { 'selection.top_n': 6 } })).toEqual([
      6,
      { layer: 'cli', at: 'selection.top_n' },
    ]);
  });

  test.each(['production', 'institutional_etf', 'crypto_production'])(
    '%s: every leaf has a provenance and every provenance a leaf',
    (name) => {
      const resolved = resolveProfile(v14, name);
      const leaves = Object.keys(leavesOf(resolved.blocks)).filter((path) => path !== 'tournament' && path !== 'discovery');
      const recorded = Object.keys(resolved.provenance).filter((path) => path !== 'currency' && path !== 'currency_treatment');
      expect(recorded).toEqual(leaves);
      expect(resolvedProfileSchema.parse(JSON.parse(canonicalJson(resolved)))).toEqual(resolved);
    },
  );

  test("a silent manifest gives the documents' 60/20/20 on 500 days, selection none, and the eight profiles", () => {
    const { blocks, selectionMode } = resolveProfile(of({}), 'p');
    expect(blocks.data.lookback_days).toBe(500);
    expect(blocks.backtest).toMatchObject({
      train_window: 60,
      test_window: 20,
      step_size: 20,
      backtest_slippage: 0.0005,
      backtest_commission: 0.0001,
      benchmark_symbols: ['AMEX:SPY'],
    });
    expect(new Set(blocks.backtest.profiles)).toEqual(
      new Set(['min_variance', 'hrp', 'max_sharpe', 'barbell', 'equal_weight', 'risk_parity', 'market', 'benchmark']),
    );
    expect(selectionMode).toEqual({ value: 'none', path: 'selection.selection_mode', layer: 'code' });
    expect(blocks).toEqual(codeDefaults);
  });

  test('comma-separated lists and arrays are the same, and pipelines are strategies', () => {
    const text = resolveProfile(
      of({ backtest: { profiles: 'hrp, barbell' }, discovery: { pipelines: { x: { scanners: 's' } } } }),
      'p',
    ).blocks;
    const arrays = resolveProfile(
      of({ backtest: { profiles: ['hrp', 'barbell'] }, discovery: { strategies: { x: { scanners: ['s'] } } } }),
      'p',
    ).blocks;
    expect(text).toEqual(arrays);
    expect(text.backtest.profiles).toEqual(['hrp', 'barbell']);
  });

  test("discovery is merged key by key, so a profile's strategies replace the default ones whole", () => {
    const { blocks, provenance } = resolveProfile(v14, 'production');
    expect(Object.keys(blocks.discovery.strategies ?? {})).toEqual(['trend_following']);
    expect(Object.keys(provenance).filter((path) => path.startsWith('discovery.strategies.base'))).toEqual([]);
    expect(resolveProfile(v14, 'institutional_etf').blocks.discovery).toEqual({
      enabled_markets: ['etf', 'america'],
      strategies: { base: { scanners: ['scanners/base'] } },
    });
  });

  test('the parameters of hierarchical risk parity are set one by one', () => {
    const { blocks, provenance } = resolveProfile(of({ risk: { hrp: { linkage: 'single' } } }), 'p');
    expect(blocks.risk.hrp).toEqual({ distance: 'd', linkage: 'single', leaf_order: 'optimal' });
    expect(provenance['risk.hrp.linkage']?.layer).toBe('profile');
    expect(provenance['risk.hrp.leaf_order']?.layer).toBe('code');
    expect(solveParametersSchema.parse(solveParametersOf(blocks, 252))).toMatchObject({
      estimator: 'ledoit_wolf',
      correlationShrinkage: 0.01,
      ridge: 1e-6,
      hrp: { linkage: 'single' },
    });
  });

  test('the result does not depend on the order of keys in the manifest', () => {
    const value: unknown = JSON.parse(read('v1.4.json'));
    const expected = JSON.stringify(resolveProfile(v14, 'crypto_production'));
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const shuffled = reordered(value, () => numbers.next().value as number);
        expect(JSON.stringify(resolveProfile(parseManifest(JSON.stringify(shuffled)), 'crypto_production'))).toBe(expected);
      }),
      { numRuns: 20 },
    );
  });

  test('an outside setting that no schema knows is refused with its path and the nearest name', () => {
    const error = refusal(() => resolveProfile(of({}), 'p', { overrides: { 'backtest.train_windw': 30 } }));
    expect(error).toMatchObject({ code: 'ManifestInvalid', at: { path: 'backtest.train_windw' } });
    expect(error.message).toContain('did you mean train_window?');
  });

  test('an outside setting can contradict the manifest, and is refused as such', () => {
    const error = refusal(() => resolveProfile(of({}), 'p', { overrides: { 'backtest.train_window': 500 } }));
    expect(error).toMatchObject({ code: 'ManifestInvalid', at: { path: 'backtest.train_window' } });
  });

  test('an unknown profile is named with the nearest one', () => {
    const error = refusal(() => resolveProfile(v14, 'crypto_prodution'));
    expect(error).toMatchObject({ code: 'ProfileUnknown', exitStatus: 66 });
    expect(error.message).toContain('did you mean crypto_production?');
  });

  test('a meta profile is not a sleeve, and names of the prototype are not profiles', () => {
    expect(refusal(() => resolveProfile(v14, 'meta_production')).code).toBe('ManifestInvalid');
    expect(refusal(() => resolveProfile(v14, 'constructor')).code).toBe('ProfileUnknown');
  });

  test('what is read and changes nothing is listed with its reason', () => {
    const { notApplied } = resolveProfile(
      of({ selection: { top_n: 9 }, discovery: { enabled_markets: 'etf' }, backtest: { train_window: 30 } }),
      'p',
    );
    expect(notApplied.map(({ path, value }) => [path, value])).toEqual([
      ['discovery.enabled_markets', ['etf']],
      ['risk.cluster_cap', 0.25],
      ['selection.top_n', 9],
    ]);
    expect(notApplied.every(({ why }) => why.length > 10)).toBe(true);
  });

  test('currency defaults to USD, by the code layer', () => {
    expect(resolveProfile(of({}), 'p')).toMatchObject({
      currency: 'USD',
      currencyTreatment: null,
      provenance: { currency: { layer: 'code' } },
    });
    expect(resolveProfile(of({ currency: 'EUR', currency_treatment: 'hedged' }), 'p')).toMatchObject({
      currency: 'EUR',
      currencyTreatment: 'hedged',
      provenance: { currency: { layer: 'profile' } },
    });
  });
});

describe('selection mode', () => {
  test('selection.selection_mode is redirected to the features, with the layer that wrote it', () => {
    const { blocks, selectionMode, provenance, asWritten } = resolveProfile(
      of({ selection: { selection_mode: 'v4' } }, { defaults: { features: { selection_mode: 'v3' } } }),
      'p',
    );
    expect(blocks.features.selection_mode).toBe('v4');
    expect(blocks.selection.selection_mode).toBe('v4');
    expect(selectionMode).toEqual({ value: 'v4', path: 'selection.selection_mode', layer: 'profile' });
    expect(provenance['features.selection_mode']).toEqual({ layer: 'profile', at: 'profiles.p.selection.selection_mode' });
    expect(asWritten).toEqual({ 'features.selection_mode': 'v3' });
  });

  test('a later layer decides, in whichever block it writes', () => {
    expect(
      resolveProfile(of({ features: { selection_mode: 'none' } }, { defaults: { selection: { selection_mode: 'v4' } } }), 'p')
        .selectionMode,
    ).toMatchObject({ value: 'none', layer: 'profile' });
  });

  test('two modes in one layer are refused', () => {
    const error = refusal(() => of({ selection: { selection_mode: 'v4' }, features: { selection_mode: 'v3' } }));
    expect(error).toMatchObject({ code: 'ManifestInvalid', at: { path: 'profiles.p.selection.selection_mode' } });
  });

  test('v3, v3.2, v4 and none are computed; another is refused by name and place', () => {
    for (const mode of ['none', 'v3', 'v3.2', 'v4'])
      expect(() => assertExecutable(resolveProfile(of({ selection: { selection_mode: mode } }), 'p'))).not.toThrow();
    expect(() => assertExecutable(resolveProfile(v14, 'institutional_etf'))).not.toThrow();
    const error = refusal(() => assertExecutable(resolveProfile(of({ selection: { selection_mode: 'v2.1' } }), 'p')));
    expect(error).toMatchObject({ code: 'SelectionModeUnavailable', exitStatus: 2, at: { path: 'profiles.p.selection.selection_mode' } });
    expect(error.message).toContain('"v2.1"');
  });

  test('a mode that features alone decide is refused though selection.selection_mode stands at none', () => {
    const resolved = resolveProfile(of({ features: { selection_mode: 'v2.1' } }), 'p');
    expect(refusal(() => assertExecutable(resolved)).at.path).toBe('profiles.p.features.selection_mode');
  });
});

describe('temporal id', () => {
  const { cases } = JSON.parse(read('temporal-ids.json')) as {
    cases: { parameters: TemporalParameters; canonical: string; temporalId: string }[];
  };

  test.each(cases)('of $canonical is what Python gives', ({ parameters, temporalId: expected }) => {
    expect(temporalId(sha256, parameters)).toBe(expected);
  });

  test('hashes exactly the six parameters, whatever else is passed', () => {
    let seen = '';
    const spy = (bytes: Uint8Array): Uint8Array => {
      seen = new TextDecoder().decode(bytes);
      return sha256(bytes);
    };
    temporalId(spy, { ...temporalParametersOf(resolveProfile(of({}), 'p').blocks), calendar: 'XNYS' } as TemporalParameters);
    expect(seen).toBe(cases[0]!.canonical);
  });
});

const asked = (selectionMode: string, shorts: boolean) => () =>
  resolveProfile(
    of({
      features: { selection_mode: selectionMode, feat_short_direction: shorts },
      backtest: { profiles: 'hrp,market_neutral,raw_pool_ew' },
    }),
    'p',
  ).blocks.backtest.profiles;

describe('market_neutral', () => {
  test('is refused for a sleeve that selects nothing short, at its place', () => {
    const error = refusal(asked('v4', false));
    expect(error.code).toBe('ManifestInvalid');
    expect(error.message).toContain('profiles.p.backtest.profiles: market_neutral needs features.feat_short_direction');
  });

  test('is admitted with shorts, and listed as before where nothing is selected', () => {
    expect(asked('v4', true)()).toEqual(['hrp', 'market_neutral', 'raw_pool_ew']);
    expect(asked('none', false)()).toEqual(['hrp', 'market_neutral', 'raw_pool_ew']);
  });

  test('is among no defaults, as the raw pool is not', () => {
    expect(codeDefaults.backtest.profiles).not.toEqual(expect.arrayContaining(['market_neutral']));
    expect(codeDefaults.backtest.profiles).not.toEqual(expect.arrayContaining(['raw_pool_ew']));
  });
});
