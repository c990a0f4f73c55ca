import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { parseCsvPrices } from '../../../infra/csv/csv-prices.ts';
import { parseParquetPrices } from '../../../infra/parquet/parquet-prices.ts';
import { parseParquetReturns } from '../../../infra/parquet/parquet-returns.ts';
import { formatParquetTable } from '../../../infra/parquet/parquet-table.ts';
import { byDate } from '../../../domain/shared/table-formats.ts';

const folder = join(import.meta.dirname, '../../fixtures/parquet');
const read = (name: string): Uint8Array => readFileSync(join(folder, `${name}.parquet`));

/** What `test/fixtures/make-parquet.py` wrote with real pandas. */
const dates = ['2024-02-28', '2024-02-29', '2024-03-01', '2024-03-04', '2024-03-05'];
const a = [100, 101.25, Number.NaN, 0.1 + 0.2, 1e-17];
const b = [5, 5, 5, -37.63, 0];
const closes = async (name: string): Promise<number[][]> =>
  (await parseParquetPrices(read(name), name)).table.closes.map((column) => [...column]);

async function refusalOf(act: () => unknown): Promise<LedgerError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('prices from parquet', () => {
  test.each([
    'nameless_index',
    'named_index',
    'column_of_dates',
    'column_of_texts',
    'index_of_texts',
    'filtered_numbers',
    'utc',
    'unit_s',
    'unit_ms',
    'unit_us',
    'unit_ns',
    'codec_snappy',
    'codec_gzip',
    'codec_zstd',
    'codec_brotli',
    'codec_lz4',
    'codec_None',
    'pages_v2',
    'no_dictionary',
    'byte_streams',
    'row_groups',
    'arrow_date32',
    'delta',
  ])('%s is read exactly', async (name) => {
    const { table, defects, lines } = await parseParquetPrices(read(name), name);
    expect(table).toEqual({ dates, symbols: ['NYSE:A', 'NYSE:B'], closes: [Float64Array.from(a), Float64Array.from(b)] });
    expect([defects, lines]).toEqual([[], null]);
  });

  test('whole numbers, missing ones and single precision are the doubles that they are', async () => {
    expect(await closes('whole_numbers')).toEqual([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
    ]);
    expect(await closes('nullable_whole')).toEqual([[1, 2, Number.NaN, 4, 5]]);
    expect(await closes('float32')).toEqual([a.map(Math.fround), b.map(Math.fround)]);
  });

  test('3,000 rows over several row groups, pages and dictionaries agree with what pandas wrote as CSV', async () => {
    const csv = parseCsvPrices(readFileSync(join(folder, 'long.csv')), 'long.csv').table;
    const { table } = await parseParquetPrices(read('long'), 'long');
    expect(table.dates).toEqual(csv.dates);
    expect(table.closes).toEqual(csv.closes);
    expect(table.closes[1]!.filter(Number.isNaN).length).toBeGreaterThan(800);
  });

  test('unsorted and duplicate dates are put right and recorded', async () => {
    const { table, defects } = await parseParquetPrices(read('disorder'), 'disorder');
    expect(table.dates).toEqual(['2024-02-28', '2024-02-29', '2024-03-01', '2024-03-05']);
    expect([...table.closes[0]!]).toEqual([a[0], a[1], a[2], a[4]]);
    expect(defects).toEqual([
      { kind: 'unsorted_date', line: null, date: '2024-02-28' },
      { kind: 'duplicate_date', line: null, date: '2024-03-01' },
    ]);
  });

  test.each([
    ['new_york', '__index_level_0__', 'is not a date (midnight'],
    ['intraday', '__index_level_0__', 'is not a date (midnight'],
    ['missing_date', 'date', 'row 3 has no date'],
    ['text_column', 'NYSE:A', 'not numbers'],
    ['infinite', 'NYSE:A', 'Infinity'],
    ['too_large', 'NYSE:A', '1152921504606846976'],
    ['nested', 'NYSE:A', 'nested'],
    ['two_levels', undefined, '2 levels'],
    ['no_rows', undefined, 'no rows'],
  ])('%s is refused with its column', async (name, column, words) => {
    const refusal = await refusalOf(() => parseParquetPrices(read(name), `${name}.parquet`));
    expect([refusal.code, refusal.evidence['column']]).toEqual(['PriceFileUnreadable', column]);
    expect(refusal.message).toContain(words);
    expect(refusal.at.file).toBe(`${name}.parquet`);
  });
});

describe('returns from parquet', () => {
  test('one column on dates is a series', async () => {
    expect(await parseParquetReturns(read('returns'), 'r')).toEqual({ dates, values: Float64Array.from(b) });
  });

  test.each([
    ['returns_missing', '2024-03-01 is NaN'],
    ['nameless_index', '2 value columns (NYSE:A, NYSE:B)'],
  ])('%s is refused', async (name, words) => {
    expect(await refusalOf(() => parseParquetReturns(read(name), name))).toMatchObject({
      code: 'ReturnsFileUnreadable',
      message: expect.stringContaining(words),
    });
  });
});

describe('tables to parquet', () => {
  test('what is written reads back bit for bit, and the same table gives the same bytes', async () => {
    const number = fc.double({ noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 60 }), async (rows) => {
        const days = rows.map((_, row) => `${1960 + row}-02-28`);
        const columns = [0, 1].map((at) => ({ name: `sleeve ${at}`, values: Float64Array.from(rows, (row) => row[at]!) }));
        const bytes = formatParquetTable(byDate(days), columns);
        const { table } = await parseParquetPrices(bytes, 'f');
        expect(table).toEqual({ dates: days, symbols: ['sleeve 0', 'sleeve 1'], closes: columns.map((column) => column.values) });
        expect(formatParquetTable(byDate(days), columns)).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  test('a date that does not exist is not written', async () => {
    expect((await refusalOf(() => formatParquetTable(byDate(['2023-02-31']), []))).code).toBe('SchemaViolation');
  });
});
