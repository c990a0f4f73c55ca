/**
 * Formats that a table is written in: what the name of a file ends with, behind its dot. Of Arrow `arrow` is the file that can be read at
 * any place, and `arrows` the stream.
 */
export const tableFormats = ['csv', 'parquet', 'arrow', 'arrows', 'json'] as const;
export type TableFormat = (typeof tableFormats)[number];

/** How such a file may end, in words. */
export const tableEndings = `${tableFormats
  .slice(0, -1)
  .map((format) => `.${format}`)
  .join(', ')} or .${tableFormats.at(-1)!}`;

/** What the rows of a table are called: each has a date, or a name under a heading. */
export type TableIndex =
  | { readonly kind: 'dates'; readonly values: readonly string[] }
  | { readonly kind: 'names'; readonly heading: string; readonly values: readonly string[] };

export const byDate = (dates: readonly string[]): TableIndex => ({ kind: 'dates', values: dates });

function pandasColumn(name: string, pandasType: string, numpyType: string): Record<string, unknown> {
  return { name, field_name: name, pandas_type: pandasType, numpy_type: numpyType, metadata: null };
}

/**
 * The metadata under `pandas` in parquet and Arrow files, from which pandas makes the first column the index again: dates without a zone,
 * or names (pandas developer documentation, "Storing pandas DataFrame objects in Apache Parquet format").
 */
export function pandasMetadata(heading: string, rows: TableIndex['kind'], columns: readonly string[]): string {
  const index = rows === 'dates' ? pandasColumn(heading, 'datetime', 'datetime64[ms]') : pandasColumn(heading, 'unicode', 'object');
  return JSON.stringify({
    index_columns: [heading],
    column_indexes: [],
    columns: [...columns.map((name) => pandasColumn(name, 'float64', 'float64')), index],
    pandas_version: '1.5.0',
  });
}
