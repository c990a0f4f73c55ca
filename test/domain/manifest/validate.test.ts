import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { validateManifest, parseManifest } from '../../../domain/manifest/validate.ts';
import { listProfiles } from '../../../domain/manifest/profiles.ts';

const read = (name: string): string => readFileSync(new URL(`../../golden/manifest/${name}`, import.meta.url), 'utf8');

/** Path and sentence of every problem of a manifest that is refused. */
function problemsOf(manifest: unknown): [string, string][] {
  const { manifest: accepted, problems } = validateManifest(manifest);
  expect(accepted).toBeNull();
  return problems.map(({ path, message }) => [path, message]);
}

function refusal(text: string): LedgerError {
  try {
    parseManifest(text, 'manifest.json');
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const meta = (sleeves: unknown, rest: object = {}) => ({ sleeves, ...rest });
const atoms = [
  { id: 'x', profile: 'a' },
  { id: 'y', profile: 'a' },
  { id: 'z', profile: 'a' },
];
const withMeta = (allocation: unknown, sleeves: unknown = atoms) => ({
  profiles: { a: {}, m: meta(sleeves, { meta_allocation: allocation }) },
});
const warningOf = (sleeves: unknown, allocation: unknown = 'hrp') =>
  validateManifest(withMeta(allocation, sleeves)).warnings.map(({ message }) => message);
const nest = (id: string) => [...atoms, { id: 'n', meta_profile: id }];
/** Portfolios one inside the other, `levels` deep. */
const chain = (levels: number) => {
  const profiles: Record<string, unknown> = { a: {} };
  for (let level = 0; level < levels; level++)
    profiles[`m${level}`] = meta(level === levels - 1 ? atoms : [...atoms, { id: 'n', meta_profile: `m${level + 1}` }]);
  return { profiles };
};

describe('the forms of the documents', () => {
  test.each(['v1.0.json', 'v1.4.json'])('%s parses', (name) => {
    expect(validateManifest(JSON.parse(read(name))).problems).toEqual([]);
  });

  test('the short form of meta_allocation is a profile', () => {
    expect(parseManifest(read('v1.0.json')).profiles['meta_production']).toMatchObject({ meta_allocation: { profile: 'hrp' } });
  });

  test('profiles are listed with their kind', () => {
    expect(listProfiles(parseManifest(read('v1.4.json'))).map(({ name, kind, target }) => [name, kind, target])).toEqual([
      ['crypto_production', 'sleeve', null],
      ['institutional_etf', 'sleeve', null],
      ['meta_benchmark', 'meta', null],
      ['meta_fractal_test', 'meta', null],
      ['meta_production', 'meta', null],
      ['production', 'alias', 'production_2026_q1'],
      ['production_2026_q1', 'sleeve', null],
    ]);
  });
});

describe('unknown keys', () => {
  test.each<[string, unknown, string, string]>([
    ['in a block', { profiles: { a: { backtest: { train_windw: 60 } } } }, 'profiles.a.backtest.train_windw', 'did you mean train_window?'],
    ['at the root', { profilez: {}, profiles: {} }, 'profilez', 'did you mean profiles?'],
    ['in a profile', { profiles: { a: { backtst: {} } } }, 'profiles.a.backtst', 'did you mean backtest?'],
    [
      'in another block',
      { profiles: { a: { data: { train_window: 60 } } } },
      'profiles.a.data.train_window',
      'it belongs to the block backtest',
    ],
    ['of a meta profile', { profiles: { a: { meta_allocation: 'hrp' } } }, 'profiles.a.meta_allocation', 'it belongs to a meta profile'],
    [
      'in a sleeve',
      { profiles: { a: {}, m: meta([{ id: 'x', profile: 'a', weight_limits: [0, 1] }]) } },
      'profiles.m.sleeves[0].weight_limits',
      'did you mean weight_limit?',
    ],
    [
      'in meta_allocation',
      { profiles: { a: {}, m: meta(atoms, { meta_allocation: { max_wieght: 0.5 } }) } },
      'profiles.m.meta_allocation.max_wieght',
      'did you mean max_weight?',
    ],
    ['in hrp', { profiles: { a: { risk: { hrp: { linkages: 'ward' } } } } }, 'profiles.a.risk.hrp.linkages', 'did you mean linkage?'],
  ])('%s are refused with path and advice', (_, manifest, path, advice) => {
    const [first] = problemsOf(manifest);
    expect(first![0]).toBe(path);
    expect(first![1]).toContain(advice);
  });

  test('__proto__ is not a key', () => {
    expect(refusal('{"profiles":{"a":{"__proto__":{"data":{}}}}}').at.path).toBe('profiles.a.__proto__');
    expect(refusal('{"profiles":{"__proto__":{}}}').at.path).toBe('profiles.__proto__');
  });
});

describe('values', () => {
  test.each<[string, unknown, string, string]>([
    [
      'a misspelt risk profile',
      { profiles: { a: { backtest: { profiles: 'hrp,barbel' } } } },
      'profiles.a.backtest.profiles[1]',
      'did you mean barbell?',
    ],
    ['a list that names one twice', { profiles: { a: { backtest: { profiles: 'hrp,hrp' } } } }, 'profiles.a.backtest.profiles', 'twice'],
    ['a number as text', { profiles: { a: { backtest: { train_window: '60' } } } }, 'profiles.a.backtest.train_window', 'number'],
    ['a slippage above one', { profiles: { a: { backtest: { backtest_slippage: 5 } } } }, 'profiles.a.backtest.backtest_slippage', '1'],
    ['a name unfit for a stream', { profiles: { 'a b': {} } }, 'profiles.a b', 'letters, digits'],
    ['a symbol without exchange', { profiles: { a: { data: { symbols: ['IBM'] } } } }, 'profiles.a.data.symbols[0]', 'EXCHANGE:SYMBOL'],
    ['an unknown exchange', { profiles: { a: { data: { symbols: ['NYSE:IBM', 'NYSEE:IBM'] } } } }, 'profiles.a.data.symbols[1]', 'NYSEE'],
    [
      'an unknown exchange of a benchmark in the defaults',
      { defaults: { backtest: { benchmark_symbols: 'XX:SPY' } }, profiles: {} },
      'defaults.backtest.benchmark_symbols[0]',
      'XX',
    ],
    [
      'a symbol listed and excluded',
      { profiles: { a: { data: { symbols: ['NYSE:IBM'], exclude: ['NYSE:IBM'] } } } },
      'profiles.a.data.exclude',
      'NYSE:IBM',
    ],
    ['another bar interval', { profiles: { a: { backtest: { bar_interval: '1h' } } } }, 'profiles.a.backtest.bar_interval', '1d'],
    [
      'a rebalance mode said twice',
      { profiles: { a: { features: { feat_rebalance_mode: 'daily' } } } },
      'profiles.a.features.feat_rebalance_mode',
      'window',
    ],
  ])('%s is refused', (_, manifest, path, words) => {
    const [first] = problemsOf(manifest);
    expect(first![0]).toBe(path);
    expect(first![1]).toContain(words);
  });
});

describe('windows', () => {
  test.each([500, 501])('train_window %d on 500 days of lookback is refused', (train) => {
    expect(problemsOf({ profiles: { a: { backtest: { train_window: train } } } })[0]![0]).toBe('profiles.a.backtest.train_window');
  });

  test('a train window just below the lookback is allowed, with a warning that no window fits', () => {
    const { manifest, warnings } = validateManifest({ profiles: { a: { backtest: { train_window: 499 } } } });
    expect(manifest).not.toBeNull();
    expect(warnings[0]!.message).toContain('no full window');
  });

  test('a contradiction with the defaults is reported where the manifest wrote it', () => {
    expect(problemsOf({ defaults: { backtest: { train_window: 252 } }, profiles: { a: { data: { lookback_days: 200 } } } })[0]![0]).toBe(
      'defaults.backtest.train_window',
    );
    expect(problemsOf({ profiles: { a: { data: { lookback_days: 50 } } } })[0]![0]).toBe('profiles.a.data.lookback_days');
  });

  test('a step above the test window is refused, one below is allowed', () => {
    expect(problemsOf({ profiles: { a: { backtest: { step_size: 21 } } } })[0]![0]).toBe('profiles.a.backtest.step_size');
    expect(validateManifest({ profiles: { a: { backtest: { step_size: 19 } } } }).problems).toEqual([]);
  });

  test('one problem of the defaults is reported once, though every profile inherits it', () => {
    expect(problemsOf({ defaults: { backtest: { step_size: 30 } }, profiles: { a: {}, b: {}, c: {} } })).toHaveLength(1);
  });
});

describe('bounds', () => {
  test.each<[string, unknown, string]>([
    ['min above max', withMeta({ min_weight: 0.6, max_weight: 0.5 }), 'profiles.m.meta_allocation.min_weight'],
    ['a bound above one', withMeta({ max_weight: 1.5 }), 'profiles.m.meta_allocation.max_weight'],
    ['a negative bound', withMeta({ min_weight: -0.1 }), 'profiles.m.meta_allocation.min_weight'],
    [
      'a weight limit upside down',
      withMeta('hrp', [{ id: 'x', profile: 'a', weight_limit: [0.8, 0.2] }]),
      'profiles.m.sleeves[0].weight_limit',
    ],
    [
      'a weight limit outside [0, 1]',
      withMeta('hrp', [{ id: 'x', profile: 'a', weight_limit: [0.8, 1.2] }]),
      'profiles.m.sleeves[0].weight_limit[1]',
    ],
    [
      'a weight limit that misses the written guardrails',
      withMeta({ max_weight: 0.3 }, [...atoms, { id: 'w', profile: 'a', weight_limit: [0.4, 0.6] }]),
      'profiles.m.sleeves[3].weight_limit',
    ],
    [
      'a concentration warning above the failure',
      { profiles: { a: {}, m: meta(atoms, { acceptance: { concentration_warn: 0.3, concentration_fail: 0.2 } }) } },
      'profiles.m.acceptance.concentration_warn',
    ],
  ])('%s is refused', (_, manifest, path) => {
    expect(problemsOf(manifest)[0]![0]).toBe(path);
  });

  test('bounds that cannot add up, or leave one point, are warned of with both sums', () => {
    expect(warningOf(atoms.slice(0, 1))).toEqual([
      'profiles.m cannot be allocated: the lower bounds add up to 0.05, the upper to 0.5, and 1 must lie between.',
    ]);
    expect(warningOf(atoms.slice(0, 2))).toEqual([
      'profiles.m: the bounds alone determine the allocation (the lower bounds add up to 0.1, the upper to 1).',
    ]);
    expect(warningOf(atoms)).toEqual([]);
  });
});

describe('references', () => {
  test.each<[string, unknown, string, string, string]>([
    ['an alias of nothing', { profiles: { abc: {}, x: 'abd' } }, 'ManifestInvalid', 'profiles.x', 'did you mean abc?'],
    [
      'a default profile that is not there',
      { default_profile: 'q', profiles: { a: {} } },
      'ManifestInvalid',
      'default_profile',
      'no profile q',
    ],
    ['an alias cycle', { profiles: { b: 'c', c: 'a', a: 'b' } }, 'AliasCycle', 'profiles.a', 'a -> b -> c -> a'],
    ['an alias of itself', { profiles: { a: 'a' } }, 'AliasCycle', 'profiles.a', 'a -> a'],
    [
      'two sleeves with one id',
      { profiles: { a: {}, m: meta([atoms[0], atoms[1], atoms[0]]) } },
      'ManifestInvalid',
      'profiles.m.sleeves[2].id',
      'sleeves[0]',
    ],
    [
      'a sleeve on a profile that is not there',
      { profiles: { production: {}, m: meta([{ id: 'x', profile: 'prodution' }]) } },
      'ManifestInvalid',
      'profiles.m.sleeves[0].profile',
      'did you mean production?',
    ],
    [
      'a portfolio named as profile',
      { profiles: { a: {}, n: meta(atoms), m: meta([...atoms, { id: 'w', profile: 'n' }]) } },
      'ManifestInvalid',
      'profiles.m.sleeves[3].profile',
      'name it as meta_profile',
    ],
    [
      'a sleeve named as portfolio',
      { profiles: { a: {}, m: meta([...atoms, { id: 'w', meta_profile: 'a' }]) } },
      'ManifestInvalid',
      'profiles.m.sleeves[3].meta_profile',
      'name it as profile',
    ],
    ['a portfolio without sleeves', { profiles: { m: meta([]) } }, 'ManifestInvalid', 'profiles.m.sleeves', 'at least one'],
  ])('%s is refused', (_, manifest, code, path, words) => {
    const { problems } = validateManifest(manifest);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code, path });
    expect(problems[0]!.message).toContain(words);
  });

  test('a cycle of portfolios is refused once, with its way', () => {
    const { problems } = validateManifest({ profiles: { a: {}, q: meta(nest('p')), p: meta(nest('r')), r: 'q', s: meta(nest('q')) } });
    expect(problems).toEqual([
      {
        code: 'PortfolioNestInvalid',
        path: 'profiles.p.sleeves',
        message: 'Meta portfolios contain one another: p -> q -> p.',
        line: null,
      },
    ]);
  });

  test('four levels are allowed and the fifth is refused with its way', () => {
    expect(validateManifest(chain(4)).problems).toEqual([]);
    const { problems } = validateManifest(chain(5));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'PortfolioNestInvalid' });
    expect(problems[0]!.message).toContain('m0 -> m1 -> m2 -> m3 -> m4');
  });
});

