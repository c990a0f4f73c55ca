import { describe, expect, test } from '@jest/globals';
import { dataEndText, portfolioDataEnd } from '../../../domain/run/data-end.ts';

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
});
