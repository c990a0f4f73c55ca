import { LedgerError } from '../../domain/shared/errors.ts';
import type { TableIndex } from '../../domain/shared/table-formats.ts';
import type { TableColumn } from '../../handlers/ports/ports.ts';

function quoted(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

/**
 * A table of numbers as CSV (RFC 4180 with line feeds): a header that begins with `date` or with the heading of the rows' names, the
 * shortest decimal that reads back as the same double, an empty cell for NaN. Errors: NotPlainJson for an infinity.
 */
export function formatCsvTable(index: TableIndex, columns: readonly TableColumn[]): Uint8Array {
  const heading = index.kind === 'dates' ? 'date' : quoted(index.heading);
  const lines = [[heading, ...columns.map((column) => quoted(column.name))].join(',')];
  for (const [row, label] of index.values.entries()) {
    let line = index.kind === 'dates' ? label : quoted(label);
    for (const { name, values } of columns) {
      const value = values[row]!;
      if (value === Infinity || value === -Infinity) throw new LedgerError('NotPlainJson', `column ${name} is ${value} on ${label}`);
      line += Number.isNaN(value) ? ',' : `,${Object.is(value, -0) ? '-0.0' : value}`;
    }
    lines.push(line);
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}
