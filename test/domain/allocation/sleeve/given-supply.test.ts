import { describe, expect, test } from '@jest/globals';
import type { PriceFile } from '../../../../domain/returns/price-file.ts';
import {
  admitVolumes,
  cutSupply,
  givenAnew,
  type GivenSupply,
  type MetadataFile,
  nothingGiven,
  selectionSupplyOf,
  symbolsWithoutPrices,
} from '../../../../domain/allocation/sleeve/given-supply.ts';
import { refusalOf } from '../../../support/refusal.ts';

const dates = ['2023-06-01', '2023-06-02', '2023-06-05'];

function volumeFile(file: string, columns: Readonly<Record<string, readonly number[]>>, more: Partial<PriceFile> = {}): PriceFile {
  const table = { dates, symbols: Object.keys(columns), closes: Object.values(columns).map((column) => Float64Array.from(column)) };
  return { file, sha256: '0'.repeat(64), table, lines: { first: 2 }, defects: [], ...more };
}

const metadataFile = (file: string, symbols: MetadataFile['symbols']): MetadataFile => ({ file, sha256: '1'.repeat(64), symbols });

describe('a file of volumes', () => {
  test('is refused with line and column where a volume is below zero', () => {
    const file = volumeFile('v.csv', { 'AMEX:GLD': [1, 0, 2], 'AMEX:SLV': [1, Number.NaN, -3] });
    expect(refusalOf(() => admitVolumes([file]))).toMatchObject({
      code: 'SupplyFileInvalid',
      message: 'v.csv, line 4, column AMEX:SLV: the volume of 2023-06-05 is -3, and is never below zero',
      at: { file: 'v.csv', line: 4, path: 'AMEX:SLV' },
    });
  });

  test('is refused where dates stand twice or out of order', () => {
    const defects = [{ kind: 'duplicate_date', line: 5, date: '2023-06-02' }] as const;
    expect(refusalOf(() => admitVolumes([volumeFile('v.csv', {}, { defects })]))).toMatchObject({
      code: 'SupplyFileInvalid',
      at: { file: 'v.csv', line: 5 },
    });
  });

  test('may have zeros and empty cells', () => {
    expect(() => admitVolumes([volumeFile('v.csv', { 'AMEX:GLD': [0, Number.NaN, 5] })])).not.toThrow();
  });
});

describe('what is given beside prices', () => {
  const given: GivenSupply = {
    volumes: [volumeFile('v.csv', { 'AMEX:GLD': [1, 2, 3], 'AMEX:SLV': [4, 5, 6] }), volumeFile('w.csv', { 'AMEX:USO': [7, 8, 9] })],
    metadata: [metadataFile('m.csv', { 'AMEX:GLD': { identity: 'gold' }, 'AMEX:USO': { identity: 'oil' } })],
    scans: [{ name: 'metals@2023-06-01', asOf: '2023-06-01', origin: { kind: 'recorded', snapshot: '2'.repeat(64) }, rows: {} }],
  };

  test('is cut to symbols and days; what says nothing of them is left out', () => {
    const cut = cutSupply(given, new Set(['AMEX:SLV', 'AMEX:USO']), { from: '2023-06-02', to: null });
    expect(cut.volumes.map(({ file, table }) => [file, table.symbols, table.dates])).toEqual([
      ['v.csv', ['AMEX:SLV'], dates.slice(1)],
      ['w.csv', ['AMEX:USO'], dates.slice(1)],
    ]);
    expect(cut.metadata.map(({ symbols }) => symbols)).toEqual([{ 'AMEX:USO': { identity: 'oil' } }]);
    expect(cut.scans).toEqual([]);
    expect(cutSupply(given, new Set(['AMEX:XXX']), { from: null, to: null })).toEqual(nothingGiven);
  });

  test('is one table and one list for a selection', () => {
    const supply = selectionSupplyOf(given);
    expect(supply.volumes).toEqual({
      dates,
      symbols: ['AMEX:GLD', 'AMEX:SLV', 'AMEX:USO'],
      values: [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ].map((column) => Float64Array.from(column)),
    });
    expect(Object.keys(supply.metadata!)).toEqual(['AMEX:GLD', 'AMEX:USO']);
    expect(selectionSupplyOf(nothingGiven)).toEqual({ volumes: null, metadata: null, scan: [] });
  });

  test('is refused where two files speak of one symbol', () => {
    const volumes = [...given.volumes, volumeFile('x.csv', { 'AMEX:SLV': [1, 1, 1] })];
    expect(refusalOf(() => selectionSupplyOf({ ...given, volumes }))).toMatchObject({ code: 'SymbolTwice', at: { file: 'x.csv' } });
    const metadata = [...given.metadata, metadataFile('n.csv', { 'AMEX:USO': {} })];
    const { code, message, evidence, at } = refusalOf(() => selectionSupplyOf({ ...given, metadata }));
    expect({ code, message, evidence, at }).toEqual({
      code: 'SymbolTwice',
      message: 'AMEX:USO has a row in m.csv and another in n.csv',
      evidence: { symbol: 'AMEX:USO', files: ['m.csv', 'n.csv'] },
      at: { file: 'n.csv', path: 'AMEX:USO' },
    });
  });

  test('lists the symbols that no price file has', () => {
    const prices = [{ table: { dates, symbols: ['AMEX:GLD'], closes: [] } }];
    expect(symbolsWithoutPrices(given, prices)).toEqual([
      { file: 'v.csv', symbols: ['AMEX:SLV'] },
      { file: 'w.csv', symbols: ['AMEX:USO'] },
      { file: 'm.csv', symbols: ['AMEX:USO'] },
    ]);
  });

  test('takes the place of what was recorded symbol by symbol, and leaves the scans', () => {
    const anew = givenAnew(given, {
      volumes: [volumeFile('new.csv', { 'AMEX:SLV': [0, 0, 0] })],
      metadata: [metadataFile('new-m.csv', { 'AMEX:USO': {}, 'AMEX:GLD': {} })],
    });
    expect(anew.volumes.map(({ file, table }) => [file, table.symbols])).toEqual([
      ['v.csv', ['AMEX:GLD']],
      ['w.csv', ['AMEX:USO']],
      ['new.csv', ['AMEX:SLV']],
    ]);
    expect(anew.metadata.map(({ file }) => file)).toEqual(['new-m.csv']);
    expect(anew.scans).toBe(given.scans);
  });
});
