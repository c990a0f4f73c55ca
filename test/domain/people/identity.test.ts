import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isNamed, looksLike, personOf, unseenIn } from '../../../domain/people/identity.ts';
import { claimedText, localUserIn } from '../../../domain/people/local-user.ts';
import { skeletonOf } from '../../../domain/people/skeleton.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const same = (left: string, right: string): boolean => personOf(left).canonical === personOf(right).canonical;
const confusable = (left: string, right: string): boolean => looksLike(personOf(left), personOf(right));

describe('the canonical form of a name', () => {
  // Oracle: the full foldings of Unicode's CaseFolding.txt (status F), by hand.
  test.each([
    ['Maße', 'MASSE'],
    ['MAẞE', 'masse'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
    ['ŉ', 'ʼN'],
    ['ǰ', 'J\u030c'],
    ['ﬀ', 'FF'],
    ['և', 'ԵՒ'],
    ['ᾳ', 'ΑΙ'],
    ['Ꭰ', 'ꭰ'],
    ['K', '\u212a'],
    ['Ann  Lee', ' ann\u2003lee '],
  ])('of %j is that of %j', (left, right) => {
    expect(same(left, right)).toBe(true);
  });

  test('keeps apart what is another letter, without the rules of any language', () => {
    expect(same('ann', 'anna')).toBe(false);
    expect(same('e', 'é')).toBe(false);
    expect(same('i', 'ı')).toBe(false);
    expect(same('I', 'i')).toBe(true);
  });

  test('is its own canonical form, for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (name) => {
        const { canonical, looks } = personOf(name);
        expect(personOf(canonical).canonical).toBe(canonical);
        expect(looks.length).toBeGreaterThan(0);
        expect(same(name, name.normalize('NFD')) && same(name, ` ${name}\u3000`)).toBe(true);
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});

describe('the skeleton', () => {
  // Examples of UTS 39 and of the confusables it is made from.
  test.each([
    ['paypal', '\u0440\u0430ypal'],
    ['scope', '\u0455\u0441\u043e\u0440\u0435'],
    ['rn', 'm'],
    ['l', '1'],
    ['O', '0'],
    ['\u03bd', 'v'],
    ['\u05d5', 'l'],
  ])('of %j is that of %j', (left, right) => {
    expect(skeletonOf(left)).toBe(skeletonOf(right));
  });

  test('replaces as many characters as it did when its table was made', () => {
    const characters = Array.from({ length: 0x30000 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff);
    const changed = characters.filter((code) => {
      const text = String.fromCodePoint(code);
      return text === text.normalize('NFKD') && skeletonOf(text) !== text;
    });
    expect(changed.length).toBe(3577);
  });

  test('of a skeleton is itself, for any text of letters', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (text) => expect(skeletonOf(skeletonOf(text))).toBe(skeletonOf(text))),
      { numRuns: propertyRuns(500) },
    );
  });
});

describe('two names', () => {
  test.each([
    ['alice', '\u0430lice'],
    ['alice', 'AL\u0406CE'],
    ['alice', 'ALlCE'],
    ['bob', 'b0b'],
    ['anna maria', 'annamaria'],
    ['chris', 'chr\u0131s'],
  ])('%j and %j look alike', (left, right) => {
    expect([confusable(left, right), confusable(right, left)]).toEqual([true, true]);
    expect(same(left, right)).toBe(false);
  });

  test.each([
    ['alice', 'bob'],
    ['worker', 'ann'],
    ['иван', 'ivan'],
    ['Zoë', 'zoe'],
    ['desk-1', 'desk-2'],
    ['jan', 'ian'],
  ])('%j and %j do not', (left, right) => {
    expect(confusable(left, right)).toBe(false);
  });
});

test.each(['', '  ', 'unnamed', 'UNNAMED', '\u3000unnamed', 'ｕｎｎａｍｅｄ', 'unnаmed', '\u200b'])('%j names nobody', (name) => {
  expect(isNamed(name)).toBe(false);
});

test('a character that nobody sees is named by its code point; letters, marks and blanks between words are seen', () => {
  expect(['a\u202eb', 'a\u0000', 'a\u00ad', 'a\ue000'].map(unseenIn)).toEqual(['U+202E', 'U+0000', 'U+00AD', 'U+E000']);
  expect(['Zoë Müller', 'rene\u0301', '王小明', 'अनु', '👍'].map(unseenIn)).toEqual([null, null, null, null, null]);
});

test('a claimed name says so, with the local user as far as it is known', () => {
  expect(claimedText('alice', null)).toBe('alice (claimed)');
  expect(claimedText('alice', { name: 'root', uid: 0 })).toBe('alice (claimed; local user root)');
  expect(claimedText('alice', { name: null, uid: 4711 })).toBe('alice (claimed; local uid 4711)');
  expect(claimedText('alice', { name: null, uid: null })).toBe('alice (claimed; local user unknown)');
  expect([localUserIn({}), localUserIn({ localUser: null }), localUserIn({ localUser: { name: 1 } })]).toEqual([undefined, null, null]);
});