describe('the text of a manifest', () => {
  const text = [
    '{',
    '  "profiles": {',
    '    "a": { "data": {} },',
    '    "m": {',
    '      "sleeves": [{ "id": "x", "profile": "b" }],',
    '      "meta_alocation": "hrp"',
    '    }',
    '  }',
    '}',
  ].join('\n');

  test('every problem is reported, with its line, and the first gives place and sentence', () => {
    const broken = text.replace('"data": {}', '"data": { "lookback_days": 0 }, "currency": 5');
    const error = refusal(broken);
    expect(error).toMatchObject({ code: 'ManifestInvalid', at: { file: 'manifest.json', line: 3 } });
    expect(error.message).toMatch(/\(and 2 more problems\)$/);
    expect((error.evidence['problems'] as { path: string; line: number }[]).map(({ path, line }) => [path, line])).toEqual([
      ['profiles.a.currency', 3],
      ['profiles.a.data.lookback_days', 3],
      ['profiles.m.meta_alocation', 6],
    ]);
  });

  test('a member written twice is refused: a parser would keep the last', () => {
    const error = refusal('{\n "profiles": {\n  "a": {},\n  "a": {}\n }\n}');
    expect(error).toMatchObject({ code: 'ManifestInvalid', at: { path: 'profiles.a', line: 4 } });
  });

  test.each<[string, string, number, number]>([
    ['a trailing comma', '{\n "profiles": {},\n}', 3, 1],
    ['a comment', '{\n // x\n "profiles": {} }', 2, 2],
    ['an unquoted word', '{"profiles": yes}', 1, 14],
    ['a number with a leading zero', '{"profiles": 01}', 1, 14],
    ['text behind the end', '{"profiles": {}}\n{}', 2, 1],
    ['a line break in a string', '{"profiles": {"a\nb": {}}}', 1, 17],
    ['a bad escape', '{"profiles": {"a\\x": {}}}', 1, 15],
    ['nothing', '', 1, 1],
  ])('%s is refused with line and column', (_, broken, line, column) => {
    expect(() => JSON.parse(broken) as unknown).toThrow(SyntaxError);
    expect(refusal(broken)).toMatchObject({ code: 'ManifestInvalid', evidence: { line, column } });
  });

  test('a manifest of the wrong shape altogether is refused', () => {
    expect(refusal('[]').code).toBe('ManifestInvalid');
    expect(refusal('null').code).toBe('ManifestInvalid');
    expect(refusal('{}').at.path).toBe('profiles');
  });

  test('a nest of brackets is refused before it exhausts the stack', () => {
    expect(refusal('['.repeat(100_000)).code).toBe('ManifestInvalid');
  });
});

const due = (zone: string) => ({ profiles: { a: { expected_by: { time: '18:30', zone, calendar: 'XNYS' } } } });

describe('when results are due', () => {
  test('a zone that the time zone database does not know is refused with its path', () => {
    expect(problemsOf(due('Mars/Phobos'))).toEqual([['profiles.a.expected_by.zone', expect.stringContaining('Mars/Phobos is not a zone')]]);
    expect(validateManifest(due('America/New_York')).problems).toEqual([]);
  });
});
