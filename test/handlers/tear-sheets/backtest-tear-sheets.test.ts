/**
 * The tear sheets of recorded backtests against their own facts, and against figures computed again here from the recorded tables, by plain
 * sums and without the code of the domain. Tolerance: 1e-12.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { MeasuredProfile } from '../../../handlers/tear-sheets/backtest-tear-sheets.ts';
import { measuredProfiles } from '../../../handlers/tear-sheets/backtest-tear-sheets.ts';
import { columnNamed, type DatedTable } from '../../../domain/returns/table-text.ts';
import { Workbench } from '../../support/cli.ts';
import { backtestFacts, recordBacktest, withArtifacts, withCrossedSleeves } from '../../support/recorded-backtest.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const tolerance = 1e-12;
const bench = new Workbench(scratchDirectory(), withCrossedSleeves);
const measured = new Map<string, readonly MeasuredProfile[]>();

beforeAll(async () => {
  for (const [meta, risks] of [
    ['whole', 'all'],
    ['crossed', 'hrp'],
    ['nested', 'hrp'],
  ] as const) {
    const runId = await recordBacktest(bench, meta, ['--risk', risks]);
    const facts = await backtestFacts(bench, runId);
    measured.set(meta, await withArtifacts(bench, (artifacts) => measuredProfiles(artifacts, facts)));
  }
}, 60_000);

function hrpOf(meta: string): MeasuredProfile {
  return measured.get(meta)!.find(({ profile }) => profile.facts.risk === 'hrp')!;
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

function covariance(left: readonly number[], right: readonly number[]): number {
  const [ofLeft, ofRight] = [mean(left), mean(right)];
  return sum(left.map((value, row) => (value - ofLeft) * (right[row]! - ofRight))) / (left.length - 1);
}

const named = (table: DatedTable, name: string): number[] => [...columnNamed(table, name)];

describe.each(['whole', 'crossed', 'nested'])('the sheet of a backtest of %s', (meta) => {
  test('measures the recorded net stream, with the figures that the facts have', () => {
    const { profile, sheet } = hrpOf(meta);
    const { total, twrAnnualised, volatility, sharpe, maxDrawdown, historicalVar5 } = profile.facts.metrics;
    expect(sheet.portfolio.performance).toMatchObject({ total, twrAnnualised, volatility, sharpe, maxDrawdown, historicalVar5 });
    expect(sheet.portfolio.performance.opened).toBe(profile.windows[0]!.newestRead);
  });

  test('cuts that stream into windows which compound to the whole, and hold every trade once', () => {
    const { profile, sheet } = hrpOf(meta);
    const windows = sheet.windows!;
    expect(windows).toHaveLength(profile.facts.decisions);
    const wealth = windows.reduce((grown, { netReturn }) => grown * (1 + netReturn), 1);
    expect(Math.abs(wealth - 1 - profile.facts.metrics.total)).toBeLessThan(tolerance);
    const gross = windows.reduce((grown, { grossReturn }) => grown * (1 + grossReturn), 1);
    expect(Math.abs(gross - 1 - profile.facts.grossReturn)).toBeLessThan(tolerance);
    expect(Math.abs(sum(windows.map(({ costFractionCharged }) => costFractionCharged)) - profile.facts.costs.netted)).toBeLessThan(
      tolerance,
    );
    const recorded = named(profile.decisions, 'traded_turnover_two_sided');
    windows.forEach(({ turnoverTwoSided }, row) => expect(Math.abs(turnoverTwoSided - recorded[row]!)).toBeLessThan(tolerance));
  });

  test('shows sleeves that were learned from, on the rows of the book, and their correlations by plain sums', () => {
    const { profile, sheet } = hrpOf(meta);
    const { ids, values } = sheet.correlations!;
    const columns = ids.map((id) => named(profile.joined, id));
    for (const [row, left] of columns.entries())
      for (const [column, right] of columns.entries()) {
        const expected = covariance(left, right) / Math.sqrt(covariance(left, left) * covariance(right, right));
        expect(Math.abs(values[row * ids.length + column]! - expected)).toBeLessThan(tolerance);
      }
    for (const { id, dates, returns } of sheet.parts!) {
      expect(dates).toEqual(profile.returns.dates);
      expect([...returns]).toEqual(
        named(profile.joined, id)
          .slice(-dates.length - profile.facts.untradedRows)
          .slice(0, dates.length),
      );
    }
  });

  test('has the correlations that each decision saw, by plain sums over the rows that it learned from', () => {
    const { profile, correlations } = hrpOf(meta);
    expect(correlations.rows.map(({ date }) => date)).toEqual(profile.windows.map(({ newestRead }) => newestRead));
    correlations.rows.forEach(({ values }, decision) => {
      const { trainFirst, trainRows } = profile.windows[decision]!;
      const first = profile.joined.dates.indexOf(trainFirst);
      correlations.pairs.forEach((pair, at) => {
        const [left, right] = pair.split(' ~ ').map((id) => named(profile.joined, id).slice(first, first + trainRows));
        const expected = covariance(left!, right!) / Math.sqrt(covariance(left!, left!) * covariance(right!, right!));
        expect(Math.abs(values[at]! - expected)).toBeLessThan(tolerance);
      });
    });
  });

  test('finds bounds kept and every sleeve held, sees where the bounds leave one allocation, and measures the calmest sleeve', () => {
    const { sheet } = hrpOf(meta);
    const byCheck = new Map(sheet.verdicts!.map((verdict) => [verdict.check, verdict]));
    for (const check of ['bounds_at_every_decision', 'assets_of_every_sleeve'])
      expect([check, byCheck.get(check)!.status]).toEqual([check, 'passed']);
    // Coins are so volatile that the nested portfolio gives the rest all that its bounds allow, at every decision.
    expect(byCheck.get('sleeve_weights_vary')!.status).toBe(meta === 'nested' ? 'warned' : 'passed');
    const { value, limit, status } = byCheck.get('volatility_below_best_sleeve')!;
    expect(limit).toBe(Math.min(...sheet.parts!.map(({ performance }) => performance.volatility!)));
    expect(status).toBe(value! < limit! ? 'passed' : 'failed');
  });

  test('holds the portfolio against the equal-weight one: beta and tracking error by plain sums', () => {
    const { profile, sheet } = hrpOf(meta);
    const [own, other] = [named(profile.returns, 'net'), named(profile.returns, 'equal_weight_meta')];
    const { beta, trackingError } = sheet.benchmark!.comparison;
    expect(Math.abs(beta! - covariance(own, other) / covariance(other, other))).toBeLessThan(tolerance);
    const apart = own.map((value, row) => value - other[row]!);
    const yearly = Math.sqrt(covariance(apart, apart) * profile.facts.annualisationDays);
    expect(Math.abs(trackingError! - yearly)).toBeLessThan(tolerance);
  });

  test('divides the risk into shares that add up to 1, ex ante at each decision and realised', () => {
    const { profile, sheet } = hrpOf(meta);
    const kinds = sheet.contributions!.map(({ kind, of }) => `${kind} ${of}`);
    expect(kinds).toEqual(expect.arrayContaining(['optimiser sleeves', 'realised sleeves', 'realised assets']));
    for (const { rows } of sheet.contributions!) for (const { shares } of rows) expect(Math.abs(sum(shares) - 1)).toBeLessThan(tolerance);
    const exAnte = sheet.contributions!.find(({ kind, of }) => kind === 'optimiser' && of === 'sleeves')!;
    expect(exAnte.rows.map(({ date }) => date)).toEqual(profile.windows.map(({ newestRead }) => newestRead));
  });
});

test('trades across sleeves are set off where they share a symbol, and only there', () => {
  const { sheet, profile } = hrpOf('crossed');
  expect(sheet.crossingBenefit).toBeGreaterThan(0);
  const saved = sum(sheet.trades!.map(({ crossingBenefit }) => crossingBenefit!));
  expect(Math.abs(saved - profile.facts.costs.crossingBenefit)).toBeLessThan(tolerance);
  expect(hrpOf('whole').sheet.crossingBenefit).toBe(0);
});

test('a nested portfolio has its portfolios as parts, and assets by the whole way down', () => {
  const { sheet } = hrpOf('nested');
  expect(sheet.parts!.map(({ id }) => id)).toEqual(['coins', 'listed']);
  const assets = sheet.contributions!.find(({ kind, of }) => kind === 'realised' && of === 'assets')!;
  expect(assets.ids).toContain('listed / stocks / NYSE:AAA');
});

test('the baseline that looks ahead says so, and a sleeve alone is no second line beside itself', () => {
  const { sheet } = hrpOf('whole');
  expect(sheet.baselines!.map(({ id, note }) => [id, note])).toEqual([
    ['equal_weight_meta', null],
    ['static_hrp', 'look-ahead'],
    ['inverse_volatility', null],
    ['flat', null],
  ]);
  expect(sheet.tree!.leaves).toEqual(['coins', 'funds', 'stocks']);
  expect(sheet.basis).toBe('net of costs, out-of-sample (universe_look_ahead: symbols chosen by their coverage up to 2022-12-30)');
});
