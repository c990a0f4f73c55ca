/**
 * Contribution to risk over time. The oracle of the worked examples is a recomputation from their own windows, decisions and leaf weights
 * in exact fractions (test/oracle/risk_shares.py); tolerance 1e-12.
 */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { ProfileBacktest } from '../../../domain/backtest/profile-job.ts';
import { riskSharesTable } from '../../../domain/backtest-run/tables.ts';
import { addDays } from '../../../domain/returns/days.ts';
import { columnOf, rowsOf } from '../../../domain/returns/matrix.ts';
import type { ReturnMatrix } from '../../../domain/returns/series.ts';
import { riskContributions } from '../../../domain/risk/contribution.ts';
import { sampleCovariance } from '../../../domain/risk/covariance.ts';
import type { RiskProfile } from '../../../domain/risk/schemas.ts';
import mixed from '../../golden/backtest/recursive-mixed-calendar.json' with { type: 'json' };
import two from '../../golden/backtest/recursive-two-sleeve.json' with { type: 'json' };
import expected from '../../golden/backtest/risk-shares.json' with { type: 'json' };
import { seeded } from '../../support/figures.ts';
import { backtestOf, portfolioOf, type TestedPortfolio } from '../../support/backtests.ts';
import { workedPortfolio } from '../../support/worked-backtests.ts';

const tolerance = 1e-12;

interface ExpectedRow {
  readonly newest_read: string;
  readonly optimiser: Readonly<Record<string, number>>;
  readonly joint: Readonly<Record<string, number>>;
}

const decisionsOf = ({ levels }: ProfileBacktest) => levels.at(-1)!.level.decisions;
const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

const cases: (readonly [string, TestedPortfolio, RiskProfile, readonly ExpectedRow[]])[] = [
  ...Object.entries(expected['recursive-two-sleeve']).map(([name, rows]) => {
    const [risk, mode] = name.split('/') as [RiskProfile, string];
    return [`two sleeves, ${name}`, workedPortfolio(two, mode), risk, rows] as const;
  }),
  ...Object.entries(expected['recursive-mixed-calendar']).map(
    ([risk, rows]) =>
      [`mixed calendars, ${risk}`, workedPortfolio(mixed, mixed.settings.rebalance_mode), risk as RiskProfile, rows] as const,
  ),
];

test.each(cases)('the worked example: %s, share by share', (_, tested, risk, rows) => {
  const result = backtestOf(tested, risk);
  expect(decisionsOf(result).map(({ newestRead }) => newestRead)).toEqual(rows.map((row) => row.newest_read));
  rows.forEach((row, decision) => {
    for (const kind of ['optimiser', 'joint'] as const) {
      const found = result.riskShares[kind][decision]!;
      result.paths.forEach(({ key }, path) => expect(Math.abs(found[path]! - row[kind][key]!)).toBeLessThan(tolerance));
    }
  });
});

const settings = {
  backtest: { train_window: 12, test_window: 6, step_size: 6, backtest_slippage: 0.001, backtest_commission: 0 },
} as const;
const node = portfolioOf(
  {
    inner: {
      sleeves: [
        { id: 'a', profile: 'a' },
        { id: 'b', profile: 'b' },
      ],
      meta_allocation: { min_weight: 0.05, max_weight: 0.95 },
    },
    whole: {
      sleeves: [
        { id: 'inner', meta_profile: 'inner' },
        { id: 'c', profile: 'c' },
      ],
      meta_allocation: { min_weight: 0.05, max_weight: 0.95 },
    },
  },
  { ...settings, risk: { estimator: 'sample' }, features: { default_shrinkage_intensity: 0 } },
);
const rows = 78;
const sleeves = { 'inner/a': ['NYSE:A', 'NYSE:B'], 'inner/b': ['NYSE:B', 'NYSE:C'], c: ['NYSE:C', 'NYSE:D'] } as const;
const symbols = ['NYSE:A', 'NYSE:B', 'NYSE:C', 'NYSE:D'] as const;
const dates = Array.from({ length: rows }, (_, row) => addDays('2024-01-01', row));

/** Sleeves over four assets, from one row of numbers for each date. */
function portfolioWith(values: readonly number[]): TestedPortfolio {
  const matrix = (columns: readonly string[]): ReturnMatrix => ({
    dates,
    columns,
    values: Float64Array.from({ length: rows * columns.length }, (_, cell) => {
      const asset = symbols.findIndex((symbol) => symbol === columns[cell % columns.length]);
      return values[Math.floor(cell / columns.length) * symbols.length + asset]!;
    }),
  });
  return {
    node,
    returns: Object.fromEntries(Object.entries(sleeves).map(([path, columns]) => [path, matrix(columns)])),
    calendars: ['XCRY'],
  };
}

