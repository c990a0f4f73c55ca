/** Whether a ledger of a million events answers, seals and verifies as one of a thousand. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { makeScaled } from './scale-ledger.ts';
import type { Pass, PassMode } from './scale-pass.ts';
import { measureQuestions, type ScaledFigures } from './scale-questions.ts';

const scaleSizes = [1_000, 100_000, 1_000_000] as const;

export interface ScaleFigures {
  readonly sizes: readonly ScaledFigures[];
  /** Over the largest ledger, in turns. The fastest turn counts, and the one that takes most memory. */
  readonly passes: Readonly<Record<PassMode, Pass>>;
  readonly fileMegabytes: number;
}

const project = join(import.meta.dirname, '..');
const passTurns = 3;

function run(command: string, args: readonly string[]): string {
  const { status, stdout } = spawnSync(command, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  return stdout;
}

function pass(mode: PassMode, file: string): Pass {
  return JSON.parse(run(process.execPath, ['dist/bench-build/bench/scale-pass.js', mode, file])) as Pass;
}

function best(found: readonly Pass[]): Pass {
  return {
    events: found[0]!.events,
    seconds: Math.min(...found.map(({ seconds }) => seconds)),
    peakMegabytes: Math.max(...found.map(({ peakMegabytes }) => peakMegabytes)),
  };
}

/** Passes run compiled, as users run them: translating TypeScript takes memory of its own. */
function measurePasses(file: string): ScaleFigures['passes'] {
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'bench/tsconfig.json']);
  const turns = Array.from({ length: passTurns }, () => ({
    bare: pass('bare', file),
    bytes: pass('bytes', file),
    scan: pass('scan', file),
  }));
  const of = (mode: 'bare' | 'bytes' | 'scan'): Pass => best(turns.map((turn) => turn[mode]));
  return { bare: of('bare'), bytes: of('bytes'), scan: of('scan'), verify: pass('verify', file) };
}

/** Makes the ledgers below a folder, which the caller deletes. */
async function measureTo(scratch: string, eventsMax: number): Promise<ScaleFigures> {
  const files = new Map<number, string>();
  for (const size of scaleSizes.filter((one) => one <= eventsMax)) files.set(size, await makeScaled(scratch, size));
  const sizes = await measureQuestions(files);
  const largest = [...files.values()].at(-1)!;
  return { sizes, passes: measurePasses(largest), fileMegabytes: statSync(largest).size / 1024 / 1024 };
}

export const measureScale = (scratch: string): Promise<ScaleFigures> => measureTo(scratch, Infinity);

/** Without the largest, which takes most of an hour on two cores. */
export const measureScalePart = (scratch: string): Promise<ScaleFigures> => measureTo(scratch, 100_000);
