/**
 * What each reader of CSV answers to small files at every boundary of its layout, whole: tables, positions and refusals with their
 * messages, places and evidence. The answers stand in a file of their own; `KEEP_ANSWERS=1` writes it again, to be read line by line
 * before it is kept.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import { type CsvAsked, nothingAsked } from '../../../domain/shared/csv-reading.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { csvHoldings, parseCsvHoldings } from '../../../infra/csv/csv-holdings.ts';
import { parseCsvLots } from '../../../infra/csv/csv-lots.ts';
import { parseCsvMetadata } from '../../../infra/csv/csv-metadata.ts';
import { parseNamedTable } from '../../../infra/csv/csv-named-table.ts';
import { parseCsvPrices } from '../../../infra/csv/csv-prices.ts';
import { parseCsvReturns } from '../../../infra/csv/csv-returns.ts';
import type { HoldingsAsked } from '../../../presentation/ports/ports.ts';
import {
  cashFiles,
  dateFiles,
  holdingFiles,
  lotFiles,
  mappedFiles,
  metadataFiles,
  namedFiles,
  numberFiles,
  presetFiles,
  tableFiles,
} from '../../support/csv-files.ts';

const answersFile = join(import.meta.dirname, '../../fixtures/csv-answers/answers.json');
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** As JSON has it, with numbers that JSON does not know as texts and maps as lists of pairs. */
function plain(value: unknown): unknown {
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);
  if (value instanceof Map) return [...value].map(plain);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

function answerOf(read: () => unknown): unknown {
  try {
    return plain(read());
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { code: error.code, message: error.message, evidence: error.evidence, at: error.at };
  }
}

type Case = readonly [text: string, asked?: Partial<CsvAsked & HoldingsAsked>];

const holdings = (text: string, asked: Partial<HoldingsAsked> = {}): unknown =>
  parseCsvHoldings(encode(text), 'a.csv', { ...nothingAsked, preset: null, columns: null, ...asked });
const readers: Record<string, { readonly files: readonly Case[]; readonly read: (text: string, asked: Partial<CsvAsked>) => unknown }> = {
  prices: {
    files: [...tableFiles, ...dateFiles, ...numberFiles],
    read: (text, asked) => parseCsvPrices(encode(text), 'a.csv', { ...nothingAsked, ...asked }),
  },
  returns: {
    files: [...tableFiles, ...numberFiles],
    read: (text, asked) => parseCsvReturns(encode(text), 'a.csv', { ...nothingAsked, ...asked }),
  },
  named: { files: namedFiles, read: (text, asked) => parseNamedTable(encode(text), 'a.csv', { ...nothingAsked, ...asked }) },
  metadata: { files: metadataFiles, read: (text) => parseCsvMetadata(encode(text), 'a.csv') },
  lots: { files: lotFiles, read: (text) => parseCsvLots(encode(text), 'a.csv') },
  holdings: { files: [...holdingFiles, ...mappedFiles, ...presetFiles, ...cashFiles], read: holdings },
};

const answers = Object.fromEntries(
  Object.entries(readers).map(([name, { files, read }]) => [
    name,
    files.map(([text, asked = {}]) => ({ text, asked, answer: answerOf(() => read(text, asked)) })),
  ]),
);
if (process.env['KEEP_ANSWERS'] === '1') {
  const lines = Object.entries(answers).map(([name, cases]) => `"${name}":[\n${cases.map((one) => JSON.stringify(one)).join(',\n')}\n]`);
  writeFileSync(answersFile, `{${lines.join(',\n')}}\n`);
}
const kept = JSON.parse(readFileSync(answersFile, 'utf8')) as typeof answers;

test.each(Object.keys(readers))('the reader of %s answers as is kept', (name) => {
  const found = JSON.parse(JSON.stringify(answers[name])) as { readonly text: string }[];
  const differing = found.filter((one, at) => !isDeepStrictEqual(one, kept[name]![at]));
  const texts = new Set(differing.map(({ text }) => text));
  expect(differing).toEqual(kept[name]!.filter(({ text }) => texts.has(text)));
  expect(found).toHaveLength(kept[name]!.length);
});

test('presets and fields of holdings', () => {
  expect([csvHoldings.presets, csvHoldings.fields]).toEqual([
    ['ibkr-activity', 'ibkr-flex', 'schwab'],
    ['symbol', 'quantity', 'price', 'multiplier', 'notional', 'currency', 'type'],
  ]);
});
