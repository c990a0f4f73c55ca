/** Chunks of artifacts as stores keep them. The codec itself is Node's zlib; the golden lines hold streams of Python's too. */
import { deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  artifactChunksMax,
  contentsOf,
  deflateLevel,
  type Inflate,
  keptChunks,
  rawChunks,
  type StoredChunk,
} from '../../../domain/shared/artifact-chunks.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { incompressible } from '../../support/figures.ts';

const chunkBytes = limits.artifactChunkBytesMax;
const deflate = (content: Uint8Array): Uint8Array => deflateSync(content, { level: deflateLevel });
const inflate: Inflate = (stored, bytesMax) =>
  inflateSync(stored, { maxOutputLength: bytesMax, info: true }) as unknown as ReturnType<Inflate>;
const address = 'ab'.repeat(32);

const storedChunks = (content: Uint8Array, stated: boolean): StoredChunk[] => {
  const { codec, chunks } = keptChunks(content, deflate);
  return chunks.map(({ stored, contentBytes }) => ({ codec, stored, contentBytes: stated ? contentBytes : null }));
};
const refusalOf = (chunks: readonly StoredChunk[]): unknown => {
  try {
    return contentsOf(address, chunks, inflate);
  } catch (error) {
    const { code, evidence } = error as { readonly code: string; readonly evidence: object };
    return { code, ...evidence };
  }
};

describe('A content', () => {
  test('comes back from its chunks, whatever it is, and is never longer for being kept', () => {
    const contents = fc.oneof(
      fc.uint8Array({ maxLength: 3_000 }),
      fc.array(fc.constantFrom('2024-01-02,', '0.0125', '-1e-7', '\n'), { maxLength: 500 }).map((words) => Buffer.from(words.join(''))),
    );
    fc.assert(
      fc.property(contents, fc.boolean(), (content, stated) => {
        const chunks = storedChunks(content, stated);
        expect(Buffer.concat(contentsOf(address, chunks, inflate)).equals(Buffer.from(content))).toBe(true);
        expect(chunks.reduce((sum, { stored }) => sum + stored!.length, 0)).toBeLessThanOrEqual(content.length);
      }),
    );
  });

  test.each([
    [0, 0],
    [1, 1],
    [chunkBytes, 1],
    [chunkBytes + 1, 2],
    [3 * chunkBytes, 3],
  ])('of %i bytes has %i chunks, cut at the same places by every codec', (length, count) => {
    const content = Buffer.alloc(length, 'series,');
    const [raw, kept] = [rawChunks(content), keptChunks(content, deflate)];
    expect([raw.chunks.length, kept.chunks.length]).toEqual([count, count]);
    expect(kept.chunks.map(({ contentBytes }) => contentBytes)).toEqual(raw.chunks.map(({ contentBytes }) => contentBytes));
  });

  test('that is no shorter for it is kept raw as a whole, and so is one of whose chunks would be too long', () => {
    const text = Buffer.alloc(2 * chunkBytes, 'series,');
    const kept = [text, Buffer.concat([text, incompressible(100)]), incompressible(9_000), Buffer.from('a')];
    expect(kept.map((content) => keptChunks(content, deflate).codec)).toEqual(['deflate', 'deflate', 'raw', 'raw']);
    expect(keptChunks(Buffer.concat([incompressible(chunkBytes), text]), deflate).codec).toBe('raw');
  });
});

describe('Stored chunks', () => {
  const content = Buffer.alloc(2 * chunkBytes + 5, 'series,');
  const [first, second, third] = storedChunks(content, true) as [StoredChunk, StoredChunk, StoredChunk];

  test.each([
    ['one cut short', [first, { ...second, stored: second.stored!.subarray(0, -1) }], 1],
    ['one with bytes behind it', [first, { ...second, stored: Buffer.concat([second.stored!, Buffer.alloc(1)]) }], 1],
    ['one that makes more than it states', [{ ...first, contentBytes: chunkBytes - 1 }], 0],
    ['one that makes less than it states', [first, second, { ...third, contentBytes: 6 }], 2],
    ['one that states nothing and makes more than a chunk', [{ codec: 'deflate', stored: deflate(content), contentBytes: null }], 0],
    ['one that states a negative length', [{ ...third, contentBytes: -1 }], 0],
    ['a raw one of more than a chunk', [{ codec: 'raw', stored: new Uint8Array(chunkBytes + 1), contentBytes: null }], 0],
    ['one that was too long to be read', [first, { ...second, stored: null }], 1],
    ['one of no stream of zlib', [{ ...third, stored: Buffer.from('series,series') }], 0],
  ])('%s: ArtifactDamaged by its number', (_, chunks, chunk) => {
    expect(refusalOf(chunks)).toEqual({ code: 'ArtifactDamaged', sha256: address, chunk });
  });

  test('more than an artifact may have, or that state more than it may hold: ArtifactDamaged, and none is inflated', () => {
    let inflated = 0;
    const counting: Inflate = (stored, bytesMax) => {
      inflated++;
      return inflate(stored, bytesMax);
    };
    for (const chunks of [
      Array.from({ length: artifactChunksMax + 1 }, () => ({ ...first, contentBytes: null })),
      Array.from({ length: 9 }, () => ({ ...first, contentBytes: limits.artifactBytesMax / 8 })),
    ])
      expect(() => contentsOf(address, chunks, counting)).toThrow(expect.objectContaining({ code: 'ArtifactDamaged' }));
    expect(inflated).toBe(0);
  });

  test('of a codec that nobody knows: StoreTooNew, with the chunk and the codec', () => {
    expect(refusalOf([first, { ...second, codec: 'zstd' }])).toMatchObject({ code: 'StoreTooNew', chunk: 1, codec: 'zstd' });
  });
});

describe('What was stored once', () => {
  // zlib.compress(text, 1) and (text, 9) of Python 3.11, and what Node 20 makes: whoever wrote it, it is read.
  const text = 'date,hrp\n2024-01-02,0.0125\n2024-01-03,0.0125\n2024-01-04,-0.0125\n';
  test.each([
    '78014b492c49d5c9282ae032323032d13530d43530d231d033303432458818638898e8e842150100d6e30d12',
    '78da4b492c49d5c9282ae032323032d13530d43530d231d033303432458818638898e8e8428500d6e30d12',
  ])('is read for good: %s', (stored) => {
    const chunk = { codec: 'deflate', stored: Buffer.from(stored, 'hex'), contentBytes: text.length };
    expect(Buffer.concat(contentsOf(address, [chunk], inflate)).toString()).toBe(text);
  });
});
