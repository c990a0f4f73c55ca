import { LedgerError } from '../../domain/shared/errors.ts';

function quoted(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

/**
 * A table of dated numbers as CSV (RFC 4180 with line feeds): header `date,...`, the shortest decimal that reads back
 * as the same double, an empty cell for NaN. Errors: NotPlainJson for an infinity.
 */
export function formatCsvTable(
  dates: readonly string[],
  columns: readonly { readonly name: string; readonly values: Float64Array }[],
): Uint8Array {
  const lines = [['date', ...columns.map((column) => quoted(column.name))].join(',')];
  for (let row = 0; row < dates.length; row++) {
    let line = dates[row]!;
    for (const { name, values } of columns) {
      const value = values[row]!;
      if (value === Infinity || value === -Infinity) throw new LedgerError('NotPlainJson', `column ${name} is ${value} on ${dates[row]}`);
      line += Number.isNaN(value) ? ',' : `,${Object.is(value, -0) ? '-0.0' : value}`;
    }
    lines.push(line);
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}
