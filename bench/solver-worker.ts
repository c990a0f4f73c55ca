/** A process of one peer that solves cases one after the other, and is stopped when one takes too long; larger ones are then not tried. */
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

type Line = { readonly text: string } | { readonly missing: 'late' | 'ended' };

/** The next line; none when it does not come in time, or when the process has ended. */
function nextLine(lines: Interface, msMax: number): Promise<Line> {
  return new Promise((resolve) => {
    const settle = (value: Line): void => {
      clearTimeout(timer);
      lines.off('line', came);
      lines.off('close', ended);
      resolve(value);
    };
    const came = (text: string): void => settle({ text });
    const ended = (): void => settle({ missing: 'ended' });
    const timer = setTimeout(() => settle({ missing: 'late' }), msMax);
    lines.once('line', came);
    lines.once('close', ended);
  });
}

async function start({ python, scratch, peer, threads }: WorkerSettings): Promise<Started> {
  const child = spawn(python, [join(import.meta.dirname, 'solver_peers.py'), peer, scratch, String(threads)], {
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  });
  // That it has ended shows where its answers come from.
  child.stdin!.on('error', () => undefined);
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const line = await nextLine(lines, greetingMsMax);
  if ('missing' in line) throw new Error(`${peer} did not start: ${line.missing}`);
  return { child, lines, greeting: JSON.parse(line.text) as Greeting };
}

/** Asks the cases in turn; a process that ends over one, or is stopped over it, is started again for the next. */
export async function solveWithPeer(
  settings: WorkerSettings,
  cases: readonly SolverCase[],
  msMaxOf: (one: SolverCase) => number,
  take: (one: SolverCase, answer: PeerAnswer) => void,
): Promise<Greeting> {
  let worker = await start(settings);
  const { greeting } = worker;
  const tooLong: SolverCase[] = [];
  for (const one of cases) {
    if (tooLong.some((earlier) => earlier.solver === one.solver && earlier.kind === one.kind && earlier.columns < one.columns)) {
      take(one, { tookTooLong: true });
      continue;
    }
    worker.child.stdin!.write(`${JSON.stringify(one)}\n`);
    const line = await nextLine(worker.lines, msMaxOf(one));
    if ('text' in line) {
      take(one, JSON.parse(line.text) as SolverAnswer);
      continue;
    }
    worker.child.kill('SIGKILL');
    worker = await start(settings);
    if (line.missing === 'late') tooLong.push(one);
    take(one, line.missing === 'late' ? { tookTooLong: true } : { refused: 'its process ended' });
  }
  worker.child.stdin!.end();
  worker.lines.close();
  return greeting;
}
