/**
 * Random combinations against Clarabel, an interior-point solver, and the smallest caps of empty sets against linear programs by HiGHS:
 * no objective worse than Clarabel's by 1e-9, weights as on the face where Clarabel's lie to 1e-8, caps to 1e-8. `SEED` and
 * `FAULT_TRIALS` draw others.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { combinationOf } from '../support/combinations.ts';
import { projectRoot } from '../support/cli.ts';
import { faultSeed, faultTrials, reportFigures } from '../support/figures.ts';
import { needs } from '../support/needs.ts';
import { oraclePython } from '../support/python.ts';
import { askedOf, type RandomCombination, randomCombinations } from '../support/random-combinations.ts';
import { scratchDirectory } from '../support/scratch.ts';

const { describe, test } = needs('clarabel');
const folder = scratchDirectory();
const trials = faultTrials(300);
const seed = faultSeed();

type Repairs = Readonly<Record<string, number | null>>;
interface Solved {
  readonly weights: readonly number[] | null;
  /** On the face that these lie on, to the last digits; null where that is not told. */
  readonly polished: readonly number[] | null;
}
type Answer = Solved | Repairs;

interface Case extends RandomCombination {
  readonly cost: number;
}

function answersOf(cases: readonly (Case & { readonly wanted: 'weights' | 'caps' })[]): Answer[] {
  const [given, found] = [join(folder, 'cases.json'), join(folder, 'answers.json')];
  writeFileSync(given, JSON.stringify(cases));
  const script = join(projectRoot, 'test', 'support', 'programs', 'solve_projections.py');
  const { status, stderr } = spawnSync(oraclePython, [script, given, found], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the oracle ended with ${status}: ${stderr}`);
  return JSON.parse(readFileSync(found, 'utf8')) as Answer[];
}

/** Half of the cases weigh costs; those need previous weights. */
const cases: readonly Case[] = fc
  .sample(fc.tuple(randomCombinations, fc.constantFrom(0, 0.05, 0.3)), { seed, numRuns: trials })
  .map(([one, cost]) => ({ ...one, noFlip: false, cost: one.previous === null ? 0 : cost }));

function objectiveOf({ target, previous, cost }: Case, weights: ArrayLike<number>): number {
  return target.reduce((sum, value, k) => {
    const moved = weights[k]! - value;
    return sum + (moved * moved) / 2 + (previous === null ? 0 : cost * Math.abs(weights[k]! - previous[k]!));
  }, 0);
}

describe('random combinations', () => {
  test('are as near as those of Clarabel, and refused with the caps of linear programs', () => {
    const ours = cases.map((one) => combinationOf({ ...askedOf(one), costAversion: one.cost }));
    const theirs = answersOf(cases.map((one, i) => ({ ...one, wanted: ours[i]!.outcome === 'combined' ? 'weights' : 'caps' })));
    const apart: number[] = [];
    const worse: number[] = [];
    const capsApart: number[] = [];
    const wrong: string[] = [];
    ours.forEach((found, i) => {
      const answer = theirs[i]!;
      if (found.outcome === 'combined') {
        const { weights, polished } = answer as Solved;
        if (weights === null) return;
        worse.push(objectiveOf(cases[i]!, found.weights) - objectiveOf(cases[i]!, weights));
        if (polished !== null) apart.push(Math.max(...polished.map((weight, k) => Math.abs(weight - found.weights[k]!))));
        return;
      }
      for (const { cap, smallest } of found.repairs) {
        const value = (answer as Repairs)[cap] ?? null;
        if ((value === null) !== (smallest === null)) wrong.push(`case ${i}: ${cap} ${smallest} against ${value}`);
        else if (value !== null) capsApart.push(Math.abs(value - smallest!));
      }
    });
    reportFigures({
      test: 'P9 projections against Clarabel and HiGHS',
      seed,
      trials,
      compared: apart.length,
      largestGap: Math.max(...apart),
      objectives: worse.length,
      worst: Math.max(...worse),
      caps: capsApart.length,
      largestCapGap: Math.max(...capsApart),
    });
    expect(wrong).toEqual([]);
    expect(worse.length).toBeGreaterThan(trials / 4);
    expect(apart.length).toBeGreaterThan(trials / 5);
    expect(Math.max(...worse)).toBeLessThanOrEqual(1e-9);
    expect(capsApart.length).toBeGreaterThan(trials / 20);
    expect(Math.max(...apart)).toBeLessThanOrEqual(1e-8);
    expect(Math.max(...capsApart)).toBeLessThanOrEqual(1e-8);
  }, 120_000);
});
