import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { combineBounds, feasibility, type Guardrail } from '../../../domain/manifest/bounds.ts';
import { assertCurrencies } from '../../../domain/manifest/currency.ts';
import { atomicSleeves, boundsFor, resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { metaNodeSchema } from '../../../domain/manifest/resolved-meta-schema.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { canonicalJson, type Json } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';

const read = (name: string): string => readFileSync(new URL(`../../golden/manifest/${name}`, import.meta.url), 'utf8');
const v10 = parseManifest(read('v1.0.json'));
const v14 = parseManifest(read('v1.4.json'));
const threeSleeves = [
  { id: 'x', profile: 'a' },
  { id: 'y', profile: 'a' },
  { id: 'z', profile: 'a' },
];
const metaOf = (meta: object) => parseManifest(JSON.stringify({ profiles: { a: {}, m: { sleeves: threeSleeves, ...meta } } }));
const refusal = (step: () => unknown): LedgerError => {
  try {
    step();
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};
const guardrails = (min: Guardrail, max: Guardrail) => ({ min_weight: min, max_weight: max });
const sleeve = (id: string, currency: string, treatment: 'hedged' | 'converted' | null = null) => ({ path: [id], currency, treatment });

describe('a meta portfolio', () => {
  test('the short form gets every default, with provenance', () => {
    const node = resolveMeta(v14, 'meta_production');
    expect(node.allocation).toEqual({
      engine: 'custom',
      profile: 'hrp',
      min_weight: 0.05,
      max_weight: 0.5,
      join: 'compound',
      projection: 'euclidean',
      max_staleness_sessions: 5,
      allow_proxy: {},
    });
    expect(node.provenance['meta_allocation.profile']).toEqual({
      layer: 'profile',
      at: 'profiles.meta_production.meta_allocation.profile',
    });
    expect(node.provenance['meta_allocation.min_weight']).toEqual({ layer: 'code', at: null });
    expect(node.acceptance).toEqual({ concentration_warn: 0.15, concentration_fail: 0.25 });
    expect(node.parity).toEqual({ mandate: 'warn', exceptions: [] });
    expect(node.blocks.backtest.profiles).toHaveLength(8);
  });

  test('sleeves keep their order, the profile asked for and the one it stands for', () => {
    const { sleeves } = resolveMeta(v14, 'meta_benchmark');
    expect(sleeves).toMatchObject([
      {
        id: 'long_all',
        kind: 'atomic',
        requested: 'production',
        profile: 'production_2026_q1',
        runId: 'binance_spot_rating_all_long_20260128-192250',
        weightLimit: null,
      },
      { id: 'short_all', kind: 'atomic', profile: 'crypto_production' },
    ]);
  });

  test('a nest is resolved all the way down, with the features of its own level', () => {
    const node = resolveMeta(v14, 'meta_fractal_test');
    expect(atomicSleeves(node).map(({ path }) => path.join('/'))).toEqual([
      'crypto_branch/long_all',
      'crypto_branch/short_all',
      'tradfi_sleeve',
    ]);
    const [branch] = node.sleeves;
    expect(branch).toMatchObject({
      kind: 'nested',
      meta: { depth: 1, allocation: { max_weight: 0.95 }, blocks: { features: { feat_directional_sign_test_gate: true } } },
    });
    expect(node.blocks.features.feat_directional_sign_test_gate).toBe(false);
  });

  test.each(['meta_production', 'meta_benchmark', 'meta_fractal_test'])('%s is plain JSON of the recorded shape', (name) => {
    const node = resolveMeta(v14, name);
    expect(metaNodeSchema.parse(JSON.parse(canonicalJson(node)))).toEqual(node);
  });
});

describe('settings from outside', () => {
  test('a bound is set for a counterfactual, and says so', () => {
    const node = resolveMeta(v14, 'meta_production', { overrides: { 'meta_allocation.max_weight': 0.6 } });
    expect(node.allocation.max_weight).toBe(0.6);
    expect(node.provenance['meta_allocation.max_weight']).toEqual({ layer: 'cli', at: 'meta_allocation.max_weight' });
    expect(boundsFor(node)[0]).toMatchObject({ upper: 0.6, upperFrom: 'cli meta_allocation.max_weight' });
    expect(resolveMeta(v14, 'meta_production').allocation.max_weight).toBe(0.5);
  });

  test('a sleeve is addressed by its id, a block by its name', () => {
    const node = resolveMeta(v14, 'meta_production', {
      overrides: { 'sleeves.crypto.weight_limit': [0.1, 0.2], 'risk.estimator': 'sample', 'parity.mandate': 'enforce' },
    });
    expect(node.bounds[2]).toMatchObject({ id: 'crypto', lower: 0.1, upper: 0.2, lowerFrom: 'cli weight_limit' });
    expect(node.blocks.risk.estimator).toBe('sample');
    expect(node.provenance['risk.estimator']).toEqual({ layer: 'cli', at: 'risk.estimator' });
    expect(node.parity.mandate).toBe('enforce');
  });

  test.each<[string, Json]>([
    ['meta_allocation.max_wieght', 0.6],
    ['sleeves.nobody.weight_limit', [0, 1]],
    ['meta_allocation.max_weight', 2],
    ['nonsense', 1],
    ['sleeves', 1],
    ['__proto__.x', 1],
  ])('%s = %j is refused', (path, value) => {
    expect(refusal(() => resolveMeta(v14, 'meta_production', { overrides: { [path]: value } })).code).toBe('ManifestInvalid');
  });
});

describe('bounds', () => {
  const byDefault = guardrails({ value: 0.05, layer: 'code' }, { value: 0.5, layer: 'code' });
  const boxOf = (weightLimit: [number, number] | null, rails = byDefault) => combineBounds([{ id: 's', weightLimit }], rails)[0]!;

  test("a sleeve's own limit replaces the default guardrails, on both sides", () => {
    expect(boxOf([0.2, 0.8])).toEqual({
      id: 's',
      lower: 0.2,
      upper: 0.8,
      lowerFrom: 'profile weight_limit',
      upperFrom: 'profile weight_limit',
    });
    expect(boxOf([0, 1])).toMatchObject({ lower: 0, upper: 1 });
    expect(boxOf(null)).toEqual({
      id: 's',
      lower: 0.05,
      upper: 0.5,
      lowerFrom: 'code meta_allocation.min_weight',
      upperFrom: 'code meta_allocation.max_weight',
    });
  });

  test('written guardrails are intersected with it, side by side', () => {
    const mixed = guardrails({ value: 0.05, layer: 'code' }, { value: 0.4, layer: 'profile' });
    expect(boxOf([0, 0.8], mixed)).toEqual({
      id: 's',
      lower: 0,
      upper: 0.4,
      lowerFrom: 'profile weight_limit',
      upperFrom: 'profile meta_allocation.max_weight',
    });
    expect(boxOf([0.1, 0.3], mixed)).toMatchObject({ lower: 0.1, upper: 0.3, upperFrom: 'profile weight_limit' });
  });

  test("null switches a bound off, and the sleeve's limit then stands alone", () => {
    const off = guardrails({ value: null, layer: 'profile' }, { value: null, layer: 'profile' });
    expect(boxOf(null, off)).toEqual({
      id: 's',
      lower: 0,
      upper: 1,
      lowerFrom: 'off (profile meta_allocation.min_weight)',
      upperFrom: 'off (profile meta_allocation.max_weight)',
    });
    expect(boxOf([0.2, 0.8], off)).toMatchObject({ lower: 0.2, upper: 0.8 });
  });

  test('an empty intersection is refused, showing both', () => {
    const error = refusal(() => boxOf([0.6, 0.8], guardrails({ value: 0.05, layer: 'profile' }, { value: 0.5, layer: 'profile' })));
    expect(error).toMatchObject({ code: 'BoundsInfeasible', at: { path: 'sleeves[0].weight_limit' } });
    expect(error.message).toContain('[0.6, 0.8]');
    expect(error.message).toContain('[0.05, 0.5]');
  });

  test('the example of the first specification gives its own limits', () => {
    expect(boundsFor(resolveMeta(v10, 'meta_production')).map(({ lower, upper }) => [lower, upper])).toEqual([
      [0.2, 0.8],
      [0.2, 0.6],
    ]);
  });

  test.each<[string, [number, number][], string]>([
    [
      'two sleeves at one half',
      [
        [0.05, 0.5],
        [0.05, 0.5],
      ],
      'determined',
    ],
    [
      'three sleeves at .4',
      [
        [0.4, 1],
        [0.4, 1],
        [0.4, 1],
      ],
      'infeasible',
    ],
    ['one sleeve at one half', [[0, 0.5]], 'infeasible'],
    [
      'four sleeves at .25',
      [
        [0.25, 0.5],
        [0.25, 0.5],
        [0.25, 0.5],
        [0.25, 0.5],
      ],
      'determined',
    ],
    [
      'three sleeves of the guardrails',
      [
        [0.05, 0.5],
        [0.05, 0.5],
        [0.05, 0.5],
      ],
      'feasible',
    ],
    ['ten sleeves at .1, whose sum is not quite one', Array.from({ length: 10 }, (): [number, number] => [0.1, 1]), 'determined'],
  ])('%s', (_, boxes, status) => {
    const bounds = boxes.map(([lower, upper], index) => ({ id: `s${index}`, lower, upper, lowerFrom: '', upperFrom: '' }));
    expect(feasibility(bounds).status).toBe(status);
  });

  test('a written bound of null reaches the box', () => {
    expect(boundsFor(resolveMeta(metaOf({ meta_allocation: { min_weight: null } }), 'm'))[0]).toMatchObject({ lower: 0, upper: 0.5 });
  });
});

describe('currency', () => {
  test('one currency throughout passes, whichever it is', () => {
    expect(() => assertCurrencies('USD', [sleeve('a', 'EUR'), sleeve('b', 'EUR')])).not.toThrow();
  });

  test('a mix is refused, naming the sleeves that declare nothing', () => {
    const error = refusal(() => assertCurrencies('USD', [sleeve('a', 'USD'), sleeve('b', 'EUR'), sleeve('c', 'CHF', 'hedged')]));
    expect(error.code).toBe('CurrencyMixed');
    expect(error.message).toContain('b (EUR)');
    expect(error.message).not.toContain('c (CHF)');
  });

  test.each(['hedged', 'converted'] as const)('a mix declared %s passes', (treatment) => {
    expect(() => assertCurrencies('USD', [sleeve('a', 'USD'), sleeve('b', 'EUR', treatment)])).not.toThrow();
  });
});

describe('a resolved portfolio', () => {
  const manifest = parseManifest(
    JSON.stringify({
      profiles: {
        a: { currency: 'EUR' },
        b: 'a',
        inner: { sleeves: [{ id: 'x', profile: 'b', run_id: 'r1' }, ...threeSleeves.slice(1)] },
        m: {
          description: 'all',
          currency: 'CHF',
          sleeves: [
            { id: 'n', meta_profile: 'also', description: 'nested', weight_limit: [0.1, 0.4] },
            { id: 'x', profile: 'a' },
          ],
          meta_allocation: { max_weight: 0.9 },
          parity: { mandate: 'enforce' },
        },
        also: 'inner',
      },
    }),
  );

  test('says of each portfolio how deep it is, what it was asked for as, and what it is called', () => {
    for (const outside of [{}, { overrides: {} }, { overrides: { 'risk.ridge': 0.5 } }]) {
      const { requested, profile, aliases, depth, description, currency, parity, acceptance, sleeves, bounds } = resolveMeta(
        manifest,
        'm',
        outside,
      );
      expect({ requested, profile, aliases, depth, description, currency, parity, acceptance, bounds }).toEqual({
        requested: 'm',
        profile: 'm',
        aliases: [],
        depth: 0,
        description: 'all',
        currency: 'CHF',
        parity: { mandate: 'enforce', exceptions: [] },
        acceptance: { concentration_warn: 0.15, concentration_fail: 0.25 },
        bounds: [
          { id: 'n', lower: 0.1, upper: 0.4, lowerFrom: 'profile weight_limit', upperFrom: 'profile weight_limit' },
          {
            id: 'x',
            lower: 0.05,
            upper: 0.9,
            lowerFrom: 'code meta_allocation.min_weight',
            upperFrom: 'profile meta_allocation.max_weight',
          },
        ],
      });
      const [nested, atomic] = sleeves;
      expect(nested).toMatchObject({
        id: 'n',
        kind: 'nested',
        description: 'nested',
        weightLimit: [0.1, 0.4],
        meta: { requested: 'also', profile: 'inner', aliases: ['also'], depth: 1, description: null, currency: 'USD' },
      });
      expect(atomic).toMatchObject({
        id: 'x',
        kind: 'atomic',
        description: null,
        weightLimit: null,
        requested: 'a',
        profile: 'a',
        runId: null,
      });
    }
  });

  test('has every sleeve below it by its way, depth first, with the run that it is pinned to', () => {
    expect(
      atomicSleeves(resolveMeta(manifest, 'm')).map(({ path, sleeve: { requested, profile, runId } }) => [path, requested, profile, runId]),
    ).toEqual([
      [['n', 'x'], 'b', 'a', 'r1'],
      [['n', 'y'], 'a', 'a', null],
      [['n', 'z'], 'a', 'a', null],
      [['x'], 'a', 'a', null],
    ]);
  });

  test('says where each leaf comes from: the code, the profile, or outside', () => {
    const { provenance } = resolveMeta(manifest, 'm', { overrides: { 'acceptance.concentration_warn': 0.2 } });
    const of = (section: string) => Object.fromEntries(Object.entries(provenance).filter(([path]) => path.startsWith(`${section}.`)));
    expect([of('acceptance'), of('parity')]).toEqual([
      {
        'acceptance.concentration_warn': { layer: 'cli', at: 'acceptance.concentration_warn' },
        'acceptance.concentration_fail': { layer: 'code', at: null },
      },
      {
        'parity.mandate': { layer: 'profile', at: 'profiles.m.parity.mandate' },
        'parity.exceptions': { layer: 'code', at: null },
      },
    ]);
    expect(Object.keys(provenance)).toEqual(Object.keys(provenance).toSorted());
  });
});

const manifestOf = (profiles: object) =>
  JSON.parse(JSON.stringify({ profiles: { a: {}, ...profiles } })) as Parameters<typeof resolveMeta>[0];
const nested = (...names: readonly string[]) => ({
  sleeves: [...threeSleeves, ...names.map((name) => ({ id: name, meta_profile: name }))],
});
const ways = (name: string, count: number) => ({
  sleeves: Array.from({ length: count }, (_, index) => ({ id: `n${index}`, meta_profile: name })),
  meta_allocation: { min_weight: null },
});

describe('a nest that is refused', () => {
  test('holds itself: the way round is told from its least name', () => {
    const { code, message, evidence, at } = refusal(() =>
      resolveMeta(manifestOf({ q: nested('p'), p: nested('q'), top: nested('q') }), 'top'),
    );
    expect({ code, message, evidence, at }).toEqual({
      code: 'PortfolioNestInvalid',
      message: 'Meta portfolios contain one another: p -> q -> p.',
      evidence: { cycle: ['p', 'q', 'p'], way: ['top', 'q', 'p', 'q'] },
      at: { path: 'profiles.p.sleeves' },
    });
  });

  test('is deeper than is allowed: the way down is told, at the last that may hold others', () => {
    const chain = Object.fromEntries(
      [0, 1, 2, 3, 4].map((level) => [`m${level}`, level === 4 ? { sleeves: threeSleeves } : nested(`m${level + 1}`)]),
    );
    const way = ['m0', 'm1', 'm2', 'm3', 'm4'];
    const { code, message, evidence, at } = refusal(() => resolveMeta(manifestOf(chain), 'm0'));
    expect({ code, message, evidence, at }).toEqual({
      code: 'PortfolioNestInvalid',
      message: 'Meta portfolios nest deeper than 3: m0 -> m1 -> m2 -> m3 -> m4.',
      evidence: { way, depth: 4, depthMax: 3 },
      at: { path: 'profiles.m3.sleeves' },
    });
    expect(resolveMeta(manifestOf(chain), 'm1').depth).toBe(0);
  });

  test('holds more sleeves than are allowed, each counted on every way to it', () => {
    const manifest = manifestOf({
      pair: { sleeves: threeSleeves.slice(0, 2) },
      ten: ways('pair', 25),
      many: ways('ten', 21),
      most: ways('ten', 20),
    });
    const { code, message, evidence, at } = refusal(() => resolveMeta(manifest, 'many'));
    expect({ code, message, evidence, at }).toEqual({
      code: 'PortfolioNestInvalid',
      message: 'many holds 1050 sleeves, each counted on every way to it; at most 1000 are allowed.',
      evidence: { paths: 1050, pathsMax: 1000 },
      at: { path: 'profiles.many.sleeves' },
    });
    expect(atomicSleeves(resolveMeta(manifest, 'most'))).toHaveLength(1000);
  });
});
