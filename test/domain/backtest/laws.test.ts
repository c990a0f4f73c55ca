/** What holds of every recursive backtest, over simulated sleeves. */
import { describe, expect, test } from '@jest/globals';
import type { ProfileBacktest } from '../../../domain/backtest/profile-job.ts';
import { portfolioOf, type TestedPortfolio, backtestOf, walkedSleeves } from '../../support/backtests.ts';
import { addDays, dayNumberOf, isWeekend } from '../../../domain/returns/days.ts';
import type { ReturnMatrix } from '../../../domain/returns/series.ts';
import { commonRiskProfiles } from '../../../domain/risk/schemas.ts';
import { seeded } from '../../support/figures.ts';

const settings = {
  backtest: { train_window: 20, test_window: 7, step_size: 7, backtest_slippage: 0.001, backtest_commission: 0.0005 },
  risk: { estimator: 'sample' },
} as const;

function dailyDates(days: number, everyDay: boolean): string[] {
  const dates = Array.from({ length: days }, (_, day) => addDays('2024-01-01', day));
  return everyDay ? dates : dates.filter((date) => !isWeekend(dayNumberOf(date)));
}

/** Returns of a symbol depend on its name and the day alone: sleeves that share one see the same. */
function simulated(columns: readonly string[], dates: readonly string[]): ReturnMatrix {
  const values = new Float64Array(dates.length * columns.length);
  columns.forEach((name, column) => {
    const scale = 0.004 + 0.004 * (name.charCodeAt(name.length - 1) % 5);
    dates.forEach((date, row) => {
      const random = seeded(dayNumberOf(date) * 131 + name.charCodeAt(name.length - 1) * 7_919);
      random();
      values[row * columns.length + column] = scale * (random() + random() + random() - 1.48);
    });
  });
  return { dates, columns, values };
}

const symbols = (letters: string): string[] => letters.split('').map((letter) => `NYSE:${letter}`);

/** Two sleeves of dummies, `a` on weekdays and `b` every day unless it is said otherwise. */
function pair(
  b: string,
  { everyDay = true, days = 200, change = {} }: { everyDay?: boolean; days?: number; change?: object } = {},
): TestedPortfolio {
  const node = portfolioOf(
    {
      whole: {
        sleeves: [
          { id: 'a', profile: 'a' },
          { id: 'b', profile: 'b' },
        ],
        meta_allocation: { min_weight: 0.05, max_weight: 0.95 },
      },
    },
    { ...settings, backtest: { ...settings.backtest, ...change } },
  );
  return { node, returns: { a: simulated(symbols('ABC'), dailyDates(days, false)), b: simulated(symbols(b), dailyDates(days, everyDay)) } };
}

const nested: TestedPortfolio = {
  node: portfolioOf(
    {
      inner: {
        sleeves: [
          { id: 'a', profile: 'a' },
          { id: 'b', profile: 'b' },
        ],
      },
      whole: {
        sleeves: [
          { id: 'inner', meta_profile: 'inner' },
          { id: 'c', profile: 'c' },
        ],
        meta_allocation: { min_weight: 0.05, max_weight: 0.95 },
      },
    },
    settings,
  ),
  returns: {
    'inner/a': simulated(symbols('ABC'), dailyDates(260, false)),
    'inner/b': simulated(symbols('CDE'), dailyDates(260, true)),
    c: simulated(symbols('EF'), dailyDates(260, false)),
  },
};

const decisionsOf = ({ levels }: ProfileBacktest) => levels.at(-1)!.level.decisions;

describe('the two dummy sleeves of the document, bounds .05 to .95', () => {
  const tested = pair('DEF', { everyDay: false });

  test.each(commonRiskProfiles.slice(0, 5))('%s: the matrix holds assets of both sleeves, and sleeve weights vary over time', (risk) => {
    const result = backtestOf(tested, risk);
    expect(result.paths.map(({ key }) => key.split('/')[0])).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
    for (const leaf of result.book.leafWeights) {
      expect(leaf.slice(0, 3).some((weight) => weight > 0)).toBe(true);
      expect(leaf.slice(3).some((weight) => weight > 0)).toBe(true);
    }
    expect(Math.max(...result.turnover.allocationStability!)).toBeGreaterThan(0.01);
  });

  test.each(commonRiskProfiles.slice(5))('%s: every decision is 1/N', (risk) => {
    for (const { bounded } of decisionsOf(backtestOf(tested, risk))) expect(bounded).toEqual([0.5, 0.5]);
  });
});

