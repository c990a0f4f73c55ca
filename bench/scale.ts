/** Whether a ledger of a million events answers, seals and verifies as one of a thousand. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { makeScaled } from './scale-ledger.ts';
import type { Pass } from './scale-pass.ts';
import { measureQuestions, type ScaledFigures } from './scale-questions.ts';

const scaleSizes = [1_000, 100_000, 1_000_000] as const;

export interface ScaleFigures {
  readonly sizes: readonly ScaledFigures[];
  /** Over the largest ledger; the bare loop ran before and after the verification. */
  readonly verify: Pass;
  readonly bare: readonly Pass[];
  readonly fileMegabytes: number;
}

function pass(mode: 'bare' | 'verify', file: string): Pass {
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'scale-pass.ts'), mode, file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${mode} of ${file} ended with ${status}`);
  return JSON.parse(stdout) as Pass;
}

/** Makes the ledgers below a folder, which the caller deletes. */
async function measureTo(scratch: string, eventsMax: number): Promise<ScaleFigures> {
  const files = new Map<number, string>();
  for (const size of scaleSizes.filter((one) => one <= eventsMax)) files.set(size, await makeScaled(scratch, size));
  const sizes = await measureQuestions(files);
  const largest = [...files.values()].at(-1)!;
  const before = pass('bare', largest);
  const verify = pass('verify', largest);
  return { sizes, verify, bare: [before, pass('bare', largest)], fileMegabytes: statSync(largest).size / 1024 / 1024 };
}

export const measureScale = (scratch: string): Promise<ScaleFigures> => measureTo(scratch, Infinity);

/** Without the largest, which takes most of an hour on two cores. */
export const measureScalePart = (scratch: string): Promise<ScaleFigures> => measureTo(scratch, 100_000);
