import { describe, expect, test } from '@jest/globals';
import { overrideMeta } from '../../../domain/manifest/meta-overrides.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { type MetaProfile, metaProfileSchema } from '../../../domain/manifest/schema.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { refusalOf } from '../../support/refusal.ts';

const meta: MetaProfile = metaProfileSchema.parse({
  description: 'd',
  sleeves: [
    { id: 'x', profile: 'a' },
    { id: 'y', profile: 'a', weight_limit: [0, 0.5] },
  ],
  meta_allocation: { profile: 'hrp', max_weight: 0.6 },
  backtest: { train_window: 60 },
});
const refused = (path: string, message: string) => [{ code: 'ManifestInvalid', path, message, line: null }];
const wholeSleeve = (path: string) => `${path} is a whole sleeve: only its members can be set, such as ${path}.weight_limit.`;

describe('a sleeve as a whole', () => {
  test.each([1, null, [0, 1], { weight_limit: [0, 1] }])('set to %j is refused, as it would change nothing', (value) => {
    expect(overrideMeta(meta, { 'sleeves.x': value })).toEqual(refused('sleeves.x', wholeSleeve('sleeves.x')));
  });

  test('is refused with its place when a portfolio is resolved', () => {
    const manifest = parseManifest(JSON.stringify({ profiles: { a: {}, m: meta } }));
    const [problem] = refused('sleeves.x', wholeSleeve('sleeves.x'));
    expect(refusalOf(() => resolveMeta(manifest, 'm', { overrides: { 'sleeves.x': 1 } }))).toMatchObject({
      code: 'ManifestInvalid',
      message: problem!.message,
      at: { path: 'sleeves.x' },
      evidence: { problems: [problem] },
    });
  });
});

describe('settings of a portfolio', () => {
  test('are set where they stand, and those of blocks are handed on', () => {
    const settings = {
      'sleeves.x.weight_limit': [0.1, 0.2],
      'sleeves.y.description': 'second',
      'meta_allocation.max_weight': 0.7,
      'parity.mandate': 'warn',
      'backtest.train_window': 90,
      'risk.hrp.linkage': 'single',
      currency: 'EUR',
    };
    expect(overrideMeta(meta, settings)).toEqual({
      profile: {
        ...meta,
        sleeves: [
          { id: 'x', profile: 'a', weight_limit: [0.1, 0.2] },
          { id: 'y', profile: 'a', description: 'second', weight_limit: [0, 0.5] },
        ],
        meta_allocation: { profile: 'hrp', max_weight: 0.7 },
        parity: { mandate: 'warn' },
        currency: 'EUR',
      },
      paths: new Set(['sleeves.x.weight_limit', 'sleeves.y.description', 'meta_allocation.max_weight', 'parity.mandate', 'currency']),
      blockSettings: { 'backtest.train_window': 90, 'risk.hrp.linkage': 'single' },
    });
    expect(meta.meta_allocation).toEqual({ profile: 'hrp', max_weight: 0.6 });
  });

  test('that are of blocks alone, or none, leave the profile as it is', () => {
    expect(overrideMeta(meta, { 'tournament.x': 1 })).toEqual({ profile: meta, paths: new Set(), blockSettings: { 'tournament.x': 1 } });
    expect(overrideMeta(meta, {})).toEqual({ profile: meta, paths: new Set(), blockSettings: {} });
  });

  test('may replace all sleeves', () => {
    const sleeves = [{ id: 'z', profile: 'b' }];
    expect(overrideMeta(meta, { sleeves })).toEqual({ profile: { ...meta, sleeves }, paths: new Set(['sleeves']), blockSettings: {} });
  });

  test.each<[string, string, Parameters<typeof overrideMeta>[1][string], string, string?]>([
    ['an empty name', '', 1, ' is not a setting.'],
    ['an empty part', 'parity..mandate', 'warn', 'parity..mandate is not a setting.'],
    ['an empty end', 'parity.', 'warn', 'parity. is not a setting.'],
    ['a prototype within', 'parity.__proto__.x', 1, 'parity.__proto__.x is not a setting.'],
    ['a prototype at the end', 'parity.__proto__', {}, 'parity.__proto__ is not a setting.'],
    ['a sleeve that is not there', 'sleeves.q.weight_limit', [0, 1], 'sleeves.q.weight_limit: the meta portfolio has no sleeve q.'],
    ['a whole sleeve that is not there', 'sleeves.q', [0, 1], 'sleeves.q: the meta portfolio has no sleeve q.'],
    ['a name that every object has', 'sleeves.toString.x', 1, 'sleeves.toString.x: the meta portfolio has no sleeve toString.'],
    ['a member of a text', 'description.x', 1, 'description.x stands inside a value that has no members.'],
    ['a member of a list', 'sleeves.y.weight_limit.lo', 0, 'sleeves.y.weight_limit.lo stands inside a value that has no members.'],
    [
      'an unknown key',
      'nonsense',
      1,
      'nonsense is not known; there are description, currency, sleeves, meta_allocation, parity, acceptance, publication, data and 6 more.',
    ],
    ['a misspelt key', 'parityy.mandate', 'warn', 'parityy is not known: did you mean parity?', 'parityy'],
    [
      'an unknown key of a sleeve',
      'sleeves.y.weight_limits',
      [0, 1],
      'sleeves[1].weight_limits is not known: did you mean weight_limit?',
      'sleeves[1].weight_limits',
    ],
    ['a value that the schema refuses', 'parity.mandate', 'never', 'parity.mandate must be one of enforce, warn.'],
  ])('with %s are refused', (_, path, value, message, at = path) => {
    expect(overrideMeta(meta, { [path]: value })).toEqual(refused(at, message));
  });

  test.each([1, [null], { x: 1 }])('of a sleeve are refused where the sleeves were set to %j before', (sleeves) => {
    expect(overrideMeta(meta, { sleeves, 'sleeves.x.weight_limit': [0, 1] })).toEqual(
      refused('sleeves.x.weight_limit', 'sleeves.x.weight_limit: the meta portfolio has no sleeve x.'),
    );
  });

  test('are told of at the first that is refused', () => {
    expect(overrideMeta(meta, { 'parity.mandate': 'warn', 'sleeves.q.x': 1, 'sleeves.x': 1 })).toEqual(
      refused('sleeves.q.x', 'sleeves.q.x: the meta portfolio has no sleeve q.'),
    );
  });
});
