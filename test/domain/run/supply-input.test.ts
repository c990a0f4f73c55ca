/** Inputs of a run: which they are, what was read of each, and what of them names the run. */
import { expect, test } from '@jest/globals';
import {
  type ComputedInput,
  computedInputSchema,
  inputsIdentity,
  isPriceInput,
  isSuppliedInput,
  readOf,
} from '../../../domain/run/supply-input.ts';

const hash = (letter: string): string => letter.repeat(64);
const document = (letter: string) => ({ kind: 'document', sha256: hash(letter), bytes: 2, mediaType: 'application/json' }) as const;
const table = (letter: string) => ({
  kind: 'table' as const,
  sha256: hash(letter),
  bytes: 9,
  rows: 4,
  columns: ['NYSE:A'],
  first: '2024-01-02',
  last: '2024-01-05',
  calendars: [],
});

const defects = [{ kind: 'duplicate_date' as const, line: 3, date: '2024-01-03' }];
const inputs: ComputedInput[] = [
  { role: 'prices', name: 'p.csv', fileSha256: hash('1'), table: table('a'), lines: { first: 2 }, defects },
  { role: 'volumes', name: 'v.csv', fileSha256: hash('2'), table: table('b'), lines: null },
  { role: 'metadata', name: 'm.json', fileSha256: hash('3'), document: document('c') },
  { role: 'scan', name: 'top@2024-01-05', asOf: '2024-01-05', origin: { kind: 'recorded', snapshot: hash('4') }, document: document('d') },
  { role: 'scan', name: 's.json', asOf: '2024-01-04', origin: { kind: 'export', fileSha256: hash('5') }, document: document('e') },
];

test('each input fits its schema whole', () => {
  for (const input of inputs) expect(computedInputSchema.parse(input)).toEqual(input);
  expect(computedInputSchema.safeParse({ ...inputs[1], defects: [] }).success).toBe(false);
});

test('inputs are prices, or are supplied beside them; others are neither', () => {
  expect(inputs.map(isPriceInput)).toEqual([true, false, false, false, false]);
  expect(inputs.map(isSuppliedInput)).toEqual([false, true, true, true, true]);
  expect([isPriceInput({ role: 'returns' }), isSuppliedInput({ role: 'returns' })]).toEqual([false, false]);
});

test('a table or a document was read, and a document has no rows', () => {
  expect(inputs.map(readOf).map(({ sha256, rows }) => [sha256, rows])).toEqual([
    [hash('a'), 4],
    [hash('b'), 4],
    [hash('c'), null],
    [hash('d'), null],
    [hash('e'), null],
  ]);
});

test('a run is named by what was read, and by the faults of prices and the day of a scan, not by files or who scanned', () => {
  expect(inputsIdentity(inputs)).toEqual([
    { table: hash('a'), defects },
    { role: 'volumes', sha256: hash('b') },
    { role: 'metadata', sha256: hash('c') },
    { role: 'scan', asOf: '2024-01-05', sha256: hash('d') },
    { role: 'scan', asOf: '2024-01-04', sha256: hash('e') },
  ]);
});