describe('a decision', () => {
  const tested = pair('CDE');

  test.each(['hrp', 'max_sharpe'] as const)('%s: no bit of it changes when what comes after it does', (risk) => {
    const before = backtestOf(tested, risk);
    const plant = decisionsOf(before)[6]!.first;
    const planted = Object.fromEntries(
      Object.entries(tested.returns).map(([id, matrix]) => {
        const width = matrix.columns.length;
        const values = matrix.values.map((value, cell) => (matrix.dates[Math.floor(cell / width)]! >= plant ? value * -3 + 0.01 : value));
        return [id, { ...matrix, values }];
      }),
    );
    const after = backtestOf({ ...tested, returns: planted }, risk);
    const upTo = decisionsOf(before).filter(({ newestRead }) => newestRead < plant).length;
    expect(upTo).toBe(7);
    expect(
      decisionsOf(after)
        .slice(0, upTo)
        .map(({ raw, bounded }) => [raw, bounded]),
    ).toEqual(
      decisionsOf(before)
        .slice(0, upTo)
        .map(({ raw, bounded }) => [raw, bounded]),
    );
    expect(after.book.leafWeights.slice(0, upTo)).toEqual(before.book.leafWeights.slice(0, upTo));
    expect(after.book.leafWeights.slice(upTo)).not.toEqual(before.book.leafWeights.slice(upTo));
  });

  test('read its newest row strictly before the first that it earns, and took over no target that had read more', () => {
    for (const { newestRead, first, sleeveReads } of decisionsOf(backtestOf(tested, 'hrp'))) {
      expect(newestRead < first).toBe(true);
      for (const read of sleeveReads) expect(read <= newestRead).toBe(true);
    }
  });

  test('with expanding rows learns from all of them, with trailing ones from its training window', () => {
    const trailing = decisionsOf(backtestOf(tested, 'hrp'));
    const expanding = decisionsOf(backtestOf(pair('CDE', { change: { meta_rows: 'expanding' } }), 'hrp'));
    expect(trailing.map(({ trainRows }) => trainRows)).toEqual(trailing.map(() => 20));
    expect(expanding.map(({ trainRows }) => trainRows)).toEqual(expanding.map((_, index) => 20 + 7 * index));
    expect(expanding[0]!.raw).toEqual(trailing[0]!.raw);
    expect(expanding.at(-1)!.raw).not.toEqual(trailing.at(-1)!.raw);
  });
});

/** Gross returns of a sleeve over joined rows, compounded from its own. */
function compounded(dates: readonly string[], own: { dates: readonly string[]; gross: Float64Array }): number[] {
  let row = 0;
  return dates.map((date) => {
    let wealth = 1;
    for (; row < own.dates.length && own.dates[row]! <= date; row++) wealth *= 1 + own.gross[row]!;
    return wealth - 1;
  });
}

