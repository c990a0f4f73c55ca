import { DateTime } from 'luxon';
import { sessionDateOfText } from '../../domain/returns/session-date.ts';
import type { CsvTable } from './cells.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';

/** Orders in which dates are written, tried where a file has others than `yyyy-mm-dd`. */
const known = [
  ...['/', '.'].map((mark) => `yyyy${mark}mm${mark}dd`),
  'yyyymmdd',
  ...['.', '/', '-'].flatMap((mark) => [`dd${mark}mm${mark}yyyy`, `mm${mark}dd${mark}yyyy`]),
  ...['mmm', 'mmmm'].flatMap((month) => [`dd ${month} yyyy`, `dd-${month}-yyyy`, `${month} dd, yyyy`]),
] as const;

/** A reader of dates in a format. Where marks part day and month, one digit stands for two. */
function readerOf(format: string): (text: string) => string | null {
  const parted = /[-./, ]/.test(format);
  const tokens = format.replaceAll('m', 'M').replaceAll(/d+/g, (run) => (parted ? 'd' : run));
  const parser = DateTime.buildFormatParser(parted ? tokens.replace(/\bM{1,2}\b/, 'M') : tokens, { locale: 'en-US' });
  return (text) => {
    const bare = text.replace(/[ T]0{1,2}:00(?::00(?:\.0+)?)?$/, '');
    const date = DateTime.fromFormatParser(bare, parser, { zone: 'utc', locale: 'en-US' });
    return date.isValid ? sessionDateOfText(date.toISODate()) : null;
  };
}

interface DateCell {
  readonly text: string;
  readonly line: number;
}

function refuseDate({ text, line }: DateCell, column: string, source: CsvSource, why: string): never {
  return refuseCsv(source, `${JSON.stringify(text.slice(0, 80))} ${why}`, { line, column, text });
}

/** All cells under one reader; null when one of them is no date of it. */
function readAll(cells: readonly DateCell[], read: (text: string) => string | null): string[] | null {
  const dates: string[] = [];
  for (const { text } of cells) {
    const date = read(text);
    if (date === null) return null;
    dates.push(date);
  }
  return dates;
}

const notADate = 'is not a date; write yyyy-mm-dd, a time of day only if it is 00:00:00, or name another order with --date-format';

/** The format that fits every cell, when only one gives these dates. */
function recognise(cells: readonly DateCell[], column: string, source: CsvSource): { readonly dates: string[]; readonly format: string } {
  const strange = cells.find(({ text }) => sessionDateOfText(text) === null)!;
  if (/^\d{1,2}([-./])\d{1,2}\1\d{2}$/.test(strange.text))
    refuseDate(strange, column, source, 'has a year of two digits; say which part is which, such as --date-format dd.mm.yy');
  const fitting = known
    .filter((format) => readerOf(format)(strange.text) !== null)
    .flatMap((format) => {
      const dates = readAll(cells, readerOf(format));
      return dates === null ? [] : [{ format, dates }];
    });
  const [only] = fitting;
  if (only === undefined) {
    const readers = [sessionDateOfText, ...known.map(readerOf)];
    const worst = cells.find(({ text }) => readers.every((read) => read(text) === null)) ?? strange;
    return refuseDate(worst, column, source, notADate);
  }
  const row = cells.findIndex((_, index) => fitting.some(({ dates }) => dates[index] !== only.dates[index]));
  if (row < 0) return only;
  const ways = fitting.map(({ format, dates }) => `--date-format ${format} (${dates[row]})`);
  return refuseDate(cells[row]!, column, source, `is a date in more than one order: say ${ways.join(' or ')}`);
}

/** Dates of the first column, and their format where it is not `yyyy-mm-dd`. Errors: the code of the source. */
export function datesOfTable(
  table: CsvTable,
  source: CsvSource,
  asked: string | null,
): { readonly dates: readonly string[]; readonly format: string | null } {
  const [name = ''] = table.header;
  const column = name === '' ? '1' : name;
  const texts = table.firsts.map((text, row) => ({ text: text.trim(), line: table.lines[row]! }));
  if (asked !== null && asked !== 'yyyy-mm-dd') {
    const read = readerOf(asked);
    const dates = texts.map((cell) => read(cell.text) ?? refuseDate(cell, column, source, `is not a date of the form ${asked}`));
    return { dates, format: asked };
  }
  const plain = readAll(texts, sessionDateOfText);
  if (plain !== null) return { dates: plain, format: null };
  if (asked !== null) {
    const strange = texts.find(({ text }) => sessionDateOfText(text) === null)!;
    return refuseDate(strange, column, source, `is not a date of the form ${asked}`);
  }
  return recognise(texts, column, source);
}
