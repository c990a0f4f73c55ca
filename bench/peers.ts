/** The Python side: found or made on request, run on the same returns, and compared answer by answer. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { covarianceOf, defaultSolveParameters } from '../domain/risk/profiles.ts';
import { riskContributions } from '../domain/risk/contribution.ts';
import { peers, type Comparison, type KernelCase, type KernelFigures, type PeerFigures } from './results.ts';
import { readReturns } from './returns.ts';

function run(command: string, args: readonly string[], root: string): void {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error?.message}`);
}

/** `ORACLE_PYTHON`; or with `--peers` a virtual environment made once with the pinned versions; else null. */
export function pythonFor(root: string, isRequested: boolean): string | null {
  const given = process.env['ORACLE_PYTHON'];
  if (given !== undefined && given !== '') return given;
  if (!isRequested) return null;
  const environment = join(root, '.bench-venv');
  const python = join(environment, 'bin', 'python');
  if (!existsSync(join(environment, 'ready'))) {
    run('python3', ['-m', 'venv', '--clear', environment], root);
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'bench/requirements.txt'], root);
    run(python, ['-c', `open(${JSON.stringify(join(environment, 'ready'))}, 'w').close()`], root);
  }
  return python;
}

export function runPeers(python: string, root: string, scratch: string): PeerFigures {
  run(python, [join(root, 'bench', 'peers.py'), scratch], root);
  return JSON.parse(readFileSync(join(scratch, 'peers.json'), 'utf8')) as PeerFigures;
}

/**
 * Largest gap that does not count as disagreement: HRP is a closed form; of the programs, the solvers of the peers stop at their own
 * tolerances.
 */
const gapMax = { closed: 1e-9, iterative: 5e-3 } as const;
const isClosed = (kernel: KernelCase): boolean => /hrp/i.test(kernel);

function largestGap(left: readonly number[], right: readonly number[]): number {
  if (left.length !== right.length) return Infinity;
  return left.reduce((largest, value, index) => Math.max(largest, Math.abs(value - right[index]!)), 0);
}

type Miss = (weights: readonly number[]) => number;

/**
 * How far weights over the large set are from what defines the optimum: contributions from 1/n in share of 1/n, risk in excess of the
 * least.
 */
function criteria(scratch: string, best: readonly number[]): Partial<Record<KernelCase, Miss>> {
  const { covariance } = covarianceOf(readReturns(scratch, 'large'), {
    ...defaultSolveParameters,
    estimator: 'sample',
    correlationShrinkage: 0,
  });
  const uneven: Miss = (weights) =>
    Math.max(...riskContributions(covariance, weights).shares!.map((share) => Math.abs(share * weights.length - 1)));
  const least = riskContributions(covariance, best).volatility;
  const excess: Miss = (weights) => riskContributions(covariance, weights).volatility / least - 1;
  return { riskParity500: uneven, riskParity500Given: uneven, minVariance500: excess, minVariance500Given: excess };
}

/** Joins both sides. Throws where the answers differ: a fast wrong answer is not a result. */
export function compare(ours: KernelFigures, theirs: PeerFigures, scratch: string): Comparison[] {
  const judge = criteria(scratch, ours.cases.minVariance500.answer);
  const comparisons: Comparison[] = [];
  for (const peer of peers) {
    for (const [name, { timing, answer }] of Object.entries(theirs.cases[peer])) {
      const kernel = name as KernelCase;
      const own = ours.cases[kernel].answer;
      const miss = judge[kernel];
      const gap = largestGap(own, answer);
      const limit = isClosed(kernel) ? gapMax.closed : gapMax.iterative;
      if (!(gap <= limit)) throw new Error(`${peer} and the kernel differ by ${gap} in ${kernel}, at most ${limit} is agreement`);
      comparisons.push({
        peer,
        kernel,
        timing,
        largestGap: gap,
        miss: miss === undefined ? null : { ours: miss(own), theirs: miss(answer) },
      });
    }
  }
  return comparisons;
}
