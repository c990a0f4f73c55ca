import { describe, expect, test } from '@jest/globals';
import type { Manifest, MetaProfile } from '../../../domain/manifest/schema.ts';
import { PathCounts } from '../../../domain/manifest/sleeve-paths.ts';
import { limits } from '../../../domain/shared/limits.ts';

const atoms = (...ids: readonly string[]) => ids.map((id) => ({ id, profile: 'a' }));
const nested = (id: string, meta: string) => ({ id, meta_profile: meta });
/** A portfolio of forty ways to another. */
const wide = (below: string) => ({ sleeves: Array.from({ length: 40 }, (_, index) => nested(`n${index}`, below)) });
const manifest: Manifest = {
  profiles: {
    a: {},
    pair: { sleeves: atoms('x', 'y') },
    also: 'pair',
    again: 'also',
    twice: { sleeves: [nested('l', 'pair'), ...atoms('z'), nested('r', 'again')] },
    lost: { sleeves: [nested('n', 'nobody'), nested('s', 'a'), nested('c', 'round'), ...atoms('x')] },
    round: 'round',
    self: { sleeves: [...atoms('x'), nested('self', 'self')] },
  },
};
const of = (name: string): MetaProfile => manifest.profiles[name] as MetaProfile;
/** A chain of portfolios, each with a sleeve of its own, as deep as allowed and one deeper. */
const chain: Manifest = {
  profiles: Object.fromEntries(
    Array.from({ length: limits.portfolioDepthMax + 2 }, (_, level) => [
      `m${level}`,
      { sleeves: [...atoms('x'), nested('n', `m${level + 1}`)] },
    ]),
  ),
};

describe('the ways from a portfolio down to its sleeves', () => {
  test.each<[string, readonly string[]]>([
    ['pair', ['x', 'y']],
    ['twice', ['l/x', 'l/y', 'z', 'r/x', 'r/y']],
    ['lost', ['x']],
  ])('of %s are counted as they are named', (name, paths) => {
    const counts = new PathCounts(manifest);
    expect([counts.of(of(name)), counts.of(of(name)), counts.pathsOf(of(name))]).toEqual([paths.length, paths.length, paths]);
  });

  test('are counted down to the depth that is allowed, and no further', () => {
    const way = ['x', 'n/x', 'n/n/x', 'n/n/n/x', 'n/n/n/n/x'].slice(0, limits.portfolioDepthMax + 1);
    const top = chain.profiles['m0'] as MetaProfile;
    const counts = new PathCounts(chain);
    expect([counts.of(top), counts.pathsOf(top)]).toEqual([way.length, way]);
    expect(new PathCounts(manifest).of(of('self'))).toBe(limits.portfolioDepthMax + 1);
  });

  test('are counted for each depth apart', () => {
    const counts = new PathCounts(chain);
    const [top, next] = [chain.profiles['m0'] as MetaProfile, chain.profiles['m1'] as MetaProfile];
    counts.of(top);
    // Asked for itself, the second may go one deeper than below the first.
    expect(counts.of(next)).toBe(limits.portfolioDepthMax + 1);
    expect(counts.of(next, limits.portfolioDepthMax)).toBe(1);
  });

  test('are far more than anybody could walk, and counted all the same', () => {
    const profiles = { a: {}, m0: wide('m1'), m1: wide('m2'), m2: wide('m3'), m3: { sleeves: atoms('x', 'y') } };
    expect(new PathCounts({ profiles }).of(profiles.m0)).toBe(40 * 40 * 40 * 2);
  });
});
