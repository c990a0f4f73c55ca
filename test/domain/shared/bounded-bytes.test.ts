import { describe, expect, test } from '@jest/globals';
import { bytesWithin } from '../../../domain/shared/bounded-bytes.ts';

const tooLarge = (): Error => new Error('more than is read');

/** Pieces, and how many of them were asked for. */
function pieces(...all: readonly number[][]): { readonly asked: () => number; readonly stream: AsyncIterable<Uint8Array> } {
  let asked = 0;
  async function* told(): AsyncGenerator<Uint8Array> {
    for (const piece of all) {
      asked++;
      yield Uint8Array.from(piece);
    }
  }
  return { asked: () => asked, stream: told() };
}

describe('bytes that are read within a bound', () => {
  test('are the pieces in their order, up to the bound itself', async () => {
    expect(await bytesWithin(pieces([1, 2], [], [3]).stream, 3, tooLarge)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await bytesWithin(pieces().stream, 0, tooLarge)).toEqual(new Uint8Array());
    expect(await bytesWithin(null, 0, tooLarge)).toEqual(new Uint8Array());
  });

  test('are refused with the first byte too many, and nothing more is asked for', async () => {
    const { asked, stream } = pieces([1, 2], [3, 4], [5]);
    await expect(bytesWithin(stream, 3, tooLarge)).rejects.toThrow('more than is read');
    expect(asked()).toBe(2);
  });
});
