import { describe, expect, test } from '@jest/globals';
import { commandLine } from '../../../web/src/api/command-line.ts';
import { csvOf } from '../../../web/src/parts/csv.ts';
import { change, count, decimal, eventWords, instant, percent, shortened } from '../../../web/src/parts/words.ts';

describe('numbers and words of the page', () => {
  test('numbers have their units, a true minus, thousands apart and no sign of zero', () => {
    expect([percent(0.12345), percent(-0.5, 1), percent(-0.000001), percent(null)]).toEqual([
      '12.35\u00a0%',
      '\u221250.0\u00a0%',
      '0.00\u00a0%',
      'none',
    ]);
    expect([change(0.01), change(-0.01), change(0), change(0.000001)]).toEqual([
      '+1.00\u00a0%',
      '\u22121.00\u00a0%',
      '0.00\u00a0%',
      '0.00\u00a0%',
    ]);
    expect([count(1_234_567), decimal(-1234.5, 2), decimal(undefined)]).toEqual(['1\u202f234\u202f567', '\u22121\u202f234.50', 'none']);
    expect([instant('2024-06-28T08:00:07.123Z'), eventWords('AllocationPublished')]).toEqual([
      '2024-06-28 08:00:07 UTC',
      'allocation published',
    ]);
  });

  test('a message keeps four digits of a long fraction, and every other number as it is', () => {
    expect(shortened('two-sided turnover 0.0002989278663212344 is below the no-trade band 0.5, of 1234567.891011')).toBe(
      'two-sided turnover 0.0002989 is below the no-trade band 0.5, of 1234567.891011',
    );
  });

  test('a table is copied as RFC 4180 says, with every digit', () => {
    const columns = [
      { label: 'a, b', value: ({ text }: { text: string | null }) => text },
      { label: 'n', value: () => 1 / 3 },
    ];
    expect(csvOf(columns, [{ text: 'say "x"\n' }, { text: null }])).toBe(
      '"a, b",n\r\n"say ""x""\n",0.3333333333333333\r\n,0.3333333333333333\r\n',
    );
  });

  test('a command line is quoted so that a shell reads each word as one', () => {
    expect(commandLine(['explain', 'NYSE:AAA', '--why', "it's $HOME"])).toBe("sleeve-ledger explain NYSE:AAA --why 'it'\\''s $HOME'");
    expect(commandLine(['runs', '--name', ''])).toBe("sleeve-ledger runs --name ''");
  });
});
