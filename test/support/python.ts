import { spawnSync } from 'node:child_process';
import { test } from '@jest/globals';

/** A Python with pandas and pyarrow: `ORACLE_PYTHON`, or the machine's own if it has them; null when there is none. */
export const oraclePython: string | null =
  [process.env['ORACLE_PYTHON'], 'python3'].find((python) => python !== undefined && spawnSync(python, ['-c', 'import pandas, pyarrow']).status === 0) ?? null;

/** Skips visibly where there is no such Python. */
export const testWithPandas: typeof test.skip = oraclePython === null ? test.skip : test;

/** A Python of any kind: the standard library is enough. */
export const anyPython: string | null = [process.env['ORACLE_PYTHON'], 'python3'].find((python) => python !== undefined && spawnSync(python, ['-c', '']).status === 0) ?? null;

/** Skips visibly where there is no Python at all. */
export const testWithPython: typeof test.skip = anyPython === null ? test.skip : test;

/** Runs a script and returns what it prints; fails with what it complains about. */
export function runPython(python: string, script: string, args: readonly string[] = []): string {
  const { status, stdout, stderr } = spawnSync(python, ['-c', script, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Python ended with ${status}: ${stderr}`);
  return stdout;
}
