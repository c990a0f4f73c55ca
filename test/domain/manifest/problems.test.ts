import { describe, expect, test } from '@jest/globals';
import { jsonPositions } from '../../../domain/manifest/json-positions.ts';
import { isProblemCode, lineOf, type ManifestProblem, problem, refuseManifest } from '../../../domain/manifest/problems.ts';
import { validateManifest } from '../../../domain/manifest/validate.ts';
import { type ErrorCode, errorKinds } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { answerOf } from '../../support/answers.ts';

const told = (manifest: unknown): [string, string][] =>
  validateManifest(manifest).problems.map(({ path, message }): [string, string] => [path, message]);
const sleeves = [{ id: 'x', profile: 'a' }];
const meta = (more: object) => ({ profiles: { a: {}, m: { sleeves, ...more } } });

describe('an unknown key', () => {
  test.each<[string, object, string, string]>([
    ['at the root', { profile: {}, profiles: {} }, 'profile', 'profile is not known: did you mean profiles?'],
    ['in defaults', { defaults: { dta: {} }, profiles: {} }, 'defaults.dta', 'defaults.dta is not known: did you mean data?'],
    [
      'in defaults, near no block',
      { defaults: { zzz: {} }, profiles: {} },
      'defaults.zzz',
      'defaults.zzz is not known; there are data, selection, risk, backtest, features, discovery.',
    ],
    [
      'of the same block, rather than of another',
      { profiles: { a: { features: { selection_mod: 'v4' } } } },
      'profiles.a.features.selection_mod',
      'profiles.a.features.selection_mod is not known: did you mean selection_mode?',
    ],
    [
      'of another block',
      { profiles: { a: { risk: { top_n: 3 } } } },
      'profiles.a.risk.top_n',
      'profiles.a.risk.top_n is not known: it belongs to the block selection.',
    ],
    [
      'of a block, in something else of its name',
      { profiles: { a: { discovery: { strategies: { risk: { cluster_cap: 1 } } } } } },
      'profiles.a.discovery.strategies.risk.cluster_cap',
      'profiles.a.discovery.strategies.risk.cluster_cap is not known: it belongs to the block risk.',
    ],
    [
      'of a block, at the root',
      { train_window: 60, profiles: {} },
      'train_window',
      'train_window is not known: it belongs to the block backtest.',
    ],
    [
      'of a portfolio, in a sleeve profile',
      { profiles: { a: { acceptance: {} } } },
      'profiles.a.acceptance',
      'profiles.a.acceptance is not known: it belongs to a meta profile, which has sleeves.',
    ],
    [
      'in parity',
      meta({ parity: { mandat: 'warn' } }),
      'profiles.m.parity.mandat',
      'profiles.m.parity.mandat is not known: did you mean mandate?',
    ],
    [
      'in acceptance',
      meta({ acceptance: { concentration_wran: 0.1 } }),
      'profiles.m.acceptance.concentration_wran',
      'profiles.m.acceptance.concentration_wran is not known: did you mean concentration_warn?',
    ],
    [
      'of a nested sleeve',
      { profiles: { a: {}, m: { sleeves }, n: { sleeves: [{ id: 'n', meta_profil: 'm' }] } } },
      'profiles.n.sleeves[0].meta_profil',
      'profiles.n.sleeves[0].meta_profil is not known: did you mean meta_profile?',
    ],
    [
      'where nothing is known',
      meta({ parity: { exceptions: [{ sleeve: 'x', path: 'p', value: 1, rationale: 'r', zzz: 1 }] } }),
      'profiles.m.parity.exceptions[0].zzz',
      'profiles.m.parity.exceptions[0].zzz is not known.',
    ],
  ])('%s is told of with what it may have meant', (_, manifest, path, message) => {
    expect(told(manifest)).toContainEqual([path, message]);
  });

  test('is told of once each, up to as many as are told', () => {
    const most = limits.manifestProblemsMax;
    const manifest = { profiles: { a: Object.fromEntries(Array.from({ length: most + 1 }, (_, index) => [`zz${index}`, 1])) } };
    expect(told(manifest)).toHaveLength(most);
    const wrong = Array.from({ length: most + 1 }, (_, index) => ({ id: `s${index}`, profile: 5 }));
    expect(told({ profiles: { m: { sleeves: wrong.slice(0, most) } } }).length).toBeGreaterThan(0);
    expect(told({ profiles: Object.fromEntries(wrong.map(({ id }) => [id, 5])) })).toHaveLength(most);
  });
});

