import { describe, expect, test } from '@jest/globals';
import { problem } from '../../../domain/manifest/problems.ts';
import type { Manifest } from '../../../domain/manifest/schema.ts';
import { Problems, tooManyProfiles, tooMuchInherited } from '../../../domain/manifest/size.ts';
import { limits } from '../../../domain/shared/limits.ts';

const profiles = (count: number): Manifest['profiles'] =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, {}]));
const symbols = (entries: number): string[] => Array.from({ length: entries }, () => 'NYSE:IBM');
const ofEntries = (copies: number, entries: number): Manifest => ({ data: { symbols: symbols(entries) }, profiles: profiles(copies) });
const many = (count: number) => Array.from({ length: count }, (_, index) => problem(`p${index}`, 'x'));

describe('problems', () => {
  test('are kept in order, up to as many as are told', () => {
    const most = limits.manifestProblemsMax;
    const problems = new Problems();
    expect([problems.list, problems.isFull]).toEqual([[], false]);
    problems.add(...many(most - 1));
    expect([problems.list, problems.isFull]).toEqual([many(most - 1), false]);
    problems.add(problem('last', 'x'), problem('too late', 'x'));
    expect([problems.list, problems.isFull]).toEqual([[...many(most - 1), problem('last', 'x')], true]);
    problems.add(problem('still later', 'x'));
    expect(problems.list).toHaveLength(most);
  });
});

describe('the profiles of a manifest', () => {
  test('are as many as are read, and no more', () => {
    const max = limits.manifestProfilesMax;
    expect(tooManyProfiles({ profiles: profiles(max) })).toEqual([]);
    expect(tooManyProfiles({ profiles: profiles(max + 1) })).toEqual([
      { code: 'LimitExceeded', path: 'profiles', message: `profiles: ${max + 1} profiles, at most ${max} are read.`, line: null },
    ]);
  });

  test.each([null, 5, [], {}, { profiles: null }, { profiles: [1] }, { profiles: 'x' }])('of %j are none', (value) => {
    expect(tooManyProfiles(value)).toEqual([]);
  });
});

describe('what every profile inherits', () => {
  const max = limits.manifestInheritedValuesMax;
  /** All blocks, the pair of a block and its name, the name, the members and the list stand beside its entries. */
  const beside = 5;

  test('is counted value by value, lists and objects among them, and times the profiles', () => {
    const entries = max / 500 - beside;
    expect(tooMuchInherited(ofEntries(500, entries))).toEqual([]);
    const values = entries + 1 + beside;
    expect(tooMuchInherited(ofEntries(500, entries + 1))).toEqual([
      {
        code: 'LimitExceeded',
        path: 'defaults',
        message: `defaults: 500 profiles inherit ${values} values each, at most ${max} in all are resolved.`,
        line: null,
      },
    ]);
    expect(tooMuchInherited(ofEntries(499, entries + 1))).toEqual([]);
  });

  test('is what stands in the defaults as well', () => {
    const entries = max / 500;
    expect(tooMuchInherited({ defaults: { data: { symbols: symbols(entries) } }, profiles: profiles(500) })).toHaveLength(1);
  });

  test.each(['profiles', 'integrations', 'execution_env', 'pipelines'])('is nothing of what stands under %s', (key) => {
    const opaque = { x: symbols(max / 500) };
    const manifest = { profiles: profiles(500), ...(key === 'profiles' ? {} : { [key]: opaque }) } as Manifest;
    if (key === 'profiles') manifest.profiles['p0'] = { data: { symbols: symbols(max / 500) } };
    expect(tooMuchInherited(manifest)).toEqual([]);
  });
});
