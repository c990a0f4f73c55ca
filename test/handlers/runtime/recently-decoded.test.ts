import { describe, expect, test } from '@jest/globals';
import { RecentlyDecoded } from '../../../handlers/runtime/recently-decoded.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Decodes text, and counts how often. */
class Counting {
  readonly decoded: string[] = [];
  readonly #recently: RecentlyDecoded<{ readonly text: string }>;

  constructor(bytesMax: number) {
    this.#recently = new RecentlyDecoded(bytesMax);
  }

  at(place: string, text: string): { readonly text: string } {
    return this.#recently.value(place, bytesOf(text), (bytes) => {
      const decoded = new TextDecoder().decode(bytes);
      this.decoded.push(decoded);
      if (decoded === 'bad') throw new Error('it means nothing');
      return { text: decoded };
    });
  }
}

describe('what was decoded of late', () => {
  test('is the same value again for the same bytes at the same place', () => {
    const counting = new Counting(100);
    const first = counting.at('1', 'one');
    expect(counting.at('1', 'one')).toBe(first);
    expect(counting.at('2', 'one')).not.toBe(first);
    expect(counting.decoded).toEqual(['one', 'one']);
  });

  test('is decoded anew where other bytes stand at the place, as in another ledger or a damaged one', () => {
    const counting = new Counting(100);
    counting.at('1', 'one');
    expect(counting.at('1', 'two')).toEqual({ text: 'two' });
    expect(counting.at('1', 'two, and more')).toEqual({ text: 'two, and more' });
    expect(counting.at('1', 'one')).toEqual({ text: 'one' });
    expect(counting.decoded).toEqual(['one', 'two', 'two, and more', 'one']);
  });

  test('is forgotten when there is more of it than may be, first what was not asked for the longest', () => {
    const counting = new Counting(6);
    counting.at('1', 'one');
    counting.at('2', 'two');
    counting.at('1', 'one');
    counting.at('3', 'six');
    counting.decoded.length = 0;
    counting.at('1', 'one');
    counting.at('3', 'six');
    expect(counting.decoded).toEqual([]);
    counting.at('2', 'two');
    expect(counting.decoded).toEqual(['two']);
    counting.at('3', 'six');
    expect(counting.decoded).toEqual(['two']);
    counting.at('1', 'one');
    expect(counting.decoded).toEqual(['two', 'one']);
  });

  test('is not kept where it is larger than all that may be', () => {
    const counting = new Counting(2);
    expect([counting.at('1', 'one'), counting.at('1', 'one')]).toEqual([{ text: 'one' }, { text: 'one' }]);
    expect(counting.decoded).toEqual(['one', 'one']);
  });

  test('is not kept where it meant nothing', () => {
    const counting = new Counting(100);
    for (let attempt = 0; attempt < 2; attempt++) expect(() => counting.at('1', 'bad')).toThrow('it means nothing');
    expect(counting.decoded).toEqual(['bad', 'bad']);
  });
});
