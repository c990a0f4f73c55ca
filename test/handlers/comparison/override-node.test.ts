/** A recorded portfolio with other settings, whole: what was set is changed and says who set it, and all else is as it was. */
import { describe, expect, test } from '@jest/globals';
import type { MetaNode } from '../../../domain/manifest/resolved-meta-schema.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { overrideNode, settablePaths, withoutSleeves } from '../../../handlers/comparison/override-node.ts';
import { type LooseManifest, smallManifest } from '../../support/small-market.ts';
import { refusalOf } from '../../support/refusal.ts';

const nodeOf = (meta: string, change?: (manifest: LooseManifest) => void): MetaNode =>
  resolveMeta(parseManifest(smallManifest(change), 'small.json'), meta);
const whole = nodeOf('whole');
const nested = nodeOf('nested');
const byCommand = (path: string) => ({ [path]: { layer: 'cli', at: path } });

const everywhere = [
  'meta_allocation.min_weight',
  'meta_allocation.max_weight',
  'meta_allocation.join',
  'meta_allocation.projection',
  'risk.estimator',
  'risk.hrp.distance',
  'risk.hrp.linkage',
  'risk.hrp.leaf_order',
  'risk.aggressor_fraction',
  'risk.ridge',
  'features.default_shrinkage_intensity',
];
const rootOnly = [
  'meta_allocation.profile',
  'meta_allocation.allow_proxy',
  'meta_allocation.max_staleness_sessions',
  'parity.mandate',
  'parity.exceptions',
  'acceptance.concentration_warn',
  'acceptance.concentration_fail',
];

test('settings of the portfolio, of its sleeves and of portfolios below can be set; what only the root decides, at the root alone', () => {
  expect(settablePaths(whole)).toEqual([
    ...rootOnly,
    ...everywhere,
    'sleeves.stocks.weight_limit',
    'sleeves.funds.weight_limit',
    'sleeves.coins.weight_limit',
  ]);
  expect(settablePaths(nested)).toEqual([
    ...rootOnly,
    ...everywhere,
    ...['weight_limit', ...everywhere, 'sleeves.stocks.weight_limit', 'sleeves.funds.weight_limit'].map((path) => `sleeves.listed.${path}`),
    'sleeves.coins.weight_limit',
  ]);
});

describe('a portfolio with other settings', () => {
  test.each([whole, nested])('is what it was where nothing is set', (node) => {
    expect(overrideNode(node, {})).toEqual(node);
  });

  test('has its bounds combined again, and they say that the command set them', () => {
    const path = 'meta_allocation.max_weight';
    expect(overrideNode(whole, { [path]: 0.5 })).toEqual({
      ...whole,
      allocation: { ...whole.allocation, max_weight: 0.5 },
      provenance: { ...whole.provenance, ...byCommand(path) },
      bounds: whole.bounds.map((bound) => ({ ...bound, upper: 0.5, upperFrom: 'cli meta_allocation.max_weight' })),
    });
  });

  test('takes the limit of one sleeve, inside the guardrails that were written', () => {
    const path = 'sleeves.funds.weight_limit';
    expect(overrideNode(whole, { [path]: [0.1, 0.9] })).toEqual({
      ...whole,
      provenance: { ...whole.provenance, ...byCommand(path) },
      sleeves: whole.sleeves.map((sleeve) => (sleeve.id === 'funds' ? { ...sleeve, weightLimit: [0.1, 0.9] } : sleeve)),
      bounds: whole.bounds.map((bound) => (bound.id === 'funds' ? { ...bound, lower: 0.1, lowerFrom: 'cli weight_limit' } : bound)),
    });
  });

  test('keeps a limit that its definition gave, and who gave it, where something else is set', () => {
    const limited = nodeOf('whole', ({ profiles }) => {
      (profiles['whole']!['sleeves'] as Record<string, unknown>[])[1]!['weight_limit'] = [0.1, 0.3];
    });
    expect(limited.bounds[1]).toMatchObject({ id: 'funds', lower: 0.1, upper: 0.3, lowerFrom: 'profile weight_limit' });
    const changed = overrideNode(limited, { 'meta_allocation.join': 'drop' });
    expect(changed.bounds).toEqual(limited.bounds);
    expect(changed.sleeves).toEqual(limited.sleeves);
    expect(changed.allocation).toEqual({ ...limited.allocation, join: 'drop' });
  });

  test('hands what is set below down, and only there', () => {
    const max = 'sleeves.listed.meta_allocation.max_weight';
    const limit = 'sleeves.listed.sleeves.funds.weight_limit';
    const changed = overrideNode(nested, { [max]: 0.7, [limit]: [0.2, 0.6] });
    const [listed, coins] = nested.sleeves;
    const inside = (listed as Extract<typeof listed, { kind: 'nested' }>).meta;
    expect(changed).toEqual({
      ...nested,
      sleeves: [
        {
          ...listed,
          meta: {
            ...inside,
            allocation: { ...inside.allocation, max_weight: 0.7 },
            provenance: { ...inside.provenance, ...byCommand('meta_allocation.max_weight'), ...byCommand('sleeves.funds.weight_limit') },
            sleeves: inside.sleeves.map((sleeve) => (sleeve.id === 'funds' ? { ...sleeve, weightLimit: [0.2, 0.6] } : sleeve)),
            bounds: inside.bounds.map((bound) =>
              bound.id === 'funds'
                ? { ...bound, lower: 0.2, upper: 0.6, lowerFrom: 'cli weight_limit', upperFrom: 'cli weight_limit' }
                : { ...bound, upper: 0.7, upperFrom: 'cli meta_allocation.max_weight' },
            ),
          },
        },
        coins,
      ],
    });
  });

  test('takes the limit of a portfolio below as its own setting', () => {
    const path = 'sleeves.listed.weight_limit';
    const changed = overrideNode(nested, { [path]: [0.3, 0.5] });
    expect(changed.sleeves[0]).toEqual({ ...nested.sleeves[0], weightLimit: [0.3, 0.5] });
    expect(changed.bounds[0]).toEqual({
      id: 'listed',
      lower: 0.3,
      upper: 0.5,
      lowerFrom: 'cli weight_limit',
      upperFrom: 'cli weight_limit',
    });
    expect(changed.bounds[1]).toEqual(nested.bounds[1]);
  });

  test('takes a setting of its blocks, and leaves the blocks of sleeves and of portfolios below alone', () => {
    const changed = overrideNode(nested, { 'risk.hrp.linkage': 'single', 'risk.ridge': 0.01 });
    expect(changed).toEqual({
      ...nested,
      blocks: { ...nested.blocks, risk: { ...nested.blocks.risk, ridge: 0.01, hrp: { ...nested.blocks.risk.hrp, linkage: 'single' } } },
      provenance: { ...nested.provenance, ...byCommand('risk.hrp.linkage'), ...byCommand('risk.ridge') },
    });
    expect(Object.keys(changed.provenance)).toEqual(Object.keys(changed.provenance).toSorted());
  });

  test('takes its mandate, its exceptions and what it accepts', () => {
    const exceptions = [{ sleeve: 'coins', path: 'backtest.test_window', value: 10, rationale: 'coins trade at night' }];
    const changed = overrideNode(whole, {
      'parity.exceptions': exceptions,
      'acceptance.concentration_warn': 0.1,
      'acceptance.concentration_fail': 0.2,
    });
    expect(changed.parity.mandate).toBe(whole.parity.mandate);
    expect(changed.parity.exceptions).toEqual([expect.objectContaining(exceptions[0]!)]);
    expect(changed.acceptance).toEqual({ concentration_warn: 0.1, concentration_fail: 0.2 });
    expect(changed.bounds).toEqual(whole.bounds);
  });
});

