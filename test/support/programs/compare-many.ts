/**
 * A process that compares the programs of `count` seeds and prints what came of each: `compare-many.ts SOLVER SEED COUNT FOLDER`. It
 * stands outside the test runner, whose contexts make arithmetic several times slower.
 */
import { solveWithClarabel } from './clarabel.ts';
import { compareWith, titleOf } from './compare.ts';
import { programSolvers, randomProgram } from './random-program.ts';

/** One program and what came of it. */
export interface Compared {
  readonly title: string;
  readonly failures: readonly string[];
  readonly gap: number | null;
  readonly isSolvedThere: boolean;
}

/** What is held in memory at once: programs of 300 columns take 0.7 MB. */
const batch = 250;

const [solverName, seedText, countText, folder] = process.argv.slice(2);
const solver = programSolvers.find((name) => name === solverName)!;
const [seed, count] = [Number(seedText), Number(countText)];
const found: Compared[] = [];
for (let from = 0; from < count; from += batch) {
  const programs = Array.from({ length: Math.min(batch, count - from) }, (_, i) => randomProgram(solver, seed + from + i));
  const theirs = solveWithClarabel(programs, folder!);
  programs.forEach((program, i) => {
    const { failures, gap, isSolvedThere } = compareWith(theirs[i]!, program);
    found.push({ title: titleOf(program), failures, gap, isSolvedThere });
  });
}
process.stdout.write(JSON.stringify(found));
