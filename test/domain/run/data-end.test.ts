import { describe, expect, test } from '@jest/globals';
import { dataEndText, gridEnd, portfolioDataEnd, streamEnd } from '../../../domain/run/data-end.ts';

const end = (sleeve: string, date: string, shortenedBy: readonly string[] = []) => ({ sleeve, date, shortenedBy });

describe('where the data of a portfolio end', () => {
  test('is with the sleeve that ends first, in calendar days before the as-of date, with the symbols that shortened it', () => {
    const ended = portfolioDataEnd([end('eq', '2024-05-22', ['NYSE:A']), end('coins', '2024-06-28')], '2024-06-28');
    expect(ended).toMatchObject({ date: '2024-05-22', daysBefore: 37, by: [{ sleeve: 'eq' }] });
    expect(dataEndText(ended)).toBe(
      'Data up to 2024-05-22, 37 calendar days, 25 New York sessions before the as-of date 2024-06-28; they end with eq (NYSE:A).',
    );
  });

  test('is said in one line, however many symbols there are', () => {
    const symbols = ['NYSE:A', 'NYSE:B', 'NYSE:C', 'NYSE:D', 'NYSE:E'];
    const text = dataEndText(portfolioDataEnd([end('eq', '2024-06-27', symbols)], '2024-06-28'));
    expect(text).toContain('1 calendar day, 1 New York session before');
    expect(text).toContain('eq (NYSE:A, NYSE:B, NYSE:C and 2 more)');
  });

  test('is the as-of date where all reach it', () => {
    expect(dataEndText(portfolioDataEnd([end('eq', '2024-06-28')], '2024-06-28'))).toBe('Data up to 2024-06-28, the as-of date.');
  });

  test('is the earliest of all, named by each that ends there, and never behind the as-of date', () => {
    const [a, b, c] = [end('a', '2024-06-27'), end('b', '2024-06-26', ['X:1', 'X:2', 'X:3']), end('c', '2024-06-26')];
    const ended = portfolioDataEnd([a, b, c], '2024-06-28');
    expect(ended).toEqual({ date: '2024-06-26', asOf: '2024-06-28', daysBefore: 2, by: [b, c] });
    expect(dataEndText(ended)).toBe(
      'Data up to 2024-06-26, 2 calendar days, 2 New York sessions before the as-of date 2024-06-28; they end with b (X:1, X:2, X:3), c.',
    );
    const later = end('a', '2024-06-30');
    expect(portfolioDataEnd([later], '2024-06-28')).toEqual({ date: '2024-06-30', asOf: '2024-06-28', daysBefore: 0, by: [later] });
    const four = dataEndText(
      portfolioDataEnd(
        ['a', 'b', 'c', 'd'].map((name) => end(name, '2024-06-28')),
        '2024-06-30',
      ),
    );
    expect(four).toBe(
      'Data up to 2024-06-28, 2 calendar days, 0 New York sessions before the as-of date 2024-06-30; they end with a, b, c and 1 more.',
    );
  });

  test('is that of the grid with what shortened it, or of the stream', () => {
    expect(gridEnd({ grid: { last: '2024-06-28' }, shortened: null })).toEqual({ date: '2024-06-28', shortenedBy: [] });
    expect(gridEnd({ grid: { last: '2024-06-28' }, shortened: { by: [{ symbol: 'X:1' }, { symbol: 'X:2' }] } })).toEqual({
      date: '2024-06-28',
      shortenedBy: ['X:1', 'X:2'],
    });
    expect(streamEnd({ last: '2024-06-28' })).toEqual({ date: '2024-06-28', shortenedBy: [] });
  });
});
