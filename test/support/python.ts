import { spawnSync } from 'node:child_process';

const runs = (python: string, script: string): boolean => spawnSync(python, ['-c', script]).status === 0;

/** The machine's Python: the standard library is enough. */
export const anyPython = 'python3';

export const whyNoPython = (): string | null => (runs(anyPython, '') ? null : `${anyPython} does not run`);

/** A Python with pandas and pyarrow: `ORACLE_PYTHON`, or the machine's own. */
export const oraclePython: string = process.env['ORACLE_PYTHON'] ?? anyPython;

export const whyNoPandas = (): string | null =>
  runs(oraclePython, 'import pandas, pyarrow') ? null : `${oraclePython} does not import pandas and pyarrow (ORACLE_PYTHON names another)`;

export const whyNoClarabel = (): string | null =>
  runs(oraclePython, 'import clarabel, numpy, scipy')
    ? null
    : `${oraclePython} does not import clarabel, numpy and scipy (ORACLE_PYTHON names another)`;

export const whyNoSchemathesis = (): string | null =>
  runs(oraclePython, 'import schemathesis') ? null : `${oraclePython} does not import schemathesis (ORACLE_PYTHON names another)`;

export const whyNoQuantstats = (): string | null =>
  runs(oraclePython, 'import quantstats, empyrical')
    ? null
    : `${oraclePython} does not import quantstats and empyrical (ORACLE_PYTHON names another)`;

/** Runs a script and returns what it prints; fails with what it complains about. */
export function runPython(python: string, script: string, args: readonly string[] = []): string {
  const { status, stdout, stderr } = spawnSync(python, ['-c', script, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Python ended with ${status}: ${stderr}`);
  return stdout;
}
