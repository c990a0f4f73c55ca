import { type CsvAsked, dateFormatOf } from '../../domain/shared/csv-reading.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { isSet, listFlag, textFlag } from './flags.ts';
import type { Flag, FlagValues } from './verb.ts';

/** How separated text is read. What is not said is recognised where the file shows one way only. */

export const separatorFlags: readonly Flag[] = [
  { flags: '--delimiter <character>', summary: 'CSV: what parts the columns: comma, semicolon, tab, | (default: as the file shows)' },
  { flags: '--decimal <mark>', summary: 'CSV: decimal point or comma, . or , (default: as the file shows)' },
  { flags: '--na <texts...>', summary: 'CSV: texts that stand for an empty cell, such as NA (default: none)' },
];

export const csvFlags: readonly Flag[] = [
  ...separatorFlags,
  { flags: '--date-format <format>', summary: 'CSV: such as dd.mm.yyyy or mm/dd/yyyy (default: as the file shows)' },
  { flags: '--percent', summary: 'CSV: numbers are percent' },
];

const delimiters: ReadonlyMap<string, CsvAsked['delimiter']> = new Map([
  [',', ','],
  ['comma', ','],
  [';', ';'],
  ['semicolon', ';'],
  ['\t', '\t'],
  ['\\t', '\t'],
  ['tab', '\t'],
  ['|', '|'],
  ['pipe', '|'],
]);

const decimals: ReadonlyMap<string, CsvAsked['decimal']> = new Map([
  ['.', '.'],
  ['point', '.'],
  [',', ','],
  ['comma', ','],
]);

function named<Value>(flags: FlagValues, name: string, values: ReadonlyMap<string, Value>, words: string): Value | null {
  const text = textFlag(flags, name);
  if (text === null) return null;
  const value = values.get(text);
  if (value === undefined) throw new LedgerError('Usage', `--${name} ${text}: one of ${words}`, { at: { path: `--${name}` } });
  return value;
}

/** What the flags say of files of separated text. Errors: Usage. */
export function csvAsked(flags: FlagValues): CsvAsked {
  const format = textFlag(flags, 'dateFormat');
  const na = listFlag(flags, 'na');
  return {
    delimiter: named(flags, 'delimiter', delimiters, "',', ';', tab, '|'"),
    decimal: named(flags, 'decimal', decimals, "'.', ','"),
    dateFormat: format === null ? null : dateFormatOf(format),
    percent: isSet(flags, 'percent') ? true : null,
    na: na.length === 0 ? null : na,
  };
}
