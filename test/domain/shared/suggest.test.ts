import { describe, expect, test } from '@jest/globals';
import { editDistance, enumerated, likely, nearest, suggestedSentence, suggestion } from '../../../domain/shared/suggest.ts';

/** By the recursion of the definition, without a table. */
function distanceApart(left: string, right: string): number {
  if (left === '' || right === '') return left.length + right.length;
  const [a, b] = [left.slice(0, -1), right.slice(0, -1)];
  const swapped =
    left.length > 1 && right.length > 1 && left.at(-1) === right.at(-2) && left.at(-2) === right.at(-1)
      ? distanceApart(left.slice(0, -2), right.slice(0, -2)) + 1
      : Infinity;
  const replaced = distanceApart(a, b) + (left.at(-1) === right.at(-1) ? 0 : 1);
  return Math.min(distanceApart(a, right) + 1, distanceApart(left, b) + 1, replaced, swapped);
}

describe('the edits between two words', () => {
  test('are those of the definition: insert, delete, replace, swap of neighbours', () => {
    const words = ['', 'a', 'ab', 'ba', 'abc', 'acb', 'cab', 'abcd', 'badc', 'aabb', 'bbaa', 'kite', 'tike'];
    for (const left of words)
      for (const right of words) expect([left, right, editDistance(left, right)]).toEqual([left, right, distanceApart(left, right)]);
  });
});

describe('the words that were probably meant', () => {
  const known = ['AMEX:SPY', 'NASDAQ:QQQ', 'CME:ES', 'NYSE:SPYX', 'hrp', 'barbell', 'benchmark', 'market', 'market_neutral'];
  test.each<[string, readonly string[]]>([
    [' HRP ', ['hrp']],
    ['amex:spy', ['AMEX:SPY']],
    ['spy', ['AMEX:SPY']],
    ['NASDAQ:SPY', ['AMEX:SPY']],
    ['qqq', ['NASDAQ:QQQ']],
    ['mark', ['market', 'market_neutral']],
    ['b', []],
    ['ba', ['barbell']],
    ['be', ['benchmark']],
    ['hpr', ['hrp']],
    ['hrpx', ['hrp']],
    ['barbel', ['barbell']],
    ['brbell', ['barbell']],
    ['brbll', []],
    ['xxxxx', []],
    ['qqx', ['NASDAQ:QQQ']],
  ])('%j: %j', (word, meant) => {
    expect(likely(word, known)).toEqual(meant);
    expect(nearest(word, known)).toBe(meant[0] ?? null);
  });

  test('are at most three, and the first of equally near ones', () => {
    expect(likely('ab', ['ab1', 'ab2', 'ab3', 'ab4'])).toEqual(['ab1', 'ab2', 'ab3']);
    expect(likely('abcx', ['abcy', 'abcz'])).toEqual(['abcy']);
    expect(likely('abcdef', ['abxxef', 'abcdxf'])).toEqual(['abcdxf']);
    expect(likely('abcdef', ['abxxef'])).toEqual(['abxxef']);
    expect(likely('abcdef', ['axxxef'])).toEqual([]);
  });

  test('are none where looking would take too long', () => {
    expect(likely('a'.repeat(632), [`${'a'.repeat(631)}b`])).toEqual([`${'a'.repeat(631)}b`]);
    expect(likely('a'.repeat(1000), [`${'a'.repeat(999)}b`])).toEqual([]);
    expect(likely('a'.repeat(400), [`${'a'.repeat(399)}b`, 'b'.repeat(600)])).toEqual([`${'a'.repeat(399)}b`]);
    expect(likely('a'.repeat(400), [`${'a'.repeat(399)}b`, 'b'.repeat(601)])).toEqual([]);
  });

  test('end a sentence', () => {
    expect(suggestion('ab', ['ab1'])).toBe(': did you mean ab1?');
    expect(suggestion('ab', ['ab1', 'ab2'])).toBe(': did you mean ab1 or ab2?');
    expect(suggestion('ab', ['ab1', 'ab2', 'ab3'])).toBe(': did you mean ab1, ab2 or ab3?');
    expect(suggestion('zz', [])).toBe('');
    expect(suggestion('zzzz', ['a'])).toBe('; there is a');
    expect(suggestion('zzzz', ['a', 'b'])).toBe('; there are a, b');
    expect(suggestion('zzzz', 'abcdefgh'.split(''))).toBe('; there are a, b, c, d, e, f, g, h');
    expect(suggestion('zzzz', 'abcdefghi'.split(''))).toBe('; there are a, b, c, d, e, f, g, h and 1 more');
    expect([enumerated(['a', 'b'], 2), enumerated(['a', 'b', 'c', 'd'], 2), enumerated([], 2)]).toEqual(['a, b', 'a, b and 2 more', '']);
    expect(suggestedSentence('No such word', 'ab', ['ab1'])).toBe('No such word: did you mean ab1?');
    expect(suggestedSentence('No such word', 'zz', [])).toBe('No such word.');
    expect(suggestedSentence('No such word', 'zzzz', ['a'])).toBe('No such word; there is a.');
  });
});
