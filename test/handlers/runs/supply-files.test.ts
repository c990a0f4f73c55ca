/** Files beside prices as a run takes them. */
import { describe, expect, test } from '@jest/globals';
import { baseName } from '../../../handlers/runs/base-name.ts';
import { takenOver } from '../../../handlers/runs/supply-files.ts';
import { priceFile } from '../../support/prices.ts';

const dates = ['2024-01-02', '2024-01-03'];
const volumes = (file: string, symbol: string, values: readonly number[] = [10, 20]) =>
  priceFile(file, { dates, symbols: [symbol], closes: [Float64Array.from(values)] });

describe('files beside prices', () => {
  test('are named without their folders, with symbols in their one spelling', () => {
    const metadata = [{ file: 'desk/meta/about.json', sha256: 'a'.repeat(64), symbols: {} }];
    const taken = takenOver({ volumes: [volumes('desk/volumes.csv', 'nyse:aaa')], metadata });
    expect(taken.volumes.map(({ file, table }) => [file, table.symbols])).toEqual([['volumes.csv', ['NYSE:AAA']]]);
    expect(taken.metadata).toEqual([{ file: 'about.json', sha256: 'a'.repeat(64), symbols: {} }]);
  });

  test.each([
    ['a volume below zero', [volumes('v.csv', 'NYSE:AAA', [1, -1])], 'SupplyFileInvalid'],
    ['two that speak of one symbol', [volumes('one.csv', 'NYSE:AAA'), volumes('two.csv', 'nyse:aaa')], 'SymbolTwice'],
  ])('are refused with %s', (_, given, code) => {
    expect(() => takenOver({ volumes: given, metadata: [] })).toThrow(expect.objectContaining({ code }));
  });
});

test.each([
  ['a/b/c.csv', 'c.csv'],
  ['c.csv', 'c.csv'],
  ['/c.csv', 'c.csv'],
])('the name of %s is %s', (file, name) => {
  expect(baseName(file)).toBe(name);
});
