import { describe, expect, test } from '@jest/globals';
import { defaultOptions, optionsOf, requireAllocatable, risksOf, streamsFor } from '../../../domain/allocation/meta-options.ts';
import type { MetaNode } from '../../../domain/manifest/resolved-meta-schema.ts';
import { commonRiskProfiles } from '../../../domain/risk/schemas.ts';
import { answerOf } from '../../support/answers.ts';
import { nestedPortfolio } from '../../support/delivered-runs.ts';

const refused = (code: string) => expect.objectContaining({ code });

describe('the options of a meta run', () => {
  test('are those of the definition where nobody asks for anything', () => {
    const node = nestedPortfolio({ profile: 'risk_parity', allow_proxy: { risk_parity: ['hrp'] } });
    expect(optionsOf(node, defaultOptions)).toEqual({
      risks: ['risk_parity'],
      risksFrom: 'meta_allocation',
      join: null,
      projection: null,
      proxies: { risk_parity: ['hrp'] },
      asOf: null,
    });
  });

  test('are those asked for, over the definition', () => {
    const node = nestedPortfolio({ profile: 'risk_parity', allow_proxy: { risk_parity: ['hrp'] } });
    expect(optionsOf(node, { risks: ['hrp'], join: 'drop', projection: 'proportional', proxies: {}, asOf: '2024-06-17' })).toEqual({
      risks: ['hrp'],
      risksFrom: 'flag',
      join: 'drop',
      projection: 'proportional',
      proxies: {},
      asOf: '2024-06-17',
    });
  });

  test('name the profiles in one order, however they were asked for, and each once', () => {
    const asked = [...commonRiskProfiles].toReversed();
    expect(risksOf(nestedPortfolio(), [...asked, asked[0]!]).risks).toEqual([...commonRiskProfiles]);
  });

  test('have the raw pool of sleeves that select, and no market_neutral, which is a profile of sleeves alone', () => {
    expect(risksOf(nestedPortfolio(), ['raw_pool_ew']).risks).toEqual(['raw_pool_ew']);
    expect(() => risksOf(nestedPortfolio(), ['market_neutral'])).toThrow(refused('ProfileNotAvailable'));
  });

  test('leave profiles out of `all` that are only known by name, and refuse one that is asked for', () => {
    const { risks } = risksOf(nestedPortfolio(), 'all');
    expect(risks.length).toBeGreaterThan(1);
    expect(commonRiskProfiles).toEqual(expect.arrayContaining([...risks]));
    expect(() => risksOf(nestedPortfolio(), ['erc'])).toThrow(refused('ProfileNotAvailable'));
  });

  test.each([
    ['nobody', {}, false],
    ['every sleeve, at every depth,', { stocks: true, funds: true, coins: true }, true],
    ['every sleeve but one of the portfolio below', { stocks: true, funds: true }, false],
  ])('match the adaptive profile under `all` where %s lists it', (_, adapting, matches) => {
    const node = nestedPortfolio({}, { backtest: { profiles: 'hrp,adaptive' } }, adapting);
    expect(risksOf(node, 'all').risks).toEqual(matches ? ['hrp', 'adaptive'] : ['hrp']);
    expect(risksOf(node, ['adaptive']).risks).toEqual(['adaptive']);
  });

  test('leave the adaptive profile out of `all` where the portfolio itself does not list it', () => {
    const everywhere = { stocks: true, funds: true, coins: true };
    expect(risksOf(nestedPortfolio({}, {}, everywhere), 'all').risks).toEqual([...commonRiskProfiles]);
  });

  test('may consume the streams of the profiles and of their stand-ins, and of no other stand-in', () => {
    expect(streamsFor({ risks: ['risk_parity'], proxies: { risk_parity: ['hrp'], barbell: ['min_variance'] } })).toEqual([
      'hrp',
      'risk_parity',
    ]);
  });
});

/** The refusal of an engine. */
const engineless = (name: string) => ({
  refused: {
    code: 'EngineUnavailable',
    message: `${name} asks for the engine skfolio`,
    evidence: {},
    at: { path: `profiles.${name}.meta_allocation.engine` },
  },
});

/** The portfolio below is computed by another engine. */
function engineBelow(node: MetaNode, engine: string): MetaNode {
  const sleeves = node.sleeves.map((sleeve) =>
    sleeve.kind === 'nested' ? { ...sleeve, meta: { ...sleeve.meta, allocation: { ...sleeve.meta.allocation, engine } } } : sleeve,
  );
  return { ...node, sleeves };
}

describe('a portfolio that cannot be allocated here', () => {
  test('is refused for an engine of somebody else, here or below', () => {
    expect(answerOf(() => requireAllocatable(nestedPortfolio({ engine: 'skfolio' })))).toEqual(engineless('whole'));
    expect(answerOf(() => requireAllocatable(engineBelow(nestedPortfolio(), 'skfolio')))).toEqual(engineless('listed'));
    expect(answerOf(() => requireAllocatable(engineBelow(nestedPortfolio(), 'custom')))).toEqual({ value: null });
  });

  test('is refused for bounds that exclude one another, once its engine is known', () => {
    expect(() => requireAllocatable(nestedPortfolio({ max_weight: 0.4 }))).toThrow(refused('BoundsInfeasible'));
    expect(() => requireAllocatable(nestedPortfolio({ max_weight: 0.4, engine: 'skfolio' }))).toThrow(refused('EngineUnavailable'));
    expect(() => requireAllocatable(nestedPortfolio())).not.toThrow();
  });
});

describe('what nobody asked for', () => {
  test('is the profile, the join, the projection and the stand-ins of the definition, up to now', () => {
    expect(defaultOptions).toEqual({ risks: null, join: null, projection: null, proxies: null, asOf: null });
    expect(optionsOf(nestedPortfolio(), defaultOptions)).toEqual({
      risks: ['hrp'],
      risksFrom: 'meta_allocation',
      join: null,
      projection: null,
      proxies: {},
      asOf: null,
    });
  });

  test('is a profile that no portfolio has: refused by name', () => {
    expect(() => optionsOf(nestedPortfolio({ profile: 'erc' }), defaultOptions)).toThrow(refused('ProfileNotAvailable'));
    expect(() => optionsOf(nestedPortfolio({ allow_proxy: { hrp: ['erc'] } }), defaultOptions)).toThrow(refused('ProfileNotAvailable'));
  });
});

test('streams are asked for once each, in code-unit order', () => {
  expect(streamsFor({ risks: ['risk_parity', 'hrp'], proxies: { risk_parity: ['hrp', 'barbell'], hrp: ['barbell'] } })).toEqual([
    'barbell',
    'hrp',
    'risk_parity',
  ]);
  expect(streamsFor({ risks: ['hrp'], proxies: {} })).toEqual(['hrp']);
});
