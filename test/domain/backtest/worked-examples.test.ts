/**
 * The worked examples of the reference (recursive_two_sleeve.json, recursive_mixed_calendar.json): hrp of two columns is inverse variance,
 * so that every number can be had by hand; a plain recomputation agrees with them to 2e-16. Tolerance here: 1e-12.
 */
import { describe, expect, test } from '@jest/globals';
import type { ProfileBacktest } from '../../../domain/backtest/profile-job.ts';
import type { RiskProfile } from '../../../domain/risk/schemas.ts';
import mixed from '../../golden/backtest/recursive-mixed-calendar.json' with { type: 'json' };
import two from '../../golden/backtest/recursive-two-sleeve.json' with { type: 'json' };
import { backtestOf, type TestedPortfolio, walkedSleeves } from '../../support/backtests.ts';
import { type Example, workedPortfolio } from '../../support/worked-backtests.ts';

const tolerance = 1e-12;

type Numbers = Readonly<Record<string, number>>;

/** One case of a worked example. */
interface Expected {
  readonly sleeves: Readonly<
    Record<
      string,
      {
        readonly windows: readonly {
          readonly newest_read: string;
          readonly first: string;
          readonly last: string;
          readonly weights: Numbers;
          readonly turnover_two_sided: number;
          readonly cost: number;
        }[];
        readonly untraded_rows: number;
        readonly total_gross: number;
        readonly total_net: number;
        readonly oos_gross: Numbers;
        readonly oos_net: Numbers;
      }
    >
  >;
  readonly meta_windows: readonly {
    readonly newest_read: string;
    readonly first: string;
    readonly last: string;
    readonly raw: Numbers;
    readonly bounded: Numbers;
    readonly leaf: Numbers;
    readonly flattened: Numbers;
  }[];
  readonly trades: readonly {
    readonly close_of: string;
    readonly meta: boolean;
    readonly netted_two_sided: number;
    readonly per_sleeve_two_sided: number;
  }[];
  readonly costs: { readonly netted: number; readonly per_sleeve: number; readonly crossing_benefit: number };
  readonly joined_net_learned_from: Readonly<Record<string, Numbers>>;
  readonly book_net: Numbers;
  readonly book_gross: Numbers;
  readonly metrics_net: Readonly<Record<string, number | null>>;
}

function close(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, index) => expect(Math.abs(actual[index]! - value)).toBeLessThanOrEqual(tolerance));
}

function dated(dates: readonly string[], values: ArrayLike<number>, expected: Numbers): void {
  expect(dates).toEqual(Object.keys(expected));
  close(values, Object.values(expected));
}

const total = (values: ArrayLike<number>): number => Array.from(values).reduce((wealth, value) => wealth * (1 + value), 1) - 1;

function expectSleeves(tested: TestedPortfolio, risk: RiskProfile, expected: Expected): void {
  for (const { path, returns, walk } of walkedSleeves(tested, risk)) {
    const own = expected.sleeves[path[0]!]!;
    expect(walk.windows.map(({ newestRead, first, last }) => [newestRead, first, last])).toEqual(
      own.windows.map(({ newest_read: newestRead, first, last }) => [newestRead, first, last]),
    );
    walk.windows.forEach(({ weights, turnoverTwoSided, costFractionCharged }, index) => {
      const window = own.windows[index]!;
      close(
        weights,
        returns.columns.map((column) => window.weights[column]!),
      );
      close([turnoverTwoSided, costFractionCharged], [window.turnover_two_sided, window.cost]);
    });
    dated(walk.dates, walk.gross, own.oos_gross);
    dated(walk.dates, walk.net, own.oos_net);
    close([total(walk.gross), total(walk.net)], [own.total_gross, own.total_net]);
    expect(walk.lastPartialRows).toBe(own.untraded_rows);
  }
}

