import { brotliDecompressSync, unzipSync } from 'node:zlib';
import { snappyUncompress, type Compressors } from 'hyparquet';
import { decompressLz4, decompressLz4Raw, decompressZstd } from 'hyparquet-compressors';
import { limits } from '../../domain/shared/limits.ts';
import { refuseSize, type ParquetSource } from './source.ts';

type Decompress = (input: Uint8Array, length: number) => Uint8Array;

/** LZ4 as Hadoop frames it, which most writers do, or bare, as fastparquet does. */
function lz4(input: Uint8Array, length: number): Uint8Array {
  try {
    return decompressLz4(input, length);
  } catch {
    return decompressLz4Raw(input, length);
  }
}

/** Each writes into a buffer of the announced length, or stops there: a small page cannot become a large one. */
const decompressors = {
  SNAPPY: (input, length) => {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
  GZIP: (input, length) => unzipSync(input, { maxOutputLength: length }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: length }),
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
  LZ4: lz4,
  LZ4_RAW: decompressLz4Raw,
} satisfies Readonly<Record<string, Decompress>>;

/** Decompressors for the library; a page beyond the limit is refused before anything is allocated for it. */
export function decompressorsFor(source: ParquetSource, column: string): Compressors {
  const bounded = (decompress: Decompress): Decompress => {
    return (input, length) => {
      if (length > limits.parquetPageBytesMax) refuseSize(source, 'bytes in a page', length, limits.parquetPageBytesMax, column);
      return length === 0 ? new Uint8Array(0) : decompress(input, length);
    };
  };
  return Object.fromEntries(Object.entries(decompressors).map(([codec, decompress]) => [codec, bounded(decompress)]));
}