describe('a wrong value', () => {
  test.each<[string, unknown, [string, string]]>([
    ['of the manifest', 5, ['', 'The manifest: expected object, received number.']],
    [
      'with a near one',
      meta({ parity: { mandate: 'wran' } }),
      ['profiles.m.parity.mandate', 'profiles.m.parity.mandate must be one of enforce, warn: did you mean warn?'],
    ],
    [
      'with none near',
      meta({ parity: { mandate: 'zzzzzz' } }),
      ['profiles.m.parity.mandate', 'profiles.m.parity.mandate must be one of enforce, warn.'],
    ],
    [
      'that is no text',
      meta({ parity: { mandate: 7 } }),
      ['profiles.m.parity.mandate', 'profiles.m.parity.mandate must be one of enforce, warn.'],
    ],
    [
      'of another kind',
      { profiles: { a: { backtest: { train_window: '60' } } } },
      ['profiles.a.backtest.train_window', 'profiles.a.backtest.train_window: expected number, received string.'],
    ],
    [
      'as a name',
      { profiles: { 'a b': {} } },
      ['profiles.a b', 'The name "a b" must be 1 to 80 letters, digits, _ or -, starting with a letter or digit.'],
    ],
  ])('%s is told of with what is allowed', (_, manifest, found) => {
    expect(told(manifest)).toEqual([found]);
  });
});

describe('the line of a problem', () => {
  const positions = jsonPositions('{\n"a": {\n"b": [\n1,\n{"c": 2}]}}');
  test.each<[string, number]>([
    ['', 1],
    ['a', 2],
    ['a.b', 3],
    ['a.b[0]', 4],
    ['a.b[1].c', 5],
    ['a.b[1].x.y', 5],
    ['a.b[7]', 3],
    ['a.z', 2],
    ['z', 1],
    ['z[3].y', 1],
  ])('of %j is %d, that of what encloses it where the file does not have it', (path, line) => {
    expect(lineOf(positions, path)).toBe(line);
  });

  test('is none without a file, and none in a file that has not even a root', () => {
    expect(lineOf(null, 'a')).toBeNull();
    expect(lineOf({ lines: new Map(), duplicates: [], reserved: [] }, 'a.b')).toBeNull();
  });
});

describe('a refusal', () => {
  const first: ManifestProblem = { ...problem('a.b', 'Wrong.', 'AliasCycle'), line: 4 };
  const other = problem('c', 'Also wrong.');

  test.each<[readonly ManifestProblem[], string | undefined, string, object]>([
    [[other], undefined, 'Also wrong.', { path: 'c' }],
    [[first], undefined, 'Wrong.', { line: 4, path: 'a.b' }],
    [[first, other], 'm.json', 'Wrong. (and 1 more problem)', { file: 'm.json', line: 4, path: 'a.b' }],
    [[first, other, other], undefined, 'Wrong. (and 2 more problems)', { line: 4, path: 'a.b' }],
  ])('of %j in %j has all of them as evidence, and speaks of the first', (problems, file, message, at) => {
    expect(answerOf(() => refuseManifest(problems, file))).toEqual({
      refused: { code: problems[0]!.code, message, evidence: { problems }, at },
    });
  });

  test('has one of the codes of a manifest', () => {
    expect(other).toEqual({ code: 'ManifestInvalid', path: 'c', message: 'Also wrong.', line: null });
    const codes = (Object.keys(errorKinds) as ErrorCode[]).filter((code) => isProblemCode(code));
    expect(codes.toSorted()).toEqual([
      'AliasCycle',
      'BoundsInfeasible',
      'ExchangeUnknown',
      'LimitExceeded',
      'ManifestInvalid',
      'PortfolioNestInvalid',
      'ProfileUnknown',
    ]);
  });
});
