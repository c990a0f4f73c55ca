import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from './sandbox.ts';

/** A run that takes longer than this, and so many times longer than without a mutant, hangs. */
const secondsMin = 60;
const timesLonger = 6;
/** Modules of suites stay in memory until their process ends. */
const runsOfProcessMax = 60;

type Ran = { readonly failed: readonly string[] } | 'ended' | 'too long';

/** How suites noticed: they failed, ended the process or hung. */
export type Noticing = 'Killed' | 'RuntimeError' | 'Timeout';

/** A process that runs suites in a sandbox, begun again when it has ended or grown old. */
export class Judge {
  readonly #sandbox: Sandbox;
  #child: ChildProcess | null = null;
  #runs = 0;
  /** Seconds of the suites that pass without a mutant: one that fails anyway proves nothing. */
  readonly #sound = new Map<string, number>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  async #started(): Promise<ChildProcess> {
    if (this.#child !== null && this.#runs < runsOfProcessMax) return this.#child;
    this.end();
    const child = fork(fileURLToPath(new URL('judge.mjs', import.meta.url)), {
      cwd: this.#sandbox.root,
      execArgv: ['--experimental-vm-modules', '--no-warnings'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    this.#runs = 0;
    await new Promise<void>((done, failed) => {
      child.once('message', () => done());
      child.once('exit', (code) => failed(new Error(`jest did not start (${code})`)));
    });
    child.removeAllListeners('exit');
    return child;
  }

  async #run(mutants: readonly string[], suites: readonly string[], seconds: number): Promise<Ran> {
    const child = await this.#started();
    this.#runs++;
    const ran = await new Promise<Ran>((done) => {
      const limit = setTimeout(() => done('too long'), seconds * 1000);
      child.once('message', (message: { readonly failed: readonly string[] }) => (clearTimeout(limit), done(message)));
      child.once('exit', () => (clearTimeout(limit), done('ended')));
      child.send({ mutants, suites });
    });
    child.removeAllListeners();
    if (typeof ran === 'string') this.end();
    return ran;
  }

  /** Seconds that suites take without a mutant. Errors: one of them does not pass. */
  async #needSound(suites: readonly string[]): Promise<number> {
    for (const suite of suites) {
      if (this.#sound.has(suite)) continue;
      const begun = performance.now();
      const ran = await this.#run([], [suite], 600);
      if (typeof ran === 'string' || ran.failed.length > 0)
        throw new Error(`${suite} does not pass without a mutant: ${JSON.stringify(ran)}`);
      this.#sound.set(suite, (performance.now() - begun) / 1000);
    }
    return suites.reduce((sum, suite) => sum + this.#sound.get(suite)!, 0);
  }

  /** Which suites notice that some mutants are switched on, and how; none where all pass. */
  async noticing(
    mutants: readonly string[],
    suites: readonly string[],
  ): Promise<{ readonly how: Noticing; readonly suites: readonly string[] } | null> {
    let ran = await this.#run(mutants, suites, secondsMin);
    if (ran === 'too long') {
      const seconds = timesLonger * (await this.#needSound(suites));
      if (seconds > secondsMin) ran = await this.#run(mutants, suites, seconds);
    }
    if (typeof ran === 'string') {
      await this.#needSound(suites);
      return { how: ran === 'ended' ? 'RuntimeError' : 'Timeout', suites };
    }
    await this.#needSound(ran.failed);
    return ran.failed.length === 0 ? null : { how: 'Killed', suites: ran.failed };
  }

  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }
}
