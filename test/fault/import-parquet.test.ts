import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { LedgerError } from '../../domain/shared/errors.ts';
import { changedBytes } from '../support/changed-bytes.ts';
import { parsingProcess } from '../support/parsing.ts';

const memoryBytesMax = 256 * 1024 * 1024;
const fixture = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, '../fixtures/parquet', `${name}.parquet`));

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** As the program reads a file, with less patience: a damaged page may keep the decoder busy for ever. */
const parsing = parsingProcess(5_000);

async function codeOf(input: Uint8Array): Promise<string | null> {
  try {
    await parsing.read('parquetPrices', input, 'bomb.parquet');
    return null;
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
}

/** Code of the refusal, and what the attempt added to heap and buffers here; the other process is bounded by its guard. */
async function attempt(input: Uint8Array): Promise<{ readonly code: string | null; readonly memoryBytes: number }> {
  collectGarbage();
  const before = process.memoryUsage();
  const code = await codeOf(input);
  const after = process.memoryUsage();
  return { code, memoryBytes: after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers };
}

/** A file with nothing but a footer, written by hand in Thrift's compact protocol. */
function fileWithFooter(footer: readonly number[]): Uint8Array {
  const length = [footer.length & 255, (footer.length >> 8) & 255, (footer.length >> 16) & 255, 0];
  return Uint8Array.from([...Buffer.from('PAR1'), ...footer, ...length, ...Buffer.from('PAR1')]);
}
const billion = [0x80, 0xa8, 0xd6, 0xb9, 0x07];
const zigzagBillion = [0x80, 0xd0, 0xac, 0xf3, 0x0e];

function patched(bytes: Uint8Array, find: readonly number[], replace: readonly number[]): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf(Buffer.from(find));
  if (at < 0) throw new Error('the bytes to patch are not there');
  copy.set(replace, at);
  return copy;
}

const oneRow = new Uint8Array(
  parquetWriteBuffer({
    codec: 'UNCOMPRESSED',
    columnData: [
      { name: 'date', data: ['2024-01-02'], type: 'STRING' },
      { name: 'X:A', data: Float64Array.of(1) },
    ],
  }),
);

const manyTexts = {
  name: 'date',
  data: Array.from({ length: 50_000 }, (_, row) => String(row).padStart(400, '0')),
  type: 'STRING' as const,
  encoding: 'PLAIN' as const,
};
const bombs: Readonly<Record<string, () => Uint8Array>> = {
  'a list of a thousand million schema elements': () => fileWithFooter([0x15, 2, 0x19, 0xfc, ...billion]),
  'a list of a thousand million booleans': () => fileWithFooter([0x19, 0xf1, ...billion, 0]),
  'lists nested ten thousand deep': () => fileWithFooter([0x19, ...Array.from({ length: 10_000 }, () => 0x19)]),
  'structs nested ten thousand deep': () => fileWithFooter(Array.from({ length: 10_000 }, () => 0x1c)),
  'a thousand million rows, with a row group to match': () =>
    fileWithFooter([
      0x15,
      2,
      0x19,
      0x1c,
      0x48,
      1,
      0x61,
      0x15,
      0,
      0,
      0x16,
      ...zigzagBillion,
      0x19,
      0x1c,
      0x19,
      0x0c,
      0x16,
      0,
      0x16,
      ...zigzagBillion,
      0,
      0,
    ]),
  'a text of a thousand million bytes': () => patched(oneRow, [10, 0, 0, 0, ...Buffer.from('2024-01-02')], [0, 0xca, 0x9a, 0x3b]),
  'a page of 20 MB that packs into little': () =>
    new Uint8Array(
      parquetWriteBuffer({
        codec: 'GZIP',
        compressors: { GZIP: (input) => gzipSync(input) },
        pageSize: 1e9,
        rowGroupSize: 1e9,
        columnData: [manyTexts, { name: 'X:A', data: new Float64Array(50_000) }],
      }),
    ),
  'a page of 300 MB that announces little': () => {
    const zeros = gzipSync(new Uint8Array(300_000_000));
    return new Uint8Array(
      parquetWriteBuffer({
        codec: 'GZIP',
        compressors: { GZIP: () => zeros },
        columnData: [
          { ...manyTexts, data: manyTexts.data.slice(0, 2000) },
          { name: 'X:A', data: new Float64Array(2000) },
        ],
      }),
    );
  },
};

describe('A3: parquet bombs', () => {
  test.each(Object.entries(bombs))('%s is refused within 256 MB', async (_, bomb) => {
    const { code, memoryBytes } = await attempt(bomb());
    expect(['PriceFileUnreadable', 'LimitExceeded']).toContain(code);
    expect(memoryBytes).toBeLessThan(memoryBytesMax);
  });

  test('every cut of a file is refused', async () => {
    const bytes = fixture('nameless_index');
    for (let length = 0; length < bytes.length; length++) expect(await codeOf(bytes.subarray(0, length))).toBe('PriceFileUnreadable');
  });

  test.each([
    'nameless_index',
    'column_of_texts',
    'pages_v2',
    'byte_streams',
    'codec_None',
    'codec_gzip',
    'codec_zstd',
    'codec_brotli',
    'codec_lz4',
    'row_groups',
  ])('%s with any bytes changed reads or is refused, and never fails otherwise', async (name) => {
    await fc.assert(
      fc.asyncProperty(changedBytes(fixture(name)), async (damaged) => {
        return [null, 'PriceFileUnreadable', 'LimitExceeded'].includes(await codeOf(damaged));
      }),
      { numRuns: 500 },
    );
  });
});
