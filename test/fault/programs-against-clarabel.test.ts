/**
 * Random programs against Clarabel, an interior-point solver that shares nothing with the solvers here: none is refused that it solves,
 * none is more than 1e-9 of the objective worse, bounds hold exactly, and the order of columns changes no bit. `SEED` and `FAULT_TRIALS`
 * draw others, and one alone with `FAULT_TRIALS=1`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { projectRoot } from '../support/cli.ts';
import { faultSeed, faultTrials, reportFigures } from '../support/figures.ts';
import { needs } from '../support/needs.ts';
import type { Compared } from '../support/programs/compare-many.ts';
import { programSolvers, type ProgramSolver } from '../support/programs/random-program.ts';
import { scratchDirectory } from '../support/scratch.ts';

const { describe, test } = needs('clarabel');
const folder = scratchDirectory();
const trials = faultTrials(80);
const seed = faultSeed();
const secondsOfOne = 2;
const comparing = join(projectRoot, 'test', 'support', 'programs', 'compare-many.ts');

function compared(solver: ProgramSolver): Compared[] {
  const words = ['--import', 'tsx', comparing, solver, String(seed), String(trials), folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: projectRoot, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`the comparison ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Compared[];
}

describe('random programs, hedged, capped, near-singular and with copies of columns', () => {
  test.each(programSolvers)(
    '%s is as good as Clarabel, within its bounds, whatever the order of columns',
    (solver) => {
      const found = compared(solver);
      const gaps = found.flatMap(({ gap }) => (gap === null ? [] : [gap]));
      const failures = found.flatMap(({ title, failures: wrong }) => wrong.map((text) => `${title}: ${text}`));
      reportFigures({
        test: `P9 ${solver} against Clarabel`,
        seed,
        trials,
        compared: gaps.length,
        unsolvedByClarabel: found.filter(({ isSolvedThere }) => !isSolvedThere).length,
        failed: failures.length,
        largestGap: Math.max(...gaps),
      });
      expect(failures).toEqual([]);
      expect(found).toHaveLength(trials);
      expect(gaps.length).toBeGreaterThan(trials / 2);
    },
    (30 + trials * secondsOfOne) * 1000,
  );
});