describe('a setting is refused', () => {
  test.each([
    ['meta_allocation.max_wieght', whole, 'no such setting of a recorded portfolio: did you mean meta_allocation.max_weight?'],
    ['sleeves.listed.meta_allocation.profile', nested, 'no such setting of a recorded portfolio: did you mean '],
    ['sleeves.gold.weight_limit', whole, 'no such setting of a recorded portfolio: did you mean '],
  ])('%s, where there is none', (path, node, why) => {
    const error = refusalOf(() => overrideNode(node, { [path]: 0.5 }));
    expect(error).toMatchObject({ code: 'Usage', at: { path } });
    expect(error.message).toContain(`--set ${path}: ${why}`);
    expect(error.evidence).toEqual({ known: settablePaths(node) });
  });

  test.each([
    ['meta_allocation.max_weight', 'much'],
    ['sleeves.funds.weight_limit', [0.9]],
    ['risk.estimator', 'oas'],
    ['parity.exceptions', [{ sleeve: 'gold', path: 'backtest.test_window', value: 10, rationale: 'none such' }]],
  ] as readonly (readonly [string, Json])[])(
    '%s, where its value is none: with the first problem, and all of them as evidence',
    (path, value) => {
      const error = refusalOf(() => overrideNode(whole, { [path]: value }));
      const [first] = error.evidence['problems'] as readonly { readonly path: string; readonly message: string }[];
      expect(error).toMatchObject({ code: 'Usage', message: `--set ${first!.path}: ${first!.message}`, at: { path: first!.path } });
      expect(first!.path.startsWith(path.split('.')[0]!)).toBe(true);
    },
  );

  test('where the bounds would leave nothing', () => {
    expect(refusalOf(() => overrideNode(whole, { 'sleeves.funds.weight_limit': [0.7, 0.9] }))).toMatchObject({
      code: 'BoundsInfeasible',
      at: { path: 'profiles.whole.sleeves[1].weight_limit' },
    });
  });
});

describe('a portfolio without some of its sleeves', () => {
  test('has neither them nor their bounds', () => {
    expect(withoutSleeves(whole, ['funds'])).toEqual({
      ...whole,
      sleeves: [whole.sleeves[0], whole.sleeves[2]],
      bounds: [whole.bounds[0], whole.bounds[2]],
    });
    expect(withoutSleeves(whole, [])).toEqual(whole);
  });

  test('is refused for a sleeve that it does not have, and where none would be left', () => {
    expect(refusalOf(() => withoutSleeves(whole, ['funds', 'coin']))).toMatchObject({
      code: 'Usage',
      message: '--drop-sleeve coin: the portfolio has no such sleeve: did you mean coins?',
      evidence: { ids: ['stocks', 'funds', 'coins'] },
      at: { path: '--drop-sleeve' },
    });
    expect(refusalOf(() => withoutSleeves(whole, ['funds', 'coins', 'stocks']))).toMatchObject({
      code: 'Usage',
      message: '--drop-sleeve would leave no sleeve',
      at: { path: '--drop-sleeve' },
    });
  });
});
