/** The market-neutral profile of a sleeve that may be short, where a rally leaves it nothing to be neutral with. */
import { describe, expect, test } from '@jest/globals';
import { allocateSleeve } from '../../../../domain/allocation/sleeve/allocation.ts';
import { cashFlag, type SolvedProfile } from '../../../../domain/allocation/sleeve/profile.ts';
import { ralliedPrices } from '../../sleeve-selection/shaped-prices.ts';
import { selectingInput } from '../../sleeve-selection/sleeves.ts';

const settings = { features: { feat_short_direction: true }, backtest: { profiles: ['market_neutral', 'hrp'] } };
const { formed, grading } = allocateSleeve(selectingInput(settings, [ralliedPrices()]));
const { returns } = formed!.grid;
const candidates = [...returns.columns.keys()].filter((column) => returns.columns[column] !== 'AMEX:SPY');

function profileCalled(name: string): SolvedProfile {
  const found = formed!.profiles.find(({ risk }) => risk === name)!;
  if (found.status !== 'solved') throw new Error(`${name} is ${found.status}`);
  return found;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const covariance = (left: readonly number[], right: readonly number[]): number =>
  mean(left.map((value, k) => (value - mean(left)) * (right[k]! - mean(right))));

/** Beta of each atom to the mean of the candidates over the training rows of a window, from its covariance. */
function betas(window: number): Map<string, number> {
  const { record, first, newestRead } = formed!.selection!.decisions[window]!;
  const rows = returns.dates.flatMap((date, row) => (first <= date && date <= newestRead ? [row] : []));
  const at = (row: number, column: number): number => returns.values[row * returns.columns.length + column]!;
  const pool = rows.map((row) => candidates.reduce((sum, column) => sum + at(row, column), 0) / candidates.length);
  return new Map(
    record.winners.map((winner) => {
      const [symbol, direction] = [record.symbols[winner]!, record.directions[winner]!];
      const stream = rows.map((row) => at(row, returns.columns.indexOf(symbol))).map((r) => (direction === 'SHORT' ? -Math.min(r, 1) : r));
      return [`${symbol}_trend_following_${direction}`, covariance(stream, pool) / covariance(pool, pool)];
    }),
  );
}

describe('market_neutral through a rally and its end', () => {
  const neutral = profileCalled('market_neutral');
  const { windows, solutions } = neutral.walked;
  const cash = solutions.flatMap(({ cashBecause }, index) => (cashBecause === 'infeasible' ? [index] : []));

  test('holds cash where every winner moves with the market, says so, and goes on with the next window', () => {
    expect(cash.length).toBeGreaterThan(0);
    expect(cash.length).toBeLessThan(solutions.length);
    for (const index of cash) {
      expect(Math.min(...betas(index).values())).toBeGreaterThan(0.15);
      expect(solutions[index]!.result).toBeNull();
      expect(windows[index]!.weights.every((weight) => weight === 0)).toBe(true);
      expect(windows[index]!.grossReturn).toBe(0);
    }
    expect(neutral.flags).toEqual(expect.arrayContaining([cashFlag, 'infeasible']));
    expect(neutral.problems).toEqual([`${cash.length} of ${solutions.length} windows have no feasible weights and held cash`]);
  });

  test('is within its limit of beta to the raw pool wherever it holds anything, with shorts in it', () => {
    let shorts = 0;
    for (const { index, weights } of windows) {
      if (cash.includes(index)) continue;
      const of = betas(index);
      const beta = neutral.columns.reduce((sum, atom, column) => sum + weights[column]! * (of.get(atom) ?? 0), 0);
      expect(Math.abs(beta)).toBeLessThanOrEqual(0.15 + 1e-9);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      shorts += neutral.columns.filter((atom, column) => atom.endsWith('_SHORT') && weights[column]! > 0).length;
    }
    expect(shorts).toBeGreaterThan(0);
  });

  test('degrades the run, and leaves the other profiles as they are', () => {
    expect(grading).toMatchObject({ grade: 'DEGRADED', finding: { reasons: [expect.stringMatching(/^profile_market_neutral: /)] } });
    const { flags, walked } = profileCalled('hrp');
    expect(flags).not.toContain('infeasible');
    expect(walked.solutions.every(({ result }) => result !== null)).toBe(true);
  });
});

describe('market_neutral to the end of a rally', () => {
  test('has no live weights, and fails by name', () => {
    const rising = allocateSleeve(selectingInput(settings, [ralliedPrices('2023-01-01')]));
    expect(rising.formed!.profiles.find(({ risk }) => risk === 'market_neutral')).toMatchObject({
      status: 'failed',
      error: { code: 'ProfileInfeasible', message: expect.stringMatching(/^live solve: market_neutral: .*their betas are/) },
    });
    expect(rising.formed!.profiles.map(({ status }) => status).toSorted()).toEqual(['failed', 'solved']);
  });
});