/** Returns of four assets that have a factor in common, from a seed. */
function drawn(seed: number): number[] {
  const random = seeded(seed);
  return Array.from({ length: rows }, () => random() - 0.48).flatMap((common) =>
    symbols.map((_, asset) => 0.01 * (asset + 1) * (common + random() - 0.5)),
  );
}

describe('in a nest', () => {
  test('each row of either decomposition sums to 1 within 1e-12, and the optimisers give each sleeve what the decision says', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('risk_parity', 'hrp', 'min_variance'), (seed, risk) => {
        const result = backtestOf(portfolioWith(drawn(seed)), risk);
        const ids = ['c', 'inner'];
        decisionsOf(result).forEach(({ riskShares }, decision) => {
          for (const kind of ['optimiser', 'joint'] as const) {
            const found = result.riskShares[kind][decision]!;
            const size = sumOf(found.map(Math.abs));
            expect(Math.abs(sumOf(found) - 1)).toBeLessThan(tolerance * Math.max(1, size));
          }
          ids.forEach((id, at) => {
            const own = result.riskShares.optimiser[decision]!.filter((_, path) => result.paths[path]!.key.startsWith(`${id}/`));
            expect(Math.abs(sumOf(own) - riskShares![at]!)).toBeLessThan(tolerance * Math.max(1, sumOf(own.map(Math.abs))));
          });
        });
      }),
      { numRuns: 10 },
    );
  });

  test('shares multiply down: those of the portfolio below by its own decision in force, at the capital that it has drifted to', () => {
    const result = backtestOf(portfolioWith(drawn(7)), 'hrp');
    const [inner, outer] = result.levels;
    const { matrix } = inner!.level.join;
    outer!.level.decisions.forEach(({ newestRead, riskShares }, decision) => {
      const at = inner!.level.decisions.findLastIndex((below) => below.newestRead <= newestRead);
      const { trainFirst, testFirst } = inner!.level.windows[at]!;
      const leaf = result.book.leafWeights[decision]!;
      const held = (id: string): number => sumOf(leaf.filter((_, path) => result.paths[path]!.key.startsWith(`inner/${id}/`)));
      const within = riskContributions(sampleCovariance(rowsOf(matrix, trainFirst, testFirst)), [held('a'), held('b')]).shares!;
      const found = result.riskShares.optimiser[decision]!;
      ['a', 'b'].forEach((id, place) => {
        const own = sumOf(found.filter((_, path) => result.paths[path]!.key.startsWith(`inner/${id}/`)));
        expect(Math.abs(own - riskShares![1]! * within[place]!)).toBeLessThan(tolerance);
      });
    });
  });
});

describe('where nothing varies', () => {
  const still = portfolioWith(Array.from({ length: rows * 4 }, () => 0));

  test('there is no share, and the cells of the table are empty rather than 0', () => {
    const result = backtestOf(still, 'equal_weight');
    const decisions = decisionsOf(result);
    expect(decisions.length).toBeGreaterThan(1);
    expect(result.riskShares).toEqual({ optimiser: decisions.map(() => null), joint: decisions.map(() => null) });
    const { columns, values, dates: read } = riskSharesTable(decisions, result);
    expect(read).toEqual(decisions.map(({ newestRead }) => newestRead));
    expect(columns).toEqual(['optimiser', 'joint'].flatMap((kind) => result.paths.map(({ key }) => `${kind}:${key}`)));
    for (const column of values) expect([...column].every(Number.isNaN)).toBe(true);
  });

  test('in one sleeve alone, its assets contribute nothing and the others everything', () => {
    const tested = portfolioWith(drawn(8));
    const returns = { ...tested.returns, c: { ...tested.returns['c']!, values: new Float64Array(rows * 2) } };
    const result = backtestOf({ ...tested, returns }, 'equal_weight');
    const { columns } = result.levels.at(-1)!.level.join.matrix;
    const learned = columnOf(result.levels.at(-1)!.level.join.matrix, columns.indexOf('c'));
    expect([...learned.values].slice(-20).some((value) => value !== 0)).toBe(false);
    for (const row of result.riskShares.optimiser) {
      expect([...row!.subarray(0, 2)]).toEqual([0, 0]);
      expect(sumOf(row!)).toBeCloseTo(1, 12);
    }
  });
});
