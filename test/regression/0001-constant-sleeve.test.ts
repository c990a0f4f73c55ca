/**
 * A sleeve that stood still (all cash, say) has no correlation with anything. Acceptance asked for the correlation of all
 * columns, which refuses a constant one; the refusal was none of those that end a single profile, so it ended the whole meta run.
 */
import { expect, test } from '@jest/globals';
import { measureAcceptance } from '../../domain/allocation/acceptance.ts';
import { flatten } from '../../domain/allocation/flatten.ts';
import { addDays } from '../../domain/returns/days.ts';
import { seeded } from '../support/figures.ts';

test('a meta portfolio with one constant sleeve is measured: correlations of the others, unknown where there is nothing', () => {
  const next = seeded(1);
  const columns = ['cash', 'funds', 'stocks'];
  const dates = Array.from({ length: 60 }, (_, day) => addDays('2024-01-01', day));
  const rows = dates.map(() => [0, 0.02 * (next() - 0.5), 0.02 * (next() - 0.5)]);
  const weights = [0.2, 0.4, 0.4];
  const verdicts = measureAcceptance({
    matrix: { columns, dates, values: Float64Array.from(rows.flat()) },
    stream: { dates, values: Float64Array.from(rows, ([, funds, stocks]) => 0.4 * funds! + 0.4 * stocks!) },
    weights,
    bounds: columns.map((id) => ({ id, lower: 0, upper: 1 })),
    determined: false,
    covariance: Float64Array.of(0, 0, 0, 0, 0.01, 0, 0, 0, 0.01),
    annualisationDays: 252,
    integrity: { errors: 0, checked: 1 },
    flattened: flatten(
      columns.map((id, index) => ({ path: [id], runId: id, weights: [weights[index]!], portfolio: [{ symbol: `NYSE:${id}`, weight: 1 }] })),
    ),
    concentration: { warn: 0.5, fail: 0.6 },
  });
  const byCheck = new Map(verdicts.map((verdict) => [verdict.check, verdict]));
  expect(byCheck.get('sleeve_correlations')!.details.map(({ name }) => name)).toEqual(['funds~stocks']);
  expect(byCheck.get('volatility_below_best_sleeve')!.status).toBe('unknown');
  expect(byCheck.get('diversification_ratio')!.status).toBe('passed');
});