function expectDecisions({ levels, paths, book }: ProfileBacktest, expected: Expected): void {
  const { join, decisions } = levels.at(-1)!.level;
  const ids = join.matrix.columns;
  expect(decisions.map(({ newestRead, first, last }) => [newestRead, first, last])).toEqual(
    expected.meta_windows.map(({ newest_read: newestRead, first, last }) => [newestRead, first, last]),
  );
  expected.meta_windows.forEach((window, index) => {
    const { raw, bounded } = decisions[index]!;
    close(
      raw,
      ids.map((id) => window.raw[id]!),
    );
    close(
      bounded,
      ids.map((id) => window.bounded[id]!),
    );
    const leaf = book.leafWeights[index]!;
    close(
      leaf,
      paths.map(({ key }) => window.leaf[`M/${key}`]!),
    );
    for (const [symbol, weight] of Object.entries(window.flattened))
      close([paths.reduce((sum, path, at) => (path.symbol === symbol ? sum + leaf[at]! : sum), 0)], [weight]);
  });
  ids.forEach((id, column) =>
    dated(
      join.matrix.dates,
      join.matrix.dates.map((_, row) => join.matrix.values[row * ids.length + column]!),
      expected.joined_net_learned_from[id]!,
    ),
  );
}

function expectBook({ book, metrics }: ProfileBacktest, expected: Expected): void {
  dated(book.dates, book.gross, expected.book_gross);
  dated(book.dates, book.net, expected.book_net);
  expect(book.trades.map(({ closeOf, meta }) => [closeOf, meta])).toEqual(
    expected.trades.map(({ close_of: closeOf, meta }) => [closeOf, meta]),
  );
  expected.trades.forEach((trade, index) => {
    const { nettedTwoSided, perSleeveTwoSided } = book.trades[index]!;
    close([nettedTwoSided, perSleeveTwoSided], [trade.netted_two_sided, trade.per_sleeve_two_sided]);
  });
  const { netted, perSleeve, crossingBenefit } = book.costs;
  close([netted, perSleeve, crossingBenefit], [expected.costs.netted, expected.costs.per_sleeve, expected.costs.crossing_benefit]);
  const figures = expected.metrics_net as Numbers;
  const { rows, annualisationDays, twrAnnualised, volatility, sharpe, sortino, historicalVar5, historicalCvar5, omega } = metrics;
  expect([rows, annualisationDays, twrAnnualised]).toEqual([figures['n'], figures['A'], figures['twr_annualised']]);
  close([metrics.total, metrics.maxDrawdown, metrics.winRate], [figures['total']!, figures['mdd']!, figures['win_rate']!]);
  close([historicalVar5, historicalCvar5], [figures['var95_hist']!, figures['cvar95_hist']!]);
  // Figures that are divided by a standard deviation or a sum of losses of some rows: relative.
  const relative = [
    volatility! / figures['vol']!,
    sharpe! / figures['sharpe']!,
    sortino! / figures['sortino']!,
    omega! / figures['omega0']!,
  ];
  close(relative, [1, 1, 1, 1]);
}

const cases: (readonly [string, Example, RiskProfile, string, Expected])[] = [
  ...Object.entries(two.cases).map(([name, expected]) => {
    const [risk, mode] = name.split('/') as [RiskProfile, string];
    return [`two sleeves, ${name}`, two, risk, mode, expected] as const;
  }),
  ...Object.entries(mixed.cases).map(
    ([risk, expected]) => [`mixed calendars, ${risk}`, mixed, risk as RiskProfile, mixed.settings.rebalance_mode, expected] as const,
  ),
];

describe.each(cases)('the worked example: %s', (_, example, risk, mode, expected) => {
  const tested = workedPortfolio(example, mode);

  test('the windows of the sleeves read, hold and earn what it says', () => expectSleeves(tested, risk, expected));
  test('the decisions of the portfolio learn from the joined rows, and hold these leaf paths', () =>
    expectDecisions(backtestOf(tested, risk), expected));
  test('the book earns, trades and pays what it says', () => expectBook(backtestOf(tested, risk), expected));
});

test('a decision at the close of Friday does not see the window of C that trades at the close of Saturday', () => {
  const { levels } = backtestOf(workedPortfolio(mixed, 'window'), 'hrp');
  const { join, decisions } = levels.at(-1)!.level;
  const at = join.matrix.columns.indexOf('C');
  for (const { meta_first: first, sleeve_window_first: later } of mixed.cases.hrp.windows_of_C_that_a_meta_decision_must_not_see) {
    const decision = decisions.find((one) => one.first === first)!;
    expect(decision.sleeveReads[at]! <= decision.newestRead && decision.newestRead < later).toBe(true);
  }
});
