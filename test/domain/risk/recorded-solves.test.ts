/** Solves as the build before rules 3 computed them (golden/risk/recorded-solves.json): rules 1 and 2 keep every bit and every count. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { solveProfile, type RiskProfile } from '../../../domain/risk/profiles.ts';
import { solvePolicyOf } from '../../../domain/risk/solve-policy.ts';
import { largestGap, weightsOf } from './fixtures.ts';
import { bare, madeReturns } from './recorded-solves.ts';

interface RecordedSolve {
  readonly size: number;
  readonly rows: number;
  readonly seed: number;
  readonly copies: boolean;
  readonly rules: number;
  readonly risk: RiskProfile;
  readonly iterations: number;
  readonly kktResidual: number | null;
  readonly conditionNumber: number | null;
  readonly weights: readonly number[];
}

const recorded = JSON.parse(
  readFileSync(new URL('../../golden/risk/recorded-solves.json', import.meta.url), 'utf8'),
) as readonly RecordedSolve[];

function solvedAgain({ size, rows, seed, copies, risk }: RecordedSolve, rules: number): ReturnType<typeof solveProfile> {
  return solveProfile({ risk, training: madeReturns(size, rows, seed, copies), parameters: bare, policy: solvePolicyOf(rules) });
}

describe.each(recorded)('$risk of $size columns under rules $rules', (was) => {
  test('is what it was, bit for bit', () => {
    const { weights, certificate } = solvedAgain(was, was.rules);
    expect(weightsOf(weights)).toEqual(was.weights);
    expect(certificate).toMatchObject({
      iterations: was.iterations,
      kktResidual: was.kktResidual,
      conditionNumber: was.conditionNumber,
    });
  });
});

describe.each(recorded.filter(({ rules }) => rules === 2))('$risk of $size columns under rules 3', (was) => {
  test(was.copies ? 'has the same weights but for last digits' : 'has the same weights, bit for bit', () => {
    const weights = weightsOf(solvedAgain(was, 3).weights);
    if (was.copies) expect(largestGap(weights, was.weights)).toBeLessThan(1e-12);
    else expect(weights).toEqual(was.weights);
  });
});
