/** Which portfolio a run directory holds for each stream, weight by weight, and what is refused in which words. */
import { describe, expect, test } from '@jest/globals';
import type { ImportedStream } from '../../../../domain/allocation/imported/profile.ts';
import { rulesInForce } from '../../../../domain/run/rules.ts';
import { importedPortfolios } from '../../../../handlers/intake/run-directory/portfolio-files.ts';
import type { RunFile } from '../../../../handlers/intake/run-directory/run-files.ts';
import { refusalOf } from '../../../support/refusal.ts';

const flattened = 'data/portfolio_flattened.json';
const optimized = 'data/portfolio_optimized_v2.json';
const stream = (risk: ImportedStream['risk'], engine: ImportedStream['engine'] = null): ImportedStream => ({
  risk,
  path: `data/returns/${risk}.pkl`,
  engine,
  simulator: null,
  series: { dates: [], values: new Float64Array() },
});
const fileOf = (content: unknown, path = flattened): RunFile => ({ path, role: 'portfolio', bytes: Buffer.from(JSON.stringify(content)) });
const of = (
  files: readonly RunFile[],
  streams: readonly ImportedStream[] = [stream('hrp')],
  ownRisk: string | null = null,
): Record<string, unknown> => Object.fromEntries(importedPortfolios(files, streams, ownRisk, { root: 'run', rules: rulesInForce }));
const hrp = (...assets: readonly object[]): RunFile => fileOf({ profiles: { hrp: { assets } } });
const long = { Symbol: 'NYSE:A', Weight: 0.5 };

const winner = (engine: string, symbol: string, profile = 'hrp') => ({ engine, profile, weights: [{ Symbol: symbol, Weight: 1 }] });

describe('a portfolio', () => {
  test('has the net weight of each asset, else its weight, by symbol, and the gross sum that the file states', () => {
    const assets = [
      { Symbol: 'NYSE:C', Weight: 0.3, Net_Weight: -0.25, Gross_Weight: 0.35, Direction: 'SHORT' },
      { Symbol: 'NYSE:A', Weight: 0.5, Direction: 'LONG', more: 'x' },
      { Symbol: 'NYSE:B', Net_Weight: -0.125 },
      { Symbol: 'NYSE:D', Weight: 0, Direction: 'FLAT' },
    ];
    expect(of([hrp(...assets)])).toEqual({
      hrp: {
        path: flattened,
        weights: [
          { symbol: 'NYSE:A', weight: 0.5 },
          { symbol: 'NYSE:B', weight: -0.125 },
          { symbol: 'NYSE:C', weight: -0.25 },
          { symbol: 'NYSE:D', weight: 0 },
        ],
        // 0.35 + 0.5 + 0.125.
        grossSum: 0.975,
      },
    });
  });

  test('of a short atom is a long position in a turned stream', () => {
    const atom = { Symbol: 'NYSE:A_trend_SHORT', Weight: 0.5, Direction: 'SHORT' };
    expect(of([hrp(atom)])).toMatchObject({ hrp: { weights: [{ weight: 0.5 }] } });
  });

  test('is that of the first file in the order of the documents that has assets for the profile', () => {
    const b = { Symbol: 'NYSE:B', Weight: 1 };
    const files = [
      fileOf({ profiles: { hrp: { assets: [b] }, barbell: { assets: [b] } } }, 'portfolio_optimized_v2.json'),
      fileOf({ profiles: { hrp: { assets: [] }, barbell: { assets: [long] } } }, flattened),
    ];
    expect(of(files, [stream('hrp'), stream('barbell'), stream('max_sharpe')])).toEqual({
      hrp: { path: 'portfolio_optimized_v2.json', weights: [{ symbol: 'NYSE:B', weight: 1 }], grossSum: 1 },
      barbell: { path: flattened, weights: [{ symbol: 'NYSE:A', weight: 0.5 }], grossSum: 0.5 },
    });
    expect(of([{ ...hrp(long), role: 'returns' }])).toEqual({});
    expect(of([])).toEqual({});
  });

  test('of winners is that of the profile, and of several that of the engine of the stream', () => {
    const several = fileOf({ winners: [winner('custom', 'NYSE:A'), winner('skfolio', 'NYSE:B'), winner('custom', 'NYSE:C', 'barbell')] });
    expect(of([several], [stream('hrp', 'skfolio'), stream('barbell')])).toMatchObject({
      hrp: { weights: [{ symbol: 'NYSE:B' }] },
      barbell: { weights: [{ symbol: 'NYSE:C' }] },
    });
    expect(of([several], [stream('max_sharpe')])).toEqual({});
    const { code, message, at, evidence } = refusalOf(() => of([several], [stream('hrp')]));
    const flags = ['--map engine=custom', '--map engine=skfolio'];
    expect({ code, message, at, evidence }).toEqual({
      code: 'ReturnsNameAmbiguous',
      message:
        `run/${flattened}: portfolios of several engines for hrp, and the returns do not say whose they are: give ` + flags.join(' or '),
      at: { file: `run/${flattened}` },
      evidence: { risk: 'hrp', flags },
    });
    const twice = fileOf({ winners: [winner('custom', 'NYSE:A'), winner('custom', 'NYSE:B')] });
    expect(refusalOf(() => of([twice], [stream('hrp', 'custom')])).code).toBe('ReturnsNameAmbiguous');
  });

  test('that is a bare list belongs to the only stream, or to the profile of the settings', () => {
    const bare = fileOf([long]);
    expect(of([bare])).toMatchObject({ hrp: { grossSum: 0.5 } });
    expect(Object.keys(of([bare], [stream('hrp'), stream('barbell')], 'barbell'))).toEqual(['barbell']);
    expect(of([bare], [stream('hrp')], 'barbell')).toEqual({});
  });
});

