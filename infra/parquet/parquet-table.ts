import { parquetWriteBuffer } from 'hyparquet-writer';
import { sessionDateOfText } from '../../domain/returns/session-date.ts';
import { LedgerError } from '../../domain/shared/errors.ts';

/**
 * A table of dated numbers as parquet. The dates are the index when pandas reads it (`datetime64`, without zone), NaN is NaN.
 * The same table gives the same bytes.
 */
export function formatParquetTable(
  dates: readonly string[],
  columns: readonly { readonly name: string; readonly values: Float64Array }[],
): Uint8Array {
  const ticks = BigInt64Array.from(dates, (date) => {
    if (sessionDateOfText(date) !== date) throw new LedgerError('SchemaViolation', `${JSON.stringify(date)} is not a date`);
    return BigInt(Date.parse(`${date}T00:00:00Z`));
  });
  const numbers = columns.map(({ name }) => ({ name, type: 'DOUBLE' as const, repetition_type: 'REQUIRED' as const }));
  const buffer = parquetWriteBuffer({
    columnData: [{ name: 'date', data: ticks }, ...columns.map(({ name, values }) => ({ name, data: values }))],
    schema: [
      { name: 'schema', num_children: columns.length + 1 },
      // A converted type alone would mean "adjusted to UTC", and pandas would make the dates zone-aware.
      {
        name: 'date',
        type: 'INT64',
        repetition_type: 'REQUIRED',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' },
      },
      ...numbers,
    ],
    createdBy: 'sleeve-ledger',
    kvMetadata: [{ key: 'pandas', value: pandasMetadata(columns.map(({ name }) => name)) }],
  });
  return new Uint8Array(buffer);
}

function pandasColumn(name: string, pandasType: string, numpyType: string): Record<string, unknown> {
  return { name, field_name: name, pandas_type: pandasType, numpy_type: numpyType, metadata: null };
}

/** What `pandas.read_parquet` needs to make the dates the index again. */
function pandasMetadata(names: readonly string[]): string {
  return JSON.stringify({
    index_columns: ['date'],
    column_indexes: [],
    columns: [...names.map((name) => pandasColumn(name, 'float64', 'float64')), pandasColumn('date', 'datetime', 'datetime64[ms]')],
    pandas_version: '1.5.0',
  });
}
