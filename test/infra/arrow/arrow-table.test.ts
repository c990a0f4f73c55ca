/** Arrow IPC files, read back by the library's own reader. */
import { describe, expect, test } from '@jest/globals';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { byDate } from '../../../domain/shared/table-formats.ts';
import { formatArrowTable } from '../../../infra/arrow/arrow-table.ts';

const day = 86_400_000;

describe('a table as an Arrow file', () => {
  test('has dates without a zone, doubles to the bit, null for a missing cell, and the same bytes each time', () => {
    const number = fc.oneof(fc.double({ noNaN: false }), fc.constant(-0), fc.constant(5e-324));
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { maxLength: 70 }), (rows) => {
        const dates = rows.map((_, row) => new Date(row * day).toISOString().slice(0, 10));
        const columns = [0, 1].map((at) => ({ name: `sleeve ${at}`, values: Float64Array.from(rows, (row) => row[at]!) }));
        const bytes = formatArrowTable(byDate(dates), columns);
        const read = tableFromIPC(bytes);
        expect(read.schema.fields.map(({ name, type, nullable }) => [name, String(type), nullable])).toEqual([
          ['date', 'Timestamp<MILLISECOND>', false],
          ['sleeve 0', 'Float64', true],
          ['sleeve 1', 'Float64', true],
        ]);
        expect(read.numRows).toBe(rows.length);
        expect([...(read.getChild('date') ?? [])]).toEqual(rows.map((_, row) => row * day));
        for (const { name, values } of columns)
          expect([...(read.getChild(name) ?? [])]).toEqual([...values].map((value) => (Number.isNaN(value) ? null : value)));
        expect(formatArrowTable(byDate(dates), columns)).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  test('begins and ends with the magic of the file format, and tells pandas which column the index is', () => {
    const bytes = formatArrowTable(byDate(['2024-02-29']), [{ name: 'etfs', values: Float64Array.of(0.5) }]);
    const text = (from: number, to?: number): string => new TextDecoder().decode(bytes.slice(from, to));
    expect([text(0, 6), text(-6)]).toEqual(['ARROW1', 'ARROW1']);
    const { metadata } = tableFromIPC(bytes).schema;
    expect(JSON.parse(metadata.get('pandas')!)).toMatchObject({ index_columns: ['date'], columns: [{ name: 'etfs' }, { name: 'date' }] });
  });

  test('has names of rows as text under their heading', () => {
    const names = ['ES', 'Größe', '', '日経'];
    const read = tableFromIPC(
      formatArrowTable({ kind: 'names', heading: 'asset', values: names }, [
        { name: 'weight', values: Float64Array.of(1, 2, 3, Number.NaN) },
      ]),
    );
    expect(read.toArray().map((row) => ({ ...row }) as object)).toEqual(
      names.map((asset, row) => ({ asset, weight: row === 3 ? null : row + 1 })),
    );
  });

  test('does not hold a date that does not exist', () => {
    expect(() => formatArrowTable(byDate(['2023-02-31']), [])).toThrow('"2023-02-31" is not a date');
  });
});
