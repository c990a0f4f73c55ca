import { brotliDecompressSync, unzipSync } from 'node:zlib';
import { snappyUncompress, type CompressionCodec } from 'hyparquet';
import { decompressLz4, decompressLz4Raw, decompressZstd } from 'hyparquet-compressors';
import { guarded, refuseParquet, type ParquetSource } from './source.ts';

type Decompress = (input: Uint8Array, length: number) => Uint8Array;

/** Each writes into a buffer of the announced length, or stops there: a small page cannot become a large one. */
const decompressors: Readonly<Partial<Record<CompressionCodec, Decompress>>> = {
  UNCOMPRESSED: (input) => input,
  SNAPPY: (input, length) => {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
  GZIP: (input, length) => unzipSync(input, { maxOutputLength: length }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: length }),
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

/** The bytes of a page, exactly as many as its header announces. Errors: the code of the source. */
export function decompressPage(
  input: Uint8Array,
  length: number,
  codec: CompressionCodec,
  source: ParquetSource,
  column: string,
): Uint8Array {
  const decompress = decompressors[codec];
  if (decompress === undefined) return refuseParquet(source, `compression ${codec} is not read`, column);
  if (length === 0) return new Uint8Array(0);
  const output = guarded(source, 'a compressed page', () => decompress(input, length), column);
  if (output.length !== length) refuseParquet(source, `a page of ${output.length} bytes was announced with ${length}`, column);
  return output;
}
