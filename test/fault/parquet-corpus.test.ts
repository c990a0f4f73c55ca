import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { reportFigures } from '../support/figures.ts';
import { needs } from '../support/needs.ts';
import { corpusIn, readLikeItsSource } from '../support/parquet-corpus.ts';

const folder = process.env['PARQUET_CORPUS'];
const corpus = needs('a parquet corpus');

describe('the parquet files of every writer', () => {
  corpus.test('every value of every file is that of its source', async () => {
    const files = corpusIn(folder!);
    const wrong: string[] = [];
    for (const { file, content } of files) {
      const found: unknown = await readLikeItsSource(readFileSync(join(folder!, file)), file).catch((error: unknown) => error);
      if (found instanceof Error) wrong.push(found.message);
      else if (JSON.stringify(found) !== JSON.stringify(content)) wrong.push(`${file}: other values`);
    }
    reportFigures({ test: 'parquet files of every writer', seed: null, trials: files.length, wrong: wrong.length });
    expect(wrong).toEqual([]);
    const writers = new Set(files.map(({ file }) => /^[a-z]+-[\d.]+/.exec(file)![0]));
    expect([...writers].filter((writer) => writer.startsWith('duckdb'))).toHaveLength(3);
    for (const writer of ['pyarrow', 'pandas', 'polars', 'fastparquet'])
      expect([...writers].some((found) => found.startsWith(writer))).toBe(true);
    expect(files.length).toBeGreaterThan(1_200);
  });

  const dates = Array.from({ length: 90 }, (_, row) => new Date(86_400_000 * (16_436 + row)));
  const days = dates.map((date) => date.toISOString().slice(0, 10));
  const prices = dates.map((_, row) => (row % 4 === 1 ? null : 100 + row / 8));
  const whole = dates.map((_, row) => 4_000_000_000 - row);
  test.each(
    ['UNCOMPRESSED', 'SNAPPY', 'GZIP'].flatMap((codec) =>
      ['PLAIN', 'BYTE_STREAM_SPLIT', undefined].flatMap((encoding) =>
        [1_000, 40].map((rowGroupSize) => ({ codec, encoding, rowGroupSize })),
      ),
    ),
  )(
    'hyparquet-writer with $codec, $encoding and $rowGroupSize rows a group is read as its source',
    async ({ codec, encoding, rowGroupSize }) => {
      const bytes = parquetWriteBuffer({
        codec: codec as 'GZIP',
        compressors: { GZIP: (input: Uint8Array) => gzipSync(input) },
        rowGroupSize,
        columnData: [
          { name: 'date', data: dates, type: 'TIMESTAMP' },
          { name: 'X:A', data: prices, type: 'DOUBLE', ...(encoding === undefined ? {} : { encoding: encoding as 'PLAIN' }) },
          { name: 'X:B', data: whole.map(BigInt), type: 'INT64', encoding: encoding === 'PLAIN' ? 'DELTA_BINARY_PACKED' : 'PLAIN' },
        ],
      });
      expect(await readLikeItsSource(new Uint8Array(bytes), 'f')).toEqual({ dates: days, columns: { 'X:A': prices, 'X:B': whole } });
    },
  );
});