describe('refused, with its place, is', () => {
  const file = `run/${flattened}`;
  test.each<[string, RunFile, string, string | undefined]>([
    [
      'a SHORT asset with a long weight',
      hrp({ ...long, Direction: 'SHORT' }),
      'NYSE:A is SHORT with the weight 0.5',
      'profiles.hrp.assets[0]',
    ],
    [
      'a LONG asset with a short weight',
      hrp({ ...long, Weight: -0.5, Direction: 'LONG' }),
      'NYSE:A is LONG with the weight -0.5',
      'profiles.hrp.assets[0]',
    ],
    ['an asset without a weight', hrp(long, { Symbol: 'NYSE:B' }), 'NYSE:B has neither Weight nor Net_Weight', 'profiles.hrp.assets[1]'],
    ['a symbol twice', hrp(long, long), 'NYSE:A appears twice', 'profiles.hrp.assets[1]'],
    [
      'an asset without a symbol',
      hrp({ Weight: 1 }),
      'profiles.hrp.assets[0].Symbol: Invalid input: expected string, received undefined',
      'profiles.hrp.assets[0]',
    ],
    ['a profile without assets', fileOf({ profiles: { hrp: {} } }), 'profiles.hrp has no list of assets', 'profiles.hrp.assets'],
    ['a profile that is no object', fileOf({ profiles: { hrp: [] } }), 'profiles.hrp has no list of assets', 'profiles.hrp.assets'],
    [
      'a winner that is none',
      fileOf({ winners: [{ engine: 'custom' }] }),
      'winners[0] is not an object {engine, profile, weights}',
      'winners[0]',
    ],
    ['what is no portfolio', fileOf({ top_assets: [long] }), 'no portfolio: neither profiles, winners nor a list of assets', undefined],
    ['a text', fileOf('x'), 'no portfolio: neither profiles, winners nor a list of assets', undefined],
    [
      'an asset of a winner',
      fileOf({ winners: [{ engine: 'custom', profile: 'hrp', weights: [{ Symbol: 'NYSE:B' }] }] }),
      'NYSE:B has neither Weight nor Net_Weight',
      'winners[0].weights[0]',
    ],
    ['an asset of a bare list', fileOf([{ Symbol: 'NYSE:B' }]), 'NYSE:B has neither Weight nor Net_Weight', '[0]'],
  ])('%s', (_, given, why, path) => {
    const { code, message, at } = refusalOf(() => of([given]));
    expect({ code, message, at }).toEqual({
      code: 'RunDirectoryInvalid',
      message: `${file}: ${why}`,
      at: { file, ...(path === undefined ? {} : { path }) },
    });
  });

  test('a bare list that might be of either stream', () => {
    expect(refusalOf(() => of([fileOf([long], optimized)], [stream('hrp'), stream('barbell')])).message).toBe(
      `run/${optimized}: a bare list of assets, and neither risk.profile nor the return files say for which profile`,
    );
  });
});
