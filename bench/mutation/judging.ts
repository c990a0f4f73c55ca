import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from './sandbox.ts';

/** A run that takes longer than this, and so many times longer than without a mutant, hangs. */
const secondsMin = 90;
const timesLonger = 6;
/** Modules of suites stay in memory until their process ends. */
const runsOfProcessMax = 60;
const attemptsMax = 3;

type Ran = { readonly failed: readonly string[] } | 'ended' | 'too long';

/** How suites noticed: they failed, ended the process or hung. */
export type Noticing = 'Killed' | 'RuntimeError' | 'Timeout';

/** A process that runs suites in a sandbox, begun again when it has ended or grown old. */
export class Judge {
  readonly #sandbox: Sandbox;
  #child: ChildProcess | null = null;
  #runs = 0;
  /** Seconds of the suites that pass without a mutant. */
  readonly #sound = new Map<string, number>();
  readonly #unsound: Set<string>;

  /** `unsound`: suites that fail without a mutant, which proves nothing; those that are found are added. */
  constructor(sandbox: Sandbox, unsound: Set<string>) {
    this.#sandbox = sandbox;
    this.#unsound = unsound;
  }

  async #started(): Promise<ChildProcess> {
    if (this.#child !== null && this.#runs < runsOfProcessMax) return this.#child;
    this.end();
    const child = fork(fileURLToPath(new URL('judge.mjs', import.meta.url)), {
      cwd: this.#sandbox.root,
      execArgv: ['--experimental-vm-modules', '--no-warnings'],
      // A group of its own: what suites start ends with it, also where a mutant has it go on for ever.
      detached: true,
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

  /** Suites that pass without a mutant, of some; the first time in a process that has run nothing, if that is what it takes. */
  async #soundOf(suites: readonly string[]): Promise<string[]> {
    for (const suite of suites)
      for (let attempt = 0; attempt < attemptsMax && !this.#sound.has(suite) && !this.#unsound.has(suite); attempt++) {
        if (attempt > 0) this.end();
        const begun = performance.now();
        const ran = await this.#run([], [suite], 600);
        if (typeof ran !== 'string' && ran.failed.length === 0) this.#sound.set(suite, (performance.now() - begun) / 1000);
        else if (attempt === attemptsMax - 1) this.#unsound.add(suite);
      }
    return suites.filter((suite) => this.#sound.has(suite));
  }

  /** Which suites notice that some mutants are switched on, and how; none where all pass. */
  async noticing(
    mutants: readonly string[],
    suites: readonly string[],
  ): Promise<{ readonly how: Noticing; readonly suites: readonly string[] } | null> {
    const asked = suites.filter((suite) => !this.#unsound.has(suite));
    if (asked.length === 0) return null;
    let ran = await this.#run(mutants, asked, secondsMin);
    if (ran === 'too long') {
      const sound = await this.#soundOf(asked);
      const seconds = timesLonger * sound.reduce((sum, suite) => sum + this.#sound.get(suite)!, 0);
      if (seconds > secondsMin) ran = await this.#run(mutants, sound, seconds);
    }
    const failed = await this.#soundOf(typeof ran === 'string' ? asked : ran.failed);
    if (failed.length === 0) return null;
    return { how: ran === 'ended' ? 'RuntimeError' : ran === 'too long' ? 'Timeout' : 'Killed', suites: failed };
  }

  end(): void {
    const group = this.#child?.pid;
    this.#child = null;
    if (group === undefined) return;
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