describe('the book', () => {
  test.each(['CDE', 'DEF'])('in window mode earns in each row what its capital earns in the sleeves, to 1e-12 (b holds %s)', (b) => {
    const tested = pair(b);
    const sleeves = walkedSleeves(tested, 'hrp');
    const result = backtestOf(tested, 'hrp', sleeves);
    const { dates } = result.levels.at(-1)!.level.join.matrix;
    const own = sleeves.map(({ walk }) => compounded(dates, walk));
    let row = 0;
    for (const { first, last, bounded } of decisionsOf(result)) {
      let capital = [...bounded];
      for (let joined = dates.indexOf(first); joined <= dates.indexOf(last); joined++, row++) {
        const gross = capital.reduce((sum, weight, sleeve) => sum + weight * own[sleeve]![joined]!, 0);
        expect(Math.abs(result.book.gross[row]! - gross)).toBeLessThan(1e-12);
        capital = capital.map((weight, sleeve) => (weight * (1 + own[sleeve]![joined]!)) / (1 + gross));
      }
    }
    expect(row).toBe(result.book.dates.length);
  });

  test('saves by crossing what sleeves trade against each other: never less than nothing, exactly nothing without shared symbols', () => {
    const shared = backtestOf(pair('CDE'), 'hrp').book;
    expect(shared.costs.crossingBenefit).toBeGreaterThan(0);
    for (const { crossingBenefit } of shared.trades) expect(crossingBenefit).toBeGreaterThanOrEqual(0);
    expect(backtestOf(pair('DEF'), 'hrp').book.costs.crossingBenefit).toBe(0);
  });

  test('splits the variance of its returns among its leaf paths to the last: shares sum to one', () => {
    const shares = backtestOf(pair('CDE'), 'hrp').book.realisedShares!;
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(1e-12);
  });

  test('trades a partial window at both tiers where partial windows are traded, and flags it', () => {
    const skipped = backtestOf(pair('DEF', { everyDay: false }), 'hrp');
    const traded = backtestOf(pair('DEF', { everyDay: false, change: { partial_last_window: 'trade' } }), 'hrp');
    expect(skipped.levels.at(-1)!.level.partialRows).toBe(0);
    const { partialRows, untradedRows } = traded.levels.at(-1)!.level;
    expect([partialRows > 0, untradedRows]).toEqual([true, 0]);
    expect(decisionsOf(traded).at(-1)!.flags).toContain('partial');
    expect(traded.book.dates.length).toBeGreaterThan(skipped.book.dates.length);
  });
});

describe('a short', () => {
  const long = 'NYSE:A';
  const short = 'NYSE:A_trend_SHORT';
  const dates = dailyDates(120, false);
  const own = simulated([long, 'NYSE:B'], dates);
  const mirrored: ReturnMatrix = {
    dates,
    columns: [short, 'NYSE:D'],
    values: own.values.map((value, cell) => (cell % 2 === 0 ? -value : value)),
  };
  const tested: TestedPortfolio = { node: pair('DEF').node, returns: { a: own, b: mirrored } };

  test('has its stream as return and counts negatively in its symbol, and what its daily reset implies is reported and not charged', () => {
    const { book, paths } = backtestOf(tested, 'equal_weight');
    expect(paths.map(({ symbol, sign }) => [symbol, sign])).toEqual([
      [long, 1],
      ['NYSE:B', 1],
      [long, -1],
      ['NYSE:D', 1],
    ]);
    expect(book.syntheticResetTurnoverTwoSided).toBeGreaterThan(0);
    expect(book.syntheticResetCost).toBeCloseTo(0.0015 * book.syntheticResetTurnoverTwoSided, 15);
    // The first purchase buys 1/4 of A in one sleeve and sells 1/4 in the other: of four quarters two cancel, less what had drifted.
    const [first] = book.trades;
    expect(first!.perSleeveTwoSided).toBeCloseTo(1, 12);
    expect(first!.nettedTwoSided).toBeLessThan(0.6);
  });
});

