/**
 * A row of a saved response had `true` as its category. Numbers of other columns were checked, and `category`, which holds an id or a text,
 * was not: the scan was recorded, and the row failed a filter by the text `true`.
 */
import { expect, test } from '@jest/globals';
import { refusalOf } from '../support/refusal.ts';
import { responseOf } from '../support/scanners.ts';

const response = (category: boolean | number | string | null | readonly string[]) =>
  responseOf({ data: [{ symbol: 'AMEX:SPY', name: 'SPY', category }] });

test.each([[true], [['26']]])('a category %j is refused with its row and its column', (category) => {
  expect(refusalOf(() => response(category))).toMatchObject({
    code: 'ScanResponseInvalid',
    evidence: { fault: 'column_type' },
    message: expect.stringContaining('row 0 AMEX:SPY: category'),
    at: { file: 'response.json', path: 'category' },
  });
});

test.each([[27], ['27'], ['Large Blend'], [null]])('a category %j is an id, a text or nothing', (category) => {
  expect(response(category).rows).toHaveLength(1);
});
