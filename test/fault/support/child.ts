/** Programs run beside a test, to be killed or to compete. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts a script of this folder with one JSON argument, under `wrapper` (strace and its flags) when given. */
export function startChild(script: string, argument: object, wrapper: readonly string[] = []): Child {
  const command = [...wrapper, process.execPath, '--import', 'tsx', join(here, script), JSON.stringify(argument)];
  const child = spawn(command[0]!, command.slice(1), { cwd: join(here, '..', '..', '..'), stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { process: child, ended };
}

/** The JSON that a child printed; its error when it failed. */
export async function answerOf<T>(child: Child): Promise<T> {
  const { code, stdout, stderr } = await child.ended;
  if (code !== 0) throw new Error(`child ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** In a child: its one argument. */
export function childArgument(): unknown {
  return JSON.parse(process.argv[2]!);
}

export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean, timeoutMs = 60_000): Promise<void> {
  const started = performance.now();
  while (!condition()) {
    if (performance.now() - started > timeoutMs) throw new Error('waited in vain');
    await pause(2);
  }
}
