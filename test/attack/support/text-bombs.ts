import type { ForeignReader } from './foreign-readers.ts';

/** Separated text, JSON and YAML of others; `refused` names the codes that a reader answers with. */
interface TextBombs {
  readonly reader: ForeignReader;
  readonly extension: string;
  readonly refused: readonly string[];
  readonly bombs: Readonly<Record<string, () => string>>;
}

const repeated = (piece: string, length: number): string => piece.repeat(Math.floor(length / piece.length));
const mebibyte = 1_048_576;

const separated = (length: number): Readonly<Record<string, () => string>> => ({
  commas: () => `date,X:A\n${repeated(',', length)}`,
  'lines of many commas': () => `date,X:A\n${repeated(`${repeated(',', 100_000)}\n`, length)}`,
  'empty lines': () => `date,X:A\n${repeated('\n', length)}`,
  'ends of lines of another system': () => `date,X:A\n${repeated('\r', length)}`,
  'a million columns': () => `date${repeated(',X:A', length)}\n`,
  'quotes around nothing': () => `date,X:A\n${repeated('"","",""\n', length)}`,
  'a quote that never closes': () => `date,X:A\n2024-01-02,"${repeated('a', length)}`,
  'quotes over many lines': () => `date,X:A\n2024-01-02,${repeated('"\n",', length)}1`,
  'a cell of digits': () => `date,X:A\n2024-01-02,${repeated('1', length)}`,
  'a cell of groups of digits': () => `date;X:A\n2024-01-02;1${repeated('.000', length)}`,
  'a cell of blanks': () => `date,X:A\n2024-01-02,1${repeated(' ', length)}x`,
});

const documents = (length: number): Readonly<Record<string, () => string>> => ({
  'lists within lists': () => repeated('[', length),
  'objects within objects': () => repeated('{"a":', length),
  'empty objects': () => `{"data":[${repeated('{},', length)}{}]}`,
  'a text that does not end': () => `{"data":"${repeated('a', length)}`,
  'a number of millions of digits': () => `{"data":${repeated('1', length)}}x`,
  escapes: () => `{"data":"${repeated('\\u0000', length)}"}x`,
});

export const textBombs: readonly TextBombs[] = [
  {
    reader: 'CSV prices',
    extension: 'csv',
    refused: ['PriceFileUnreadable', 'LimitExceeded'],
    bombs: separated(mebibyte - 100),
  },
  { reader: 'CSV returns', extension: 'csv', refused: ['ReturnsFileUnreadable', 'LimitExceeded'], bombs: separated(mebibyte - 100) },
  {
    reader: 'CSV prices',
    extension: 'csv',
    refused: ['PriceFileUnreadable', 'LimitExceeded'],
    bombs: {
      'commas, 140 MB': () => `date,X:A\n${repeated(',', 140_000_000)}`,
      'empty lines, 140 MB': () => `date,X:A\n${repeated('\n', 140_000_000)}`,
      'columns, 140 MB': () => `date${repeated(',X:A', 140_000_000)}\n`,
    },
  },
  { reader: 'holdings', extension: 'csv', refused: ['HoldingsInvalid', 'Usage', 'LimitExceeded'], bombs: separated(mebibyte - 100) },
  { reader: 'metadata', extension: 'csv', refused: ['SupplyFileInvalid', 'LimitExceeded'], bombs: separated(mebibyte - 100) },
  { reader: 'metadata', extension: 'json', refused: ['SupplyFileInvalid'], bombs: documents(mebibyte - 100) },
  { reader: 'run document', extension: 'json', refused: ['RunDirectoryInvalid'], bombs: documents(4_000_000) },
  { reader: 'message', extension: 'json', refused: ['MessageInvalid'], bombs: documents(8_000_000) },
  { reader: 'scan response', extension: 'json', refused: ['ScanResponseInvalid', 'LimitExceeded'], bombs: documents(16_000_000) },
  { reader: 'scan response', extension: 'json', refused: ['LimitExceeded'], bombs: { '40 MB': () => repeated(' ', 40_000_000) } },
  {
    reader: 'scanners',
    extension: 'yaml',
    refused: ['ScannerConfigInvalid', 'LimitExceeded'],
    bombs: {
      'aliases of aliases': () =>
        Array.from({ length: 30 }, (_, at) =>
          at === 0 ? 'a0: &a0 [x, x]' : `a${at}: &a${at} [*a${at - 1}, *a${at - 1}, *a${at - 1}]`,
        ).join('\n'),
      'lists within lists': () => `a: ${repeated('[', 100_000)}`,
      'lists within lists that end': () => `a: ${repeated('[', 60_000)}${repeated(']', 60_000)}`,
      questions: () => repeated('? ', 100_000),
      'a list of 30,000 names': () => `a:\n${Array.from({ length: 15_000 }, (_, at) => `- ${at}\n`).join('')}b: [`,
      '10 MB': () => repeated('#\n', 10_000_000),
    },
  },
  {
    reader: 'settings file',
    extension: 'yaml',
    refused: ['ConfigInvalid', 'LimitExceeded'],
    bombs: {
      'aliases of aliases': () =>
        Array.from({ length: 30 }, (_, at) => (at === 0 ? 'a0: &a0 [x, x]' : `a${at}: &a${at} [*a${at - 1}, *a${at - 1}]`)).join('\n'),
      'lists within lists': () => `a: ${repeated('[', 100_000)}`,
      '10 MB': () => repeated('#\n', 10_000_000),
    },
  },
];

/** What is not refused, but found broken at once. */
export const brokenLogs: Readonly<Record<string, () => string>> = {
  '60 MB of newlines': () => repeated('\n', 60_000_000),
  'lines of lists within lists': () => repeated(`${repeated('[', 4_000_000)}\n`, 40_000_000),
  'lines of text': () => repeated('x\n', 60_000_000),
};
