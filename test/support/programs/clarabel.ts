import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { oraclePython } from '../python.ts';
import type { Program } from './random-program.ts';
import type { Solved } from './solve-program.ts';

const script = join(import.meta.dirname, 'solve_with_clarabel.py');

/** All programs in one process of Python; they travel as raw doubles through a folder. */
export function solveWithClarabel(programs: readonly Program[], folder: string): Solved[] {
  const doubles = programs.flatMap(({ covariance, means, lower, upper }) => [covariance, means, lower, upper]);
  writeFileSync(join(folder, 'programs.f64'), Buffer.concat(doubles.map(({ buffer }) => new Uint8Array(buffer))));
  writeFileSync(join(folder, 'programs.json'), JSON.stringify(programs.map(({ solver, size }) => ({ solver, size }))));
  const { status, stderr } = spawnSync(oraclePython, [script, folder], {
    encoding: 'utf8',
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(`Clarabel's process ended with ${status}: ${stderr}`);
  const bytes = readFileSync(join(folder, 'answers.f64'));
  const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const refusals = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8')) as (string | null)[];
  let at = 0;
  return programs.map(({ size }, index): Solved => {
    const weights = [...values.subarray(at, at + size)];
    at += size;
    const refused = refusals[index]!;
    return refused === null ? { weights } : { refused };
  });
}
