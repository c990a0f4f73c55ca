import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { agreementOf } from '../../../domain/execution/comparison.ts';
import { type SimulationInput, simulateWeights } from '../../../domain/execution/simulation.ts';
import type { DatedTable } from '../../../domain/returns/table-text.ts';
import { parseCsvPrices } from '../../../infra/csv/csv-prices.ts';
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';

/**
 * Weights, asset returns and portfolio returns of another system (the futures of F6). Its own returns look ahead: weights dated d earn the
 * row of d, which the correlation of `same_row` shows. More than this agreement cannot be had of it, and no more is claimed.
 */
const describeWithShared = needs('reference data').describe;

function table(name: string): DatedTable {
  const file = `f6_${name}.csv`;
  const { table: read } = parseCsvPrices(readFileSync(join(sharedDirectory!, 'data', file)), file);
  return { dates: read.dates, columns: read.symbols, values: read.closes };
}

const theirs = () => {
  const { dates, values } = table('portfolio_returns');
  return { dates, values: values[0]! };
};

const agreement = (settings: NonNullable<SimulationInput['settings']>, repair: 'none' | 'fold-off-calendar' = 'none') =>
  simulateWeights({
    weights: table('weights'),
    market: { kind: 'returns', table: table('asset_returns') },
    calendar: 'CMES',
    from: '2020-03-20',
    to: '2025-10-31',
    settings,
    repair,
    against: theirs(),
  });

describeWithShared('the returns of another system', () => {
  test('its own look-ahead: same_row, constant weights, sums of w log(1+r) and no cost', () => {
    const { agreement: found, flags } = agreement({ timing: 'same_row', holding: 'constant', returnKind: 'log_sum' });
    expect(flags).toContain('look_ahead_same_row');
    expect(found!.correlation).toBeGreaterThanOrEqual(0.9975);
    expect(Math.abs(found!.scale - 0.92)).toBeLessThanOrEqual(0.01);
  });

  test('what a book can do: lag 0, drift and simple returns', () => {
    const { agreement: found, flags } = agreement({});
    expect(flags).not.toContain('look_ahead_same_row');
    expect(found!.correlation).toBeGreaterThanOrEqual(0.993);
  });

  test('its Sundays are counted, and its rows a year suspected until they are folded', () => {
    const plain = agreement({});
    const folded = agreement({}, 'fold-off-calendar');
    expect(plain.offCalendar.rows).toBeGreaterThan(200);
    expect(plain.flags).toContain('annualisation_suspected');
    expect(folded.offCalendar.rows).toBe(0);
    expect(folded.flags).not.toContain('annualisation_suspected');
    expect(folded.figures.rows).toBeLessThan(plain.figures.rows);
  });

  test('the agreement of a series with itself is 1', () => {
    expect(agreementOf(theirs(), theirs())).toMatchObject({ correlation: 1, scale: 1 });
  });
});
