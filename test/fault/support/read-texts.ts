import { parseCsvPrices } from '../../../infra/csv/csv-prices.ts';
import { parseCsvReturns } from '../../../infra/csv/csv-returns.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';

/** Reads the worst text of its kind in this process, whose heap is bounded by the flags it was started with; prints what became of it. */
const filled = (head: string, piece: string, length: number, tail = ''): string =>
  head + piece.repeat(Math.floor((length - head.length - tail.length) / piece.length)) + tail;
const csvLength = limits.textReadHereBytesMax;
const jsonLength = limits.manifestBytesMax;

const csv: Readonly<Record<string, string>> = {
  'cells without anything': filled('date,X:A\n2024-01-02,', ',', csvLength),
  'columns without anything': filled('date', ',', csvLength, '\n2024-01-02'),
  'rows of a character': filled('date,X:A\n', '1,2,3,4\n', csvLength),
  'rows of two cells': filled('date,X:A\n', '2024-1,1\n', csvLength),
  'as many columns as are read': filled(
    `date,${Array.from({ length: 2_000 }, (_, at) => `X:${at.toString(36)}`).join(',')}\n`,
    ',1',
    csvLength,
  ),
  'quotes around nothing': filled('date,X:A\n', '"","",""\n', csvLength),
  'a quote that never closes': filled('date,X:A\n"', 'a', csvLength),
};
const json: Readonly<Record<string, string>> = {
  'objects without members': filled('[', '{},', jsonLength, '0]'),
  'lists in lists': '['.repeat(jsonLength / 2) + ']'.repeat(jsonLength / 2),
  'short nests': filled('[', '[[[[[[]]]]]],', jsonLength, '0]'),
  'objects of one member each': `[${Array.from({ length: jsonLength / 16 }, (_, at) => `{"k${at.toString(36)}":1}`).join(',')}]`,
  'numbers as names': `[${Array.from({ length: jsonLength / 16 }, (_, at) => `{"${at + 1_000_000}":0}`).join(',')}]`,
};

const [kind, name] = process.argv.slice(2) as ['csv' | 'json', string];
if (kind === 'json') {
  process.stdout.write(typeof JSON.parse(json[name]!) === 'object' ? 'read' : 'not read');
} else {
  const bytes = Buffer.from(csv[name]!);
  if (bytes.length > csvLength) throw new Error(`${name}: ${bytes.length} bytes`);
  for (const parse of [parseCsvPrices, parseCsvReturns]) {
    try {
      parse(bytes, 'f.csv');
      process.stdout.write('read ');
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      process.stdout.write('refused ');
    }
  }
}
