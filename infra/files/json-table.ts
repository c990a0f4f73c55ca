import { LedgerError } from '../../domain/shared/errors.ts';
import type { TableIndex } from '../../domain/shared/table-formats.ts';
import type { TableColumn } from '../../handlers/ports/ports.ts';

/** The shortest decimal that reads back as the same double, which `JSON.stringify` writes of all but the negative zero. */
function cell(value: number, column: string): string {
  if (Number.isNaN(value)) return 'null';
  if (!Number.isFinite(value)) throw new LedgerError('NotPlainJson', `column ${column} is ${value}`);
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * A table of numbers as one JSON object, by column: the rows' names under their heading, then each column with its numbers, null for an
 * empty cell. Errors: NotPlainJson for an infinity.
 */
export function formatJsonTable(index: TableIndex, columns: readonly TableColumn[]): Uint8Array {
  const heading = index.kind === 'dates' ? 'date' : index.heading;
  const rows = JSON.stringify({ kind: index.kind, heading, values: index.values });
  const written = columns.map(
    ({ name, values }) => `{"name":${JSON.stringify(name)},"values":[${Array.from(values, (value) => cell(value, name)).join(',')}]}`,
  );
  return new TextEncoder().encode(`{"index":${rows},"columns":[${written.join(',')}]}\n`);
}
