import { brokenBy, gapMax, gapOf, isSolution, putWithin } from './judge.ts';
import { type Program, shuffledOrder } from './random-program.ts';
import { solveHere, solveInOrder, type Solved } from './solve-program.ts';

export interface Comparison {
  readonly program: Program;
  /** What is wrong; empty where nothing is. */
  readonly failures: readonly string[];
  /** To Clarabel's answer; null where there is none here or there. */
  readonly gap: number | null;
  readonly isSolvedThere: boolean;
}

const sameBits = (left: readonly number[], right: readonly number[]): boolean => left.every((value, i) => Object.is(value, right[i]));

/** Solves a program here, twice, and holds the answers against Clarabel's. */
export function compareWith(answer: Solved, program: Program): Comparison {
  const theirs = 'refused' in answer ? null : putWithin(program, answer.weights);
  const reference = theirs !== null && isSolution(program, theirs) ? theirs : null;
  const isSolvedThere = reference !== null;
  const ours = solveHere(program);
  if ('refused' in ours) {
    const failures = isSolvedThere ? [`refused, where Clarabel solves it: ${ours.refused}`] : [];
    return { program, failures, gap: null, isSolvedThere };
  }
  const failures: string[] = [];
  const broken = brokenBy(program, ours.weights);
  if (broken !== null) failures.push(broken);
  const again = solveInOrder(program, shuffledOrder(program.size, program.seed));
  if ('refused' in again || !sameBits(ours.weights, again.weights)) failures.push('other weights from columns in another order');
  const gap = reference === null ? null : gapOf(program, ours.weights, reference);
  if (gap !== null && !(gap <= gapMax)) failures.push(`${gap.toExponential(1)} worse than Clarabel`);
  return { program, failures, gap, isSolvedThere };
}

/** Names a program by what draws it again. */
export function titleOf({ solver, kind, size, seed }: Program): string {
  return `${solver}, seed ${seed} (${kind}, n = ${size})`;
}
