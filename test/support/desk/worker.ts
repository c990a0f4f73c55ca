import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentNames } from '../../../handlers/runtime/settings.ts';
import { freePort, until } from '../kafka/ready.ts';

const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Worker {
  readonly process: ChildProcess;
  /** Of its health and metrics. */
  readonly address: string;
  readonly ended: Promise<WorkerEnd>;
  /** Standard error so far: the log. */
  readonly said: () => string;
  kill(signal: NodeJS.Signals): Promise<WorkerEnd>;
  /** Resolves when its readiness probe says so, or it has ended. */
  ready(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Kills whatever still runs. */
export async function endWorkers(): Promise<void> {
  const gone = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(gone);
}

async function answersReady(address: string): Promise<boolean> {
  try {
    return (await fetch(`http://${address}/readyz`)).ok;
  } catch {
    return false;
  }
}

/**
 * `sleeve-ledger work` in a process of its own, with its health served; the log tells what it does. `turnTimes`: the file that is given the
 * turns of its event loop when it ends (turn-times.ts).
 */
export async function startWorker(store: string, flags: readonly string[], turnTimes: string | null = null): Promise<Worker> {
  const address = `127.0.0.1:${await freePort()}`;
  const measured = turnTimes === null ? [] : ['--import', join(projectRoot, 'test/support/desk/turn-times.ts')];
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', ...measured, join(projectRoot, 'bin/sleeve-ledger.ts'), 'work', '--http', address, ...flags],
    {
      cwd: projectRoot,
      env: {
        ...process.env,
        [environmentNames.store]: store,
        [environmentNames.actor]: 'desk',
        [environmentNames.logLevel]: 'info',
        ...(turnTimes === null ? {} : { TURN_TIMES_FILE: turnTimes }),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  running.add(child);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = new Promise<WorkerEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  return {
    process: child,
    address,
    ended,
    said: () => stderr,
    kill: async (signal) => {
      child.kill(signal);
      return ended;
    },
    ready: () => until('the worker is ready', () => (child.exitCode ?? child.signalCode) !== null || answersReady(address), 60_000),
  };
}
