/* Worked example of the reference (survival.json): a second implementation on real closes. Held to 1e-9 relative. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { PriceTable } from '../../../domain/returns/series.ts';
import { type CloseSeries, stressCalendar, survivalScore, survivedPeriods } from '../../../domain/selection/survival.ts';
import { parseCsvPrices } from '../../../infra/csv/csv-prices.ts';
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';
import { expectClose, workedExample } from '../../support/worked-example.ts';

const { describe: describeWithShared } = needs('reference data');

interface Expected {
  readonly survival: number | 'not_evaluated';
  readonly parts: readonly (readonly [readonly [string, string], number])[];
}

const { expected } = workedExample('survival') as { readonly expected: Readonly<Record<string, Readonly<Record<string, Expected>>>> };
const cases = Object.entries(expected).flatMap(([symbol, decisions]) =>
  Object.entries(decisions).map(([decision, answer]) => [symbol, decision, answer] as const),
);

describeWithShared('what symbols kept under stress, on real closes', () => {
  const tables = new Map<string, PriceTable>();
  beforeAll(() => {
    for (const file of ['crypto.csv', 'etfs.csv'])
      tables.set(file, parseCsvPrices(readFileSync(join(sharedDirectory!, 'data', file)), file).table);
  });
  const closesOf = (symbol: string): CloseSeries => {
    const { dates, symbols, closes } = tables.get(symbol.startsWith('CRYPTO:') ? 'crypto.csv' : 'etfs.csv')!;
    return { symbol, dates, closes: closes[symbols.indexOf(symbol)]! };
  };

  test.each(cases)('%s, decided on %s', (symbol, decision, answer) => {
    const periods = survivedPeriods(closesOf(symbol), decision);
    expect(periods.map(({ first, last }) => [first, last])).toEqual(answer.parts.map(([period]) => period));
    periods.forEach(({ kept }, k) => expectClose(kept, answer.parts[k]![1], 1e-9));
    const score = survivalScore(periods);
    if (answer.survival === 'not_evaluated') expect(score).toBeNull();
    else expectClose(score!, answer.survival, 1e-9);
  });
});

describe('a period', () => {
  const dates = Array.from({ length: 30 }, (_, day) => `2023-03-${String(day + 2).padStart(2, '0')}`);
  const closes = (present: number): Float64Array => Float64Array.from(dates, (_, row) => (row < present ? 100 - row : Number.NaN));
  const kept = (present: number) => survivedPeriods({ symbol: 'CRYPTO:BTCUSD', dates, closes: closes(present) }, '2023-04-01');

  test('counts with four fifths of the sessions, and not with fewer', () => {
    expect(kept(25)).toEqual([{ first: '2023-03-01', last: '2023-03-31', kept: 0.76 }]);
    expect(kept(24)).toEqual([]);
  });

  test('that has not ended before the decision does not count', () => {
    expect(survivedPeriods({ symbol: 'CRYPTO:BTCUSD', dates, closes: closes(30) }, '2023-03-31')).toEqual([]);
    expect(stressCalendar).toHaveLength(3);
  });
});
