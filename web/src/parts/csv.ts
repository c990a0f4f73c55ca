export type CellValue = string | number | null;

interface CsvColumn<Row> {
  readonly label: string;
  readonly value: (row: Row) => CellValue;
}

function quoted(value: CellValue): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180, with every digit of a number. */
export function csvOf<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  return [columns.map(({ label }) => quoted(label)), ...rows.map((row) => columns.map(({ value }) => quoted(value(row))))]
    .map((cells) => `${cells.join(',')}\r\n`)
    .join('');
}
