import { describe, expect, test } from '@jest/globals';
import { publicationDefaults } from '../../../domain/manifest/publication-block.ts';
import { publicationPolicyOf } from '../../../domain/manifest/publication-policy.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { parseManifest, validateManifest } from '../../../domain/manifest/validate.ts';

const sleeve = (id: string, rest: object = {}) => ({ id, profile: 'a', ...rest });
/** `m` over x, y and z; `n` over a nest of m's sleeves and one of its own; `also` and `again` are other names of m. */
const manifestOf = (publication?: unknown, sleeves: readonly object[] = [sleeve('x'), sleeve('y'), sleeve('z')]) => ({
  profiles: {
    a: {},
    m: { sleeves, meta_allocation: 'hrp', ...(publication === undefined ? {} : { publication }) },
    n: {
      sleeves: [{ id: 'inner', meta_profile: 'm' }, sleeve('w')],
      meta_allocation: 'hrp',
      publication: { quorum: { at_least: 4, max_staleness_sessions: 0 } },
    },
    also: 'm',
    again: 'also',
  },
});
const parse = (publication?: unknown, sleeves?: readonly object[]) =>
  parseManifest(JSON.stringify(manifestOf(publication, sleeves)), 'manifest.json');
const problemsOf = (publication: unknown, sleeves?: readonly object[]) => validateManifest(manifestOf(publication, sleeves)).problems;

describe('a publication policy', () => {
  test('is, when nothing is written, to publish everything that passes acceptance, at once', () => {
    expect(publicationPolicyOf(parse(), 'm')).toEqual({
      quorum: 'all_at_same_as_of',
      coalescing_window_seconds: 0,
      no_trade_band_two_sided: 0,
      cool_down_seconds: 0,
      max_turnover_two_sided: null,
      maker_checker: false,
      on_acceptance_fail: 'hold',
    });
  });

  test('is what the profile writes over the defaults, leaf by leaf', () => {
    const written = { quorum: { at_least: 2, max_staleness_sessions: 3 }, cool_down_seconds: 3600, max_turnover_two_sided: 0.5 };
    expect(publicationPolicyOf(parse(written), 'm')).toEqual({ ...publicationDefaults, ...written });
  });

  test('may write that nothing is held, as the default has it', () => {
    expect(publicationPolicyOf(parse({ max_turnover_two_sided: null }), 'm').max_turnover_two_sided).toBeNull();
  });

  test('of an alias is that of the profile that it stands for, however far', () => {
    const manifest = parse({ maker_checker: true });
    for (const name of ['also', 'again']) expect(publicationPolicyOf(manifest, name)).toEqual(publicationPolicyOf(manifest, 'm'));
  });

  test('is not inherited from a portfolio below', () => {
    expect(publicationPolicyOf(parse({ maker_checker: true }), 'n').maker_checker).toBe(false);
  });

  test('is not part of what is resolved: it can change no number', () => {
    const policy = { no_trade_band_two_sided: 0.1, maker_checker: true };
    expect(resolveMeta(parse(policy), 'm')).toEqual(resolveMeta(parse(), 'm'));
    expect(resolveMeta(parse(policy), 'n')).toEqual(resolveMeta(parse(), 'n'));
  });
});

describe('a quorum', () => {
  test('of more sleeves than there are is refused where it is written', () => {
    expect(problemsOf({ quorum: { at_least: 4, max_staleness_sessions: 0 } })).toMatchObject([
      {
        path: 'profiles.m.publication.quorum.at_least',
        message: 'profiles.m.publication.quorum.at_least is 4, but only 3 sleeves are not pinned to a run.',
      },
    ]);
    expect(problemsOf({ quorum: { at_least: 3, max_staleness_sessions: 0 } })).toEqual([]);
  });

  test('does not count sleeves that are pinned to a run', () => {
    const sleeves = [sleeve('x'), sleeve('y', { run_id: 'a-2025-07-17-0123456789abcdef' }), sleeve('z')];
    const quorum = { at_least: 3, max_staleness_sessions: 0 };
    expect(problemsOf({ quorum }, sleeves).map(({ path }) => path)).toContain('profiles.m.publication.quorum.at_least');
  });

  test('counts the sleeves of the whole nest', () => {
    // n asks for 4 of x, y, z and w, and is not refused until one of them is pinned.
    expect(problemsOf(undefined)).toEqual([]);
    expect(problemsOf(undefined, [sleeve('x'), sleeve('y')]).map(({ path }) => path)).toEqual(['profiles.n.publication.quorum.at_least']);
  });
});

describe('what is written under publication', () => {
  test.each([
    ['an unknown key', { no_trade_band: 0.1 }, 'profiles.m.publication.no_trade_band'],
    ['an unknown key of the quorum', { quorum: { at_least: 1, max_staleness_sessions: 1, of: 3 } }, 'profiles.m.publication.quorum'],
    ['a quorum of nobody', { quorum: { at_least: 0, max_staleness_sessions: 1 } }, 'profiles.m.publication.quorum'],
    ['an unknown quorum', { quorum: 'most' }, 'profiles.m.publication.quorum'],
    ['a quorum without a staleness limit', { quorum: { at_least: 1 } }, 'profiles.m.publication.quorum'],
    ['half a second', { coalescing_window_seconds: 0.5 }, 'profiles.m.publication.coalescing_window_seconds'],
    ['a negative cool-down', { cool_down_seconds: -1 }, 'profiles.m.publication.cool_down_seconds'],
    ['a cool-down beyond a month', { cool_down_seconds: 31 * 86_400 + 1 }, 'profiles.m.publication.cool_down_seconds'],
    ['a negative band', { no_trade_band_two_sided: -0.1 }, 'profiles.m.publication.no_trade_band_two_sided'],
    ['a turnover as text', { max_turnover_two_sided: '0.5' }, 'profiles.m.publication.max_turnover_two_sided'],
    ['another word for hold', { on_acceptance_fail: 'stop' }, 'profiles.m.publication.on_acceptance_fail'],
  ])('as %s is refused with its path', (_, publication, path) => {
    const problems = problemsOf(publication);
    expect(problems).not.toEqual([]);
    for (const problem of problems) expect(problem.path.startsWith(path)).toBe(true);
  });

  test.each([
    ['a misspelt word', 'all_at_same_asof'],
    ['a number', 3],
    ['nothing', null],
    ['a list', [2, 3]],
    ['an object without a staleness limit', { at_least: 1 }],
    ['an object without a number of sleeves', { max_staleness_sessions: 1 }],
    ['a number of sleeves as text', { at_least: '2', max_staleness_sessions: 1 }],
  ])('as a quorum that is %s is refused with what is allowed, and where', (_, quorum) => {
    const path = 'profiles.m.publication.quorum';
    expect(problemsOf({ quorum })).toEqual([
      {
        code: 'ManifestInvalid',
        path,
        message: `${path}: must be "all_at_same_as_of", or an object such as {"at_least": 2, "max_staleness_sessions": 3}.`,
        line: null,
      },
    ]);
  });

  test('may not stand in a sleeve profile, which is not published', () => {
    expect(validateManifest({ profiles: { a: { publication: {} } } }).problems.map(({ path }) => path)).toEqual(['profiles.a.publication']);
  });
});
