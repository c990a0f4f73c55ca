import { z } from 'zod';
import { LedgerError } from './errors.ts';

/** How a file of separated text is read: recorded where it is not the plain way, because the bytes alone do not say it. */
export const csvReadingSchema = z.strictObject({
  delimiter: z.enum([',', ';', '\t', '|']),
  decimal: z.enum(['.', ',']),
  /** Such as `dd.mm.yyyy`; null is `yyyy-mm-dd`. */
  dateFormat: z.string().nullable(),
  /** Numbers are percent. */
  percent: z.boolean(),
  /** Texts that stand for an empty cell. */
  na: z.array(z.string()),
});
export type CsvReading = z.infer<typeof csvReadingSchema>;
export type CsvDelimiter = CsvReading['delimiter'];

/** What somebody says of a file; null leaves it to what the file shows, where it shows one thing only. */
export const csvAskedSchema = z.strictObject({
  delimiter: csvReadingSchema.shape.delimiter.nullable(),
  decimal: csvReadingSchema.shape.decimal.nullable(),
  dateFormat: z.string().nullable(),
  percent: z.boolean().nullable(),
  na: z.array(z.string()).nullable(),
});
export type CsvAsked = z.infer<typeof csvAskedSchema>;

export const nothingAsked: CsvAsked = { delimiter: null, decimal: null, dateFormat: null, percent: null, na: null };

/** Null where nothing is said: what was recorded before it could be said. */
export function saidOfCsv(asked: CsvAsked): CsvAsked | null {
  return Object.values(asked).every((member) => member === null) ? null : asked;
}

const delimiterWords: Readonly<Record<CsvDelimiter, string>> = {
  ',': 'comma-separated',
  ';': 'semicolon-separated',
  '\t': 'tab-separated',
  '|': 'separated by |',
};

/** How a file was read, in words; null for the plain way. */
export function wordsOfReading({ delimiter, decimal, dateFormat, percent, na }: CsvReading): string | null {
  const parts = [
    ...(delimiter === ',' ? [] : [delimiterWords[delimiter]]),
    ...(decimal === '.' ? [] : ['with decimal comma']),
    ...(dateFormat === null ? [] : [`dates ${dateFormat}`]),
    ...(percent ? ['numbers in percent'] : []),
    ...(na.length === 0 ? [] : [`${na.map((text) => JSON.stringify(text)).join(', ')} as empty`]),
  ];
  return parts.length === 0 ? null : `read as ${parts.join(', ')}`;
}

/** How many letters may stand for the day, the month and the year. */
const formatWidths: Readonly<Record<string, readonly number[]>> = { d: [1, 2], m: [1, 2, 3, 4], y: [2, 4] };

/** A format in small letters, as it is recorded: `%d/%m/%Y` and `DD/MM/YYYY` are `dd/mm/yyyy`. Errors: Usage. */
export function dateFormatOf(written: string): string {
  const format = written.replaceAll(/%([dmYy])/g, (_, letter: string) => ({ d: 'dd', m: 'mm', Y: 'yyyy', y: 'yy' })[letter]!).toLowerCase();
  const widthsOf = (letter: string): number[] => (format.match(new RegExp(`${letter}+`, 'g')) ?? []).map((run) => run.length);
  const isWhole = Object.entries(formatWidths).every(([letter, allowed]) => {
    const [width, ...others] = widthsOf(letter);
    return width !== undefined && allowed.includes(width) && others.length === 0;
  });
  if (isWhole && /^[dmy./, -]+$/.test(format)) return format;
  throw new LedgerError('Usage', `--date-format ${written}: such as dd.mm.yyyy, mm/dd/yyyy or dd-mmm-yyyy`, {
    at: { path: '--date-format' },
  });
}