describe('a nested portfolio', () => {
  const result = backtestOf(nested, 'hrp');

  test('is a book of its own below, and the outer one holds its leaf paths', () => {
    expect(result.levels.map(({ path }) => path)).toEqual([['inner'], []]);
    expect(result.paths.map(({ key }) => key)).toEqual([
      'c/NYSE:E',
      'c/NYSE:F',
      'inner/a/NYSE:A',
      'inner/a/NYSE:B',
      'inner/a/NYSE:C',
      'inner/b/NYSE:C',
      'inner/b/NYSE:D',
      'inner/b/NYSE:E',
    ]);
    for (const leaf of result.book.leafWeights) expect(leaf.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  test('learns at the outer level from the inner book net of its own netted costs, one training window later', () => {
    const inner = backtestOf(
      {
        node: nested.node.sleeves.flatMap((sleeve) => (sleeve.kind === 'nested' ? [sleeve.meta] : []))[0]!,
        returns: { a: nested.returns['inner/a']!, b: nested.returns['inner/b']! },
      },
      'hrp',
    );
    const { join } = result.levels.at(-1)!.level;
    const at = join.matrix.columns.indexOf('inner');
    expect(join.matrix.dates).toEqual(inner.book.dates);
    expect(join.matrix.dates.map((_, row) => join.matrix.values[row * 2 + at]!)).toEqual([...inner.book.net]);
    expect(result.burnIns.map(({ path, tier, rows }) => [path.join('/'), tier, rows])).toEqual([
      ['c', 'sleeve', 20],
      ['inner/a', 'sleeve', 20],
      ['inner/b', 'sleeve', 20],
      ['inner', 'portfolio', 20],
      ['', 'portfolio', 20],
    ]);
  });

  test('is R11 at each level: the inner weights stay inside .05 to .50', () => {
    for (const { bounded } of result.levels[0]!.level.decisions) expect(bounded).toEqual([0.5, 0.5]);
  });
});

describe('the baselines', () => {
  const tested = pair('CDE');
  const result = backtestOf(tested, 'hrp');
  const baseline = (name: string) => {
    const { lookAhead, outcome } = result.baselines.find((one) => one.name === name)!;
    if (outcome.status !== 'tested') throw new Error(outcome.message);
    return { lookAhead, ...outcome };
  };

  test('are all there, on the same rows, and only static hrp is labelled look-ahead', () => {
    expect(result.baselines.map(({ name, lookAhead }) => [name, lookAhead])).toEqual([
      ['equal_weight_meta', false],
      ['static_hrp', true],
      ['inverse_volatility', false],
      ['alone:a', false],
      ['alone:b', false],
      ['flat', false],
    ]);
    for (const { name } of result.baselines) expect(baseline(name).book.dates).toEqual(result.book.dates);
  });

  test('a sleeve alone earns its own stream over the joined rows, with the first purchase charged', () => {
    const [a] = walkedSleeves(tested, 'hrp');
    const alone = baseline('alone:a');
    const { dates } = result.levels.at(-1)!.level.join.matrix;
    const gross = compounded(dates, a!.walk).slice(dates.indexOf(alone.book.dates[0]!));
    alone.book.gross.forEach((value, row) => expect(Math.abs(value - gross[row]!)).toBeLessThan(1e-14));
    expect(alone.book.trades[0]).toMatchObject({ nettedTwoSided: expect.closeTo(1, 12), cost: expect.closeTo(0.0015, 12) });
  });

  test('equal weight is 1/N at each decision; static hrp is one allocation; inverse volatility is proportional to 1/std', () => {
    expect(new Set(baseline('equal_weight_meta').bounded.map(String))).toEqual(new Set(['0.5,0.5']));
    expect(new Set(baseline('static_hrp').bounded.map(String)).size).toBe(1);
    // Two columns: hrp is inverse variance, the square of inverse volatility.
    const [left, right] = baseline('inverse_volatility').raw[0]!;
    const [first, second] = decisionsOf(result)[0]!.raw;
    expect((left! / right!) * (left! / right!)).toBeCloseTo(first! / second!, 3);
  });

  test('flat holds the distinct assets once, without guardrails, at the same closes', () => {
    const flat = result.baselines.find(({ name }) => name === 'flat')!;
    expect(flat.columns).toEqual(symbols('ABCDE'));
    const { book, raw } = baseline('flat');
    expect(raw).toHaveLength(decisionsOf(result).length);
    for (const weights of raw) expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(book.trades.map(({ closeOf }) => closeOf)).toEqual(decisionsOf(result).map(({ newestRead }) => newestRead));
  });
});

test('too little history says how many joined rows are needed', () => {
  expect(() => backtestOf(pair('DEF', { everyDay: false, days: 50 }), 'hrp')).toThrow('at least 27 are needed');
});
