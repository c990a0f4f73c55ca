/** Files of prices and weights as one table, and errors about them with the file and the line. */
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { ofWeights, tableOf } from '../../../handlers/queries/dated-files.ts';
import { priceFile } from '../../support/prices.ts';
import { refusalOf } from '../../support/refusal.ts';

const weights = priceFile('weights.csv', {
  dates: ['2026-01-05', '2026-01-06'],
  symbols: ['B', 'A'],
  closes: [Float64Array.of(1, 2), Float64Array.of(3, 4)],
});
const other = priceFile('other.csv', { dates: ['2026-01-06', '2026-01-07'], symbols: ['C'], closes: [Float64Array.of(5, 6)] });

describe('files as one table', () => {
  test('have their columns by name and the union of their dates', () => {
    const none = Number.NaN;
    expect(tableOf([weights, other])).toEqual({
      dates: ['2026-01-05', '2026-01-06', '2026-01-07'],
      columns: ['A', 'B', 'C'],
      values: [Float64Array.of(3, 4, none), Float64Array.of(1, 2, none), Float64Array.of(none, 5, 6)],
    });
    expect(tableOf([])).toEqual({ dates: [], columns: [], values: [] });
    expect(refusalOf(() => tableOf([weights, weights]))).toMatchObject({ code: 'SymbolTwice' });
  });

  test.each([
    ['duplicate_date', 7, 'other.csv: two rows have the date 2026-01-06', { file: 'other.csv', line: 7 }],
    ['unsorted_date', 7, 'other.csv: out of order is 2026-01-06', { file: 'other.csv', line: 7 }],
    ['unsorted_date', null, 'other.csv: out of order is 2026-01-06', { file: 'other.csv' }],
  ] as const)('are refused with the first defect of their dates: %s in line %p', (kind, line, message, at) => {
    const defect = { kind, date: '2026-01-06', line };
    const later = { ...defect, date: '2026-01-07' };
    const error = refusalOf(() => tableOf([weights, { ...other, defects: [defect, later] }]));
    expect(error).toMatchObject({ code: 'SchemaViolation', message, evidence: { date: '2026-01-06', kind } });
    expect(error.at).toEqual(at);
  });
});

const wrong = (evidence: Record<string, unknown>, code: 'SchemaViolation' | 'Usage' = 'SchemaViolation') =>
  new LedgerError(code, 'a weight is no number', { evidence, at: { path: 'B' } });

describe('an error about weights', () => {
  test('names the file and the line of the row that its date is of', () => {
    const cause = wrong({ date: '2026-01-06' });
    const error = ofWeights(weights, cause) as LedgerError;
    expect(error).toMatchObject({
      code: 'SchemaViolation',
      message: 'weights.csv: a weight is no number',
      evidence: { date: '2026-01-06' },
      cause,
    });
    expect(error.at).toEqual({ path: 'B', file: 'weights.csv', line: 3 });
    const first = ofWeights(weights, wrong({ date: '2026-01-05' })) as LedgerError;
    expect(first.at.line).toBe(2);
  });

  test('names the file alone where the date stands in none of its rows, or its rows have no lines', () => {
    for (const [file, date] of [
      [weights, '2026-02-01'],
      [{ ...weights, lines: null }, '2026-01-06'],
    ] as const)
      expect((ofWeights(file, wrong({ date })) as LedgerError).at).toEqual({ path: 'B', file: 'weights.csv' });
  });

  test('is left as it is where it is about something else', () => {
    for (const error of [wrong({ date: '2026-01-06' }, 'Usage'), wrong({}), wrong({ date: 1 }), new Error('the disk is gone'), null])
      expect(ofWeights(weights, error)).toBe(error);
  });
});
