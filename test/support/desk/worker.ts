import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentNames } from '../../../handlers/settings.ts';

const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Worker {
  readonly process: ChildProcess;
  readonly ended: Promise<WorkerEnd>;
  /** Standard error so far: the log. */
  readonly said: () => string;
  /** Standard output so far. */
  readonly printed: () => string;
  kill(signal: NodeJS.Signals): Promise<WorkerEnd>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Kills whatever still runs. */
export async function endWorkers(): Promise<void> {
  const gone = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(gone);
}

/** `sleeve-ledger work` in a process of its own; its log tells what it does. */
export function startWorker(store: string, flags: readonly string[], environment: Readonly<Record<string, string>> = {}): Worker {
  const child = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'bin/sleeve-ledger.ts'), 'work', ...flags], {
    cwd: projectRoot,
    env: { ...process.env, [environmentNames.store]: store, [environmentNames.actor]: 'desk', [environmentNames.logLevel]: 'info', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
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
    ended,
    said: () => stderr,
    printed: () => stdout,
    kill: async (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
