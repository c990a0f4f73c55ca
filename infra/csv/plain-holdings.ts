import type { HoldingField } from '../../presentation/ports/ports.ts';
import type { ParsedRecord } from './records.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';
import type { HoldingRows } from './holdings-rows.ts';

const layouts: readonly (readonly HoldingField[])[] = [
  ['symbol', 'notional'],
  ['symbol', 'quantity', 'price'],
  ['symbol', 'quantity', 'price', 'multiplier'],
];

/** Index of each column: exactly those of one layout, in any order. */
function columnsOf(header: readonly string[], line: number, source: CsvSource): ReadonlyMap<HoldingField, number> {
  const wanted = layouts.map((names) => names.join(', ')).join('; or ');
  if (header.length < 2) refuseCsv(source, `the header names one column only; the columns are ${wanted}`, { line });
  const strange = header.find((name) => !layouts.flat().some((known) => known === name));
  if (strange !== undefined)
    refuseCsv(source, `this column is not known; the columns are ${wanted}; --columns names those of another layout`, {
      line,
      column: JSON.stringify(strange.slice(0, 80)),
      text: strange,
    });
  const layout = layouts.find((names) => names.length === header.length && names.every((name) => header.includes(name)));
  if (layout === undefined) refuseCsv(source, `the columns are ${wanted}`, { line, text: header.join(',') });
  return new Map(layout.map((name) => [name, header.indexOf(name)]));
}

/** The layout of our own: a header first, every row as wide, nothing else. Errors: the code of the source. */
export function plainRows([first, ...records]: readonly ParsedRecord[], source: CsvSource): HoldingRows {
  if (first === undefined) return refuseCsv(source, 'the file is empty');
  const columns = columnsOf(
    first.record.map((name) => name.trim()),
    first.info.lines,
    source,
  );
  const names = Object.fromEntries([...columns.keys()].map((field) => [field, field]));
  const rows = records.map(({ record, info }) => {
    if (record.length !== columns.size)
      refuseCsv(source, `${record.length} cells where the header has ${columns.size}`, { line: info.lines, text: record.join(',') });
    return { line: info.lines, cells: Object.fromEntries([...columns].map(([field, index]) => [field, record[index]!.trim()])) };
  });
  return { rows, leftOut: [], names };
}
