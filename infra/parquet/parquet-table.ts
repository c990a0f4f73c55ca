import { parquetWriteBuffer } from 'hyparquet-writer';
import { instantOfDate } from '../../domain/returns/session-date.ts';
import { pandasMetadata, type TableIndex } from '../../domain/shared/table-formats.ts';
import type { TableColumn } from '../../handlers/ports/ports.ts';

type Written = Parameters<typeof parquetWriteBuffer>[0];

interface WrittenIndex {
  readonly data: Written['columnData'][number]['data'];
  readonly schema: NonNullable<Written['schema']>[number];
}

function indexOf(index: TableIndex): WrittenIndex {
  const required = { repetition_type: 'REQUIRED' } as const;
  if (index.kind === 'names')
    return {
      data: [...index.values],
      schema: { ...required, name: index.heading, type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    };
  return {
    data: BigInt64Array.from(index.values, (date) => BigInt(instantOfDate(date))),
    // A converted type alone would mean "adjusted to UTC", and pandas would make the dates zone-aware.
    schema: { ...required, name: 'date', type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' } },
  };
}

/**
 * A table of numbers as parquet. Its dates, or the names of its rows, are the index when pandas reads it (`datetime64`, without zone);
 * NaN is NaN. The same table gives the same bytes.
 */
export function formatParquetTable(index: TableIndex, columns: readonly TableColumn[]): Uint8Array {
  const { data, schema } = indexOf(index);
  const numbers = columns.map(({ name }) => ({ name, type: 'DOUBLE' as const, repetition_type: 'REQUIRED' as const }));
  const names = columns.map(({ name }) => name);
  const buffer = parquetWriteBuffer({
    columnData: [{ name: schema.name, data }, ...columns.map(({ name, values }) => ({ name, data: values }))],
    schema: [{ name: 'schema', num_children: columns.length + 1 }, schema, ...numbers],
    createdBy: 'sleeve-ledger',
    kvMetadata: [{ key: 'pandas', value: pandasMetadata(schema.name, index.kind, names) }],
  });
  return new Uint8Array(buffer);
}
