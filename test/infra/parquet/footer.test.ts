import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { leavesOf, openParquet, type ParquetFile } from '../../../infra/parquet/footer.ts';
import { checkPages } from '../../../infra/parquet/pages.ts';
import { refusalOf } from '../../support/refusal.ts';

const source = { file: 'a.parquet', code: 'PriceFileUnreadable' } as const;
const chunk = (more: object = {}): object => ({
  meta_data: {
    type: 'DOUBLE',
    path_in_schema: ['x'],
    codec: 'SNAPPY',
    data_page_offset: 4n,
    total_compressed_size: 0n,
    ...more,
  },
});
const group = (rows: bigint, columns: readonly object[] = [chunk()]): object => ({ num_rows: rows, columns });

/** A file with such a footer. */
function file(rows: bigint, groups: readonly object[], leaves: readonly object[] = [{ name: 'x' }], length = 100): ParquetFile {
  const footer = { num_rows: rows, schema: [{ name: 'schema' }, ...leaves], row_groups: groups };
  return { bytes: new Uint8Array(length), footer, metadata: {}, source } as unknown as ParquetFile;
}
const names = (count: number): object[] => Array.from({ length: count }, (_, at) => ({ name: `c${at}` }));

describe('the columns of a file', () => {
  test('are those of the schema, in their order', () => {
    const leaves = [{ name: 'a' }, { name: 'b', repetition_type: 'OPTIONAL' }];
    expect(leavesOf(file(3n, [group(1n, [chunk(), chunk()]), group(2n, [chunk(), chunk()])], leaves))).toEqual(leaves);
    expect(leavesOf(file(1n, [...Array.from({ length: 100 }, () => group(0n)), group(1n)]))).toHaveLength(1);
  });

  const { priceRowsMax, symbolsPerSleeveMax, priceCellsMax } = limits;
  test.each<[ParquetFile, string]>([
    [file(3n, [group(1n)]), 'a.parquet: the row groups add up to 1 rows, the file announces 3'],
    [file(0n, []), 'a.parquet: the file has no rows'],
    [file(1n, [...Array.from({ length: 101 }, () => group(0n)), group(1n)]), 'a.parquet: 102 groups of rows, at most 101 are read'],
    [
      file(BigInt(priceRowsMax) + 1n, [group(BigInt(priceRowsMax) + 1n)]),
      `a.parquet: ${priceRowsMax + 1} rows, at most ${priceRowsMax} are read`,
    ],
    [
      file(1n, [group(1n)], names(symbolsPerSleeveMax + 2)),
      `a.parquet: ${symbolsPerSleeveMax + 1} columns, at most ${symbolsPerSleeveMax} are read`,
    ],
    [file(1n, [group(1n)], names(symbolsPerSleeveMax + 1)), 'a.parquet: a row group lacks a column'],
    [
      file(BigInt(priceRowsMax), [group(BigInt(priceRowsMax))], names(Math.floor(priceCellsMax / priceRowsMax) + 1)),
      `a.parquet: ${priceRowsMax * (Math.floor(priceCellsMax / priceRowsMax) + 1)} cells, at most ${priceCellsMax} are read`,
    ],
    [file(1n, [group(1n)], [{ name: 'x', num_children: 1 }]), 'a.parquet, column x: a nested column is not read'],
    [file(1n, [group(1n)], [{ name: 'x', repetition_type: 'REPEATED' }]), 'a.parquet, column x: a nested column is not read'],
    [file(1n, [group(1n)], [{ name: 'x' }, { name: 'x' }]), 'a.parquet, column x: two columns have this name'],
    [file(1n, [group(1n), group(0n, [])]), 'a.parquet: a row group lacks a column'],
  ])('are refused %#', (given, message) => {
    expect(refusalOf(() => leavesOf(given)).message).toBe(message);
  });
});

const placed = (more: object, rows = 1n, length = 100): ParquetFile => file(rows, [group(rows, [chunk(more)])], [{ name: 'x' }], length);
const check = (given: ParquetFile): void => checkPages(given, leavesOf(given));

describe('the places of the data', () => {
  test.each<[ParquetFile, string]>([
    [placed({ data_page_offset: 3n }), 'its data are said to lie at bytes 3 to 3 of 100'],
    [placed({ data_page_offset: 50n, total_compressed_size: 51n }), 'its data are said to lie at bytes 50 to 101 of 100'],
    [placed({ data_page_offset: 50n, total_compressed_size: -1n }), 'its data are said to lie at bytes 50 to 49 of 100'],
    [placed({ dictionary_page_offset: 2n, data_page_offset: 50n }), 'its data are said to lie at bytes 2 to 2 of 100'],
    [placed({ dictionary_page_offset: 0n, data_page_offset: 3n }), 'its data are said to lie at bytes 3 to 3 of 100'],
  ])('are refused %#', (given, why) => {
    expect(refusalOf(() => check(given)).message).toBe(`a.parquet, column x: ${why}`);
  });

  test('may be the whole file, and nothing twice', () => {
    check(placed({ data_page_offset: 100n }));
    const twice = file(1n, [group(1n, [chunk({ total_compressed_size: 60n }), chunk({ total_compressed_size: 60n })])], names(2));
    expect(refusalOf(() => check(twice)).message).toBe(
      'a.parquet: the columns are said to take 120 bytes of 100: several share their data',
    );
  });
});

const par1 = (...pieces: (string | number[])[]): Uint8Array =>
  Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece))));

describe('a file is no parquet', () => {
  test.each<[Uint8Array, string]>([
    [par1('PAR1PAR1PAR'), 'the file is not parquet'],
    [par1('PARQ', [0, 0, 0, 0], 'PAR1'), 'the file is not parquet'],
    [par1('PAR1', [0, 0, 0, 0], 'PARX'), 'the file is cut off: parquet ends with PAR1'],
    [par1('PAR1', [1, 0, 0, 0], 'PAR1'), 'a footer of 1 bytes in a file of 12'],
  ])('%#', async (bytes, why) => {
    await expect(openParquet(bytes, source)).rejects.toMatchObject({ code: 'PriceFileUnreadable', message: `a.parquet: ${why}` });
  });

  test('beyond the limits', async () => {
    const { priceFileBytesMax, parquetFooterBytesMax } = limits;
    await expect(openParquet({ length: priceFileBytesMax + 1 } as Uint8Array, source)).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: `a.parquet: ${priceFileBytesMax + 1} bytes, at most ${priceFileBytesMax} are read`,
    });
    const large = Buffer.alloc(parquetFooterBytesMax + 13);
    large.write('PAR1');
    large.writeUInt32LE(parquetFooterBytesMax + 1, large.length - 8);
    large.write('PAR1', large.length - 4);
    await expect(openParquet(large, source)).rejects.toMatchObject({
      message: `a.parquet: ${parquetFooterBytesMax + 1} bytes in the footer, at most ${parquetFooterBytesMax} are read`,
    });
  });
});
