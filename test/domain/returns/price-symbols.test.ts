import { expect, test } from '@jest/globals';
import { identifiedPrices } from '../../../domain/returns/price-symbols.ts';
import { refusalOf } from '../../support/refusal.ts';
import { fileOf, tableOf } from './price-tables.ts';

test('columns get the one spelling of their symbols, and nothing else of the file changes', () => {
  const file = fileOf(tableOf(['nyse: a', 'NYSE:B', 'no exchange'], [['2024-01-02', 1, 2, 3]]));
  expect(identifiedPrices(file)).toEqual({ ...file, table: { ...file.table, symbols: ['NYSE:A', 'NYSE:B', 'no exchange'] } });
  const spelled = fileOf(tableOf(['NYSE:B', 'x'], [['2024-01-02', 1, 2]]));
  expect(identifiedPrices(spelled)).toBe(spelled);
});

test('two columns of one symbol are refused, with both names', () => {
  const refused = refusalOf(() => identifiedPrices(fileOf(tableOf(['NYSE:B', 'x', 'nyse:b'], []), 'p.csv')));
  expect([refused.code, refused.message, refused.evidence, refused.at]).toEqual([
    'SymbolTwice',
    'p.csv: the columns "NYSE:B" and "nyse:b" are both NYSE:B',
    { symbol: 'NYSE:B', columns: ['NYSE:B', 'nyse:b'] },
    { file: 'p.csv', path: 'NYSE:B' },
  ]);
});
