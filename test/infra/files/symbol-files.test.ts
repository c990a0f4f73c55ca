import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseCsvMetadata } from '../../../infra/csv/csv-metadata.ts';
import { createSymbolFiles, parseJsonMetadata } from '../../../infra/files/symbol-files.ts';
import { refusalOf } from '../../support/refusal.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const csv = (...lines: string[]) => parseCsvMetadata(bytesOf(`${lines.join('\n')}\n`), 'm.csv');
const json = (content: unknown) => parseJsonMetadata(bytesOf(typeof content === 'string' ? content : JSON.stringify(content)), 'm.json');

const expected = {
  'AMEX:GLD': { identity: 'gold', tick_size: 0.01, lot_size: 1, price_precision: 2 },
  'AMEX:SLV': { tick_size: 0.01 },
  'AMEX:USO': {},
};

describe('metadata of symbols', () => {
  test('from CSV: an empty cell is left out, a symbol has its one spelling', () => {
    const header = 'symbol,identity,tick_size,lot_size,price_precision';
    expect(csv(header, 'amex:gld,gold,0.01,1,2', 'AMEX:SLV,,0.01,,', 'AMEX:USO,,,,')).toEqual(expected);
  });

  test('from CSV with other columns in another order', () => {
    expect(csv('symbol;lot_size;identity', 'AMEX:GLD;100;gold')).toEqual({ 'AMEX:GLD': { identity: 'gold', lot_size: 100 } });
  });

  test('from JSON: the same', () => {
    const rows = Object.entries(expected).map(([symbol, fields]) => ({ symbol, ...fields }));
    expect(json(rows)).toEqual(expected);
  });

  test.each([
    [['symbol,sector', 'AMEX:GLD,metals'], 1, 'column sector: there is no such column'],
    [['name,identity', 'AMEX:GLD,gold'], 1, 'the first column is symbol'],
    [['symbol,tick_size', 'AMEX:GLD,0.01', 'AMEX:SLV,small'], 3, 'column tick_size: "small" is not a number'],
    [['symbol,tick_size', 'AMEX:GLD,-1'], 2, 'column tick_size: -1 is not above zero'],
    [['symbol,price_precision', 'AMEX:GLD,-1'], 2, 'column price_precision: -1 is below zero'],
    [['symbol,identity', 'AMEX:GLD,gold', 'amex:gld,silver'], 3, 'AMEX:GLD appears twice'],
    [['symbol,identity', 'GLD,gold'], 2, 'GLD names no exchange'],
  ])('%j is refused at its line', (lines, line, message) => {
    const refusal = refusalOf(() => csv(...lines));
    expect(refusal).toMatchObject({ code: 'SupplyFileInvalid', at: { file: 'm.csv', line } });
    expect(refusal.message).toContain(message);
  });

  test.each([
    ['{"AMEX:GLD": {}}', '$'],
    ['[1]', '[0]'],
    ['[{"symbol": "AMEX:GLD", "sector": "metals"}]', '[0]'],
    ['[{"symbol": "AMEX:GLD", "tick_size": "0.01"}]', '[0].tick_size'],
    ['[{"symbol": "AMEX:GLD"}, {"symbol": "amex:gld"}]', '[1].symbol'],
    ['[{"symbol": "GLD"}]', '[0].symbol'],
  ])('%s is refused at its place', (text, path) => {
    expect(refusalOf(() => json(text))).toMatchObject({ code: 'SupplyFileInvalid', at: { file: 'm.json', path } });
  });

  test('that is no JSON is refused', () => {
    expect(refusalOf(() => json('[')).code).toBe('SupplyFileInvalid');
  });
});

const folder = scratchDirectory();

test('metadata are read by the end of a name, with the hash of the bytes', async () => {
  const files = createSymbolFiles({ csv: parseCsvMetadata, json: parseJsonMetadata });
  const file = join(folder, 'm.JSON');
  writeFileSync(file, '[{"symbol": "AMEX:GLD", "identity": "gold"}]');
  expect(await files.readMetadata(file)).toEqual({
    file,
    sha256: '537ac381724a5d1b96d61c3598122965ff0f9a7b4393233e7eb42ba1f3bad929',
    symbols: { 'AMEX:GLD': { identity: 'gold' } },
  });
  await expect(files.readMetadata(join(folder, 'm.xlsx'))).rejects.toMatchObject({ code: 'SupplyFileInvalid' });
  await expect(files.readMetadata(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'FileMissing' });
});
