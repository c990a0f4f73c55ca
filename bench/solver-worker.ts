/** A process of one peer that solves cases one after the other, and is stopped when one takes too long. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { SolverCase, SolverPeer } from './solver-cases.ts';
import type { SolverAnswer } from './solver-own.ts';

export interface Greeting {
  readonly versions: Readonly<Record<string, string>>;
  readonly threads: readonly string[];
}

export type PeerAnswer = SolverAnswer | { readonly tookTooLong: true };

export interface WorkerSettings {
  readonly python: string;
  readonly scratch: string;
  readonly peer: SolverPeer;
  readonly threads: number;
}

/** Importing a peer for the first time compiles its files. */
const greetingMsMax = 180_000;

interface Started {
  readonly child: ChildProcess;
  readonly lines: Interface;
  readonly greeting: Greeting;
}

/** The next line, or `undefined` when none comes in time. */
function nextLine(lines: Interface, msMax: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the process of a peer ended'));
    const timer = setTimeout(() => {
      lines.off('close', ended);
      resolve(undefined);
    }, msMax);
    lines.once('close', ended);
    lines.once('line', (line) => {
      clearTimeout(timer);
      lines.off('close', ended);
      resolve(line);
    });
  });
}

async function start({ python, scratch, peer, threads }: WorkerSettings): Promise<Started> {
  const child = spawn(python, [join(import.meta.dirname, 'solver_peers.py'), peer, scratch, String(threads)], {
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  });
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const line = await nextLine(lines, greetingMsMax);
  if (line === undefined) throw new Error(`${peer} did not start`);
  return { child, lines, greeting: JSON.parse(line) as Greeting };
}

/** Asks the cases in turn; a process that is stopped over one is started again for the next. */
export async function solveWithPeer(
  settings: WorkerSettings,
  cases: readonly SolverCase[],
  msMaxOf: (one: SolverCase) => number,
  take: (one: SolverCase, answer: PeerAnswer) => void,
): Promise<Greeting> {
  let worker = await start(settings);
  const { greeting } = worker;
  for (const one of cases) {
    worker.child.stdin!.write(`${JSON.stringify(one)}\n`);
    const line = await nextLine(worker.lines, msMaxOf(one));
    if (line === undefined) {
      worker.child.kill('SIGKILL');
      worker = await start(settings);
    }
    take(one, line === undefined ? { tookTooLong: true } : (JSON.parse(line) as SolverAnswer));
  }
  worker.child.stdin!.end();
  worker.lines.close();
  return greeting;
}
