import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from './sandbox.ts';
import type { Status } from './document.ts';

/** A mutant that makes a suite run for longer is noticed: the suite hangs. */
const secondsMax = 300;
/** Modules of suites stay in memory until their process ends. */
const runsOfProcessMax = 60;
/** Suites of one run: most mutants are noticed by the nearest, and each run costs a little. */
const runSizes = [1, 3, Infinity];

type Ran = { readonly failed: readonly string[] } | 'ended' | 'too long';

/** A process that runs suites in a sandbox, begun again when it has ended or grown old. */
export class Judge {
  readonly #sandbox: Sandbox;
  #child: ChildProcess | null = null;
  #runs = 0;
  /** Suites that pass without a mutant: one that fails anyway proves nothing. */
  readonly #sound = new Set<string>();

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

  async #run(mutant: string | null, suites: readonly string[]): Promise<Ran> {
    const child = await this.#started();
    this.#runs++;
    const ran = await new Promise<Ran>((done) => {
      const limit = setTimeout(() => done('too long'), secondsMax * 1000);
      child.once('message', (message: { readonly failed: readonly string[] }) => (clearTimeout(limit), done(message)));
      child.once('exit', () => (clearTimeout(limit), done('ended')));
      child.send({ mutant, suites });
    });
    child.removeAllListeners();
    if (typeof ran === 'string') this.end();
    return ran;
  }

  async #needSound(suites: readonly string[]): Promise<void> {
    for (const suite of suites) {
      if (this.#sound.has(suite)) continue;
      const ran = await this.#run(null, [suite]);
      if (typeof ran === 'string' || ran.failed.length > 0)
        throw new Error(`${suite} does not pass without a mutant: ${JSON.stringify(ran)}`);
      this.#sound.add(suite);
    }
  }

  /** What became of a mutant when the suites ran over it, the nearest first. */
  async judge(mutant: string, suites: readonly string[]): Promise<Status> {
    let from = 0;
    for (const size of runSizes) {
      const asked = suites.slice(from, from + size);
      from += asked.length;
      if (asked.length === 0) break;
      const ran = await this.#run(mutant, asked);
      await this.#needSound(typeof ran === 'string' ? asked : ran.failed);
      if (ran === 'too long') return 'Timeout';
      if (ran === 'ended') return 'RuntimeError';
      if (ran.failed.length > 0) return 'Killed';
    }
    return suites.length === 0 ? 'NoCoverage' : 'Survived';
  }

  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }
}
