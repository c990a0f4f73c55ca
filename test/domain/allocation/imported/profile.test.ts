import { describe, expect, test } from '@jest/globals';
import {
  type ImportedContext,
  importedOrFailed,
  type ImportedPortfolio,
  type ImportedStream,
} from '../../../../domain/allocation/imported/profile.ts';
import { computeMetrics, metricsPolicyOf } from '../../../../domain/returns/metrics.ts';
import { rulesInForce } from '../../../../domain/run/rules.ts';
import { dailyReturns } from '../../../support/imported-run.ts';

const series = dailyReturns(3, 60);
const asOf = series.dates.at(-1)!;
const stream: ImportedStream = { risk: 'hrp', path: 'r.csv', engine: 'e', simulator: null, series };
const portfolio = (grossSum: number): ImportedPortfolio => ({ path: 'p.json', weights: [{ symbol: 'BINANCE:A', weight: 1 }], grossSum });
const context = (change: Partial<ImportedContext> = {}): ImportedContext => ({
  asOf,
  calendars: ['XCRY'],
  greatestPositions: null,
  rules: rulesInForce,
  ...change,
});
const problemsOf = (held: ImportedPortfolio | null, change: Partial<ImportedContext> = {}): readonly string[] => {
  const outcome = importedOrFailed(stream, held, context(change));
  return outcome.status === 'imported' ? outcome.problems : [outcome.error.message];
};

describe('a profile that somebody else computed', () => {
  test('is taken over as it stands, and measured by the year of what is held', () => {
    const held = portfolio(1);
    for (const [calendars, days] of [
      [['XCRY'], 365],
      [['XCRY', 'XNYS'], 252],
    ] as const)
      expect(importedOrFailed(stream, held, context({ calendars }))).toEqual({
        status: 'imported',
        risk: 'hrp',
        stream,
        portfolio: held,
        metrics: computeMetrics(series, days, metricsPolicyOf(rulesInForce)),
        problems: [],
      });
  });

  test.each([
    [1 + 9e-7, true],
    [1 - 9e-7, true],
    [1 + 2e-6, false],
    [1 - 2e-6, false],
  ])('whose gross weights sum to %d is whole: %p', (grossSum, isWhole) => {
    expect(problemsOf(portfolio(grossSum))).toEqual(isWhole ? [] : [`the gross weights in p.json sum to ${grossSum}`]);
  });

  test('says everything that keeps it from being whole', () => {
    const late = 'its returns end on 2024-02-29, the run on 2024-03-01';
    expect(asOf).toBe('2024-02-29');
    expect(problemsOf(portfolio(0.5), { asOf: '2024-03-01' })).toEqual([late, 'the gross weights in p.json sum to 0.5']);
    expect(problemsOf(null, { asOf: '2024-03-01', greatestPositions: 'top.json' })).toEqual([
      late,
      'incomplete portfolio: top.json lists the greatest positions only',
    ]);
    expect(problemsOf(null, { asOf: '2024-03-01' })).toEqual([late]);
    // Of one that has its portfolio nothing else is a portfolio.
    expect(problemsOf(portfolio(1), { greatestPositions: 'top.json' })).toEqual([]);
    expect(problemsOf(null)).toEqual([]);
  });

  test('fails by name where it loses everything, and where no calendar is known', () => {
    const ruined = { ...stream, series: { ...series, values: series.values.with(5, -1) } };
    expect(importedOrFailed(ruined, portfolio(1), context())).toMatchObject({
      status: 'failed',
      risk: 'hrp',
      error: { code: 'Bankruptcy' },
    });
    expect(importedOrFailed(stream, portfolio(1), context({ calendars: [] }))).toMatchObject({
      status: 'failed',
      risk: 'hrp',
      error: { code: 'PortfolioMissing', message: 'no portfolio for any profile: neither holdings nor calendar are known' },
    });
  });
});
