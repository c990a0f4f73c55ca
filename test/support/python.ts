import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

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

const servingScripts = `
import contextlib, io, json, sys, traceback
for line in sys.stdin:
    script, args = json.loads(line)
    sys.argv, said = ["-c", *args], io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            exec(compile(script, "<script>", "exec"), {"__name__": "script"})
        answer = [said.getvalue(), None]
    except BaseException:
        answer = ["", traceback.format_exc()]
    print(json.dumps(answer), flush=True)
`;

/** One Python for several scripts, which loads what they import once; this process goes on meanwhile, and may serve what they ask. */
export class PythonBeside {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(python: string) {
    this.#child = spawn(python, ['-c', servingScripts], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** What a script prints; fails with what it complains about. */
  async run(script: string, args: readonly string[] = []): Promise<string> {
    this.#child.stdin.write(`${JSON.stringify([script, args])}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('Python ended');
    const [printed, complaint] = JSON.parse(value) as [string, string | null];
    if (complaint !== null) throw new Error(complaint);
    return printed;
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
  }
}
