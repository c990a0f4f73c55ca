import { describe, expect, test } from '@jest/globals';
import { defaultOptions, optionsOf, requireAllocatable, risksOf, streamsFor } from '../../../domain/allocation/meta-options.ts';
import { commonRiskProfiles } from '../../../domain/risk/schemas.ts';
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

describe('a portfolio that cannot be allocated here', () => {
  test('is refused for an engine of somebody else', () => {
    expect(() => requireAllocatable(nestedPortfolio({ engine: 'skfolio' }))).toThrow(refused('EngineUnavailable'));
  });

  test('is refused for bounds that exclude one another', () => {
    expect(() => requireAllocatable(nestedPortfolio({ max_weight: 0.4 }))).toThrow(refused('BoundsInfeasible'));
    expect(() => requireAllocatable(nestedPortfolio())).not.toThrow();
  });
});
