import { describe, expect, test } from '@jest/globals';
import { calendarByExchange } from '../../../domain/returns/exchanges.ts';
import { requireRenamedSymbol, requireSymbolColumn, requireSymbolColumns } from '../../../domain/returns/symbol-column.ts';
import { refusalOf } from '../../support/refusal.ts';

const known = [...calendarByExchange.keys()].toSorted().join(', ');
const rows: readonly [symbol: string, code: string, why: string][] = [
  [`NYSE:${'A'.repeat(196)}`, 'SymbolInvalid', 'it is longer than 200 characters'],
  ['AAPL', 'SymbolInvalid', 'it names no exchange'],
  ['NYSE:A:B', 'SymbolInvalid', 'it has more than one colon'],
  [':A', 'SymbolInvalid', 'nothing stands before the colon'],
  ['NYSE:', 'SymbolInvalid', 'nothing stands behind the colon'],
  [' nyse:brk  b ', 'SymbolInvalid', 'a blank stands in it; write NYSE:BRK.B'],
  ['NYSE:A"', 'SymbolInvalid', 'a quote, comma or control character stands in it'],
  ['NYSE:A\u200B', 'SymbolInvalid', 'a quote, comma or control character stands in it'],
  ['NYSE:A\u0001', 'SymbolInvalid', 'a quote, comma or control character stands in it'],
  ['NYSE:a', 'SymbolInvalid', 'symbols are written in capitals; write NYSE:A'],
  ['MOON:A', 'ExchangeUnknown', `the exchange MOON has no calendar; known are ${known}`],
];

describe('the name of a column of prices', () => {
  test.each(rows)('%j is refused: %s, %s', (symbol, code, why) => {
    const named = `${JSON.stringify(symbol)} is no EXCHANGE:TICKER: ${why}`;
    expect(refusalOf(() => requireSymbolColumn({ file: 'p.csv', column: 3, symbol }))).toMatchObject({
      code,
      message: `p.csv, column 3: ${named}`,
      evidence: { column: 3, symbol },
      at: { file: 'p.csv', line: 1, path: symbol },
    });
    expect(refusalOf(() => requireRenamedSymbol(symbol, 'a=b'))).toMatchObject({
      code,
      message: `--rename a=b: ${named}`,
      evidence: { symbol },
      at: { path: '--rename' },
    });
  });

  test('may be 200 characters long, and is judged only where the column is wanted', () => {
    const longest = `NYSE:${'A'.repeat(195)}`;
    expect(() => requireSymbolColumn({ file: 'p.csv', column: 2, symbol: longest })).not.toThrow();
    expect(() => requireRenamedSymbol(longest, 'a=b')).not.toThrow();
    expect(() => requireSymbolColumns('p.csv', ['bad', 'NYSE:A'], new Set(['NYSE:A']))).not.toThrow();
    expect(refusalOf(() => requireSymbolColumns('p.csv', ['NYSE:A', 'bad'], new Set(['bad']))).message).toBe(
      'p.csv, column 3: "bad" is no EXCHANGE:TICKER: it names no exchange',
    );
  });
});
