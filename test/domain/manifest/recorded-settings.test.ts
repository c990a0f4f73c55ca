import { describe, expect, test } from '@jest/globals';
import type { LeafTerms } from '../../../domain/manifest/leaf-terms.ts';
import { recordedPortfolio, recordedProfile, statedLeaves, unstatedLeaves } from '../../../domain/manifest/recorded-settings.ts';
import type { ResolvedProfile } from '../../../domain/manifest/resolved-schema.ts';

const added = (leaf: string, neutral: LeafTerms['neutral'][number]['neutral']) => ({ leaf, neutral, since: '9.9.9', why: 'a test' });
/** A release in which settings were renamed in a block and in a portfolio, and others were added. */
const terms: LeafTerms = {
  renamed: { 'risk.shrink': 'risk.ridge', 'meta_allocation.ceiling': 'meta_allocation.max_weight' },
  neutral: [
    added('data.fresh', 7),
    added('risk.hrp.depth', null),
    added('parity.strict', false),
    added('sleeve_run.quiet', true),
    added('meta_run.quiet', true),
    added('sleeves.*.mark', 1),
    added('discovery.strategies.*.mark', 1),
    added('seal', 'none'),
  ],
};
const written = { layer: 'profile', at: 'p' };
const profile = {
  profile: 'a',
  blocks: { data: { lookback_days: 5 }, risk: { ridge: 2, hrp: { linkage: 'ward' } } },
  provenance: { 'risk.ridge': written, 'data.lookback_days': written },
};
const read = {
  profile: 'a',
  blocks: { data: { lookback_days: 5, fresh: 7 }, risk: { shrink: 2, hrp: { linkage: 'ward', depth: null } } },
  provenance: { 'risk.shrink': written, 'data.lookback_days': written },
};

const portfolio = (sleeves: readonly object[]) => ({
  ...profile,
  allocation: { max_weight: 0.5 },
  parity: { mandate: 'warn' },
  acceptance: {},
  sleeves,
});
const wholly = (sleeves: readonly object[]) => ({
  ...read,
  allocation: { ceiling: 0.5 },
  parity: { mandate: 'warn', strict: false },
  acceptance: {},
  sleeves,
});
const resolved = (selects: boolean) =>
  ({
    ...read,
    asWritten: { 'features.selection_mode': 'v3' },
    selectionMode: { value: selects ? 'v4' : 'none', path: 'features.selection_mode', layer: 'profile' },
    blocks: { ...read.blocks, backtest: {} },
  }) as unknown as ResolvedProfile;

describe('a recorded profile', () => {
  test('is read under the names of today, with what it could not know at its neutral value', () => {
    const text = JSON.stringify(profile);
    expect(recordedProfile(profile, terms)).toEqual(read);
    expect(JSON.stringify(profile)).toBe(text);
  });

  test('keeps what it says itself', () => {
    const newer = { blocks: { data: { fresh: 8 }, risk: { shrink: 1, ridge: 3, hrp: { depth: 2 } } }, provenance: {} };
    expect(recordedProfile(newer, terms)).toEqual(newer);
  });

  test('that has no blocks is left alone, and one without origins has none', () => {
    expect(recordedProfile({ profile: 'a' }, terms)).toEqual({ profile: 'a' });
    expect(recordedProfile({ blocks: [1], provenance: {} }, terms)).toEqual({ blocks: [1], provenance: {} });
    const blocks = { data: { fresh: 7 }, risk: { hrp: { depth: null } } };
    expect(recordedProfile({ blocks }, terms)).toEqual({ blocks, provenance: null });
    expect(recordedProfile({ blocks, provenance: 'lost' }, terms)).toEqual({ blocks, provenance: 'lost' });
  });
});

describe('a recorded portfolio', () => {
  test('is read with everything below it', () => {
    const recorded = portfolio([
      { id: 'x', resolved: profile },
      { id: 'n', meta: portfolio([{ id: 'y', resolved: profile }]) },
    ]);
    expect(recordedPortfolio(recorded as unknown as Parameters<typeof recordedPortfolio>[0], terms)).toEqual(
      wholly([
        { id: 'x', resolved: read },
        { id: 'n', meta: wholly([{ id: 'y', resolved: read }]) },
      ]),
    );
  });

  test.each(['allocation', 'parity', 'acceptance', 'sleeves'])('without %s is left alone', (part) => {
    const rest = Object.fromEntries(Object.entries(portfolio([])).filter(([key]) => key !== part)) as Parameters<
      typeof recordedPortfolio
    >[0];
    expect(recordedPortfolio(rest, terms)).toEqual(rest);
  });

  test('leaves sleeves alone that are none', () => {
    const odd = [5, null, { id: 'x' }, { id: 'n', meta: 'lost' }];
    const recorded = { ...portfolio([]), sleeves: odd } as Parameters<typeof recordedPortfolio>[0];
    expect(recordedPortfolio(recorded, terms)['sleeves']).toEqual(odd);
  });
});

describe('what a profile states', () => {
  test('is what was recorded, under the names of its leaves', () => {
    expect(unstatedLeaves(resolved(false), terms)).toEqual(['data.fresh', 'risk.hrp.depth']);
    expect(statedLeaves(resolved(false), terms)).toEqual({
      backtest: {},
      'data.lookback_days': 5,
      'features.selection_mode': 'v3',
      'risk.hrp.linkage': 'ward',
      'risk.ridge': 2,
    });
  });

  test('is of a sleeve that selects what acts as well', () => {
    expect(statedLeaves(resolved(true), terms)).toMatchObject({
      'backtest.dynamic_universe': true,
      'features.feat_selection_logmps': true,
    });
  });
});
