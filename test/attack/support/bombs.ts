import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from '@jest/globals';
import type { ErrorLocation } from '../../../domain/shared/errors.ts';
import { projectRoot } from '../../support/cli.ts';
import type { ForeignReader } from './foreign-readers.ts';

/** What became of a foreign file in a process of its own. */
export interface Measured {
  /** Of the refusal; null when the file was read. */
  readonly code: string | null;
  readonly message: string;
  readonly at: ErrorLocation;
  /** Of a report about the file; null where there is none. */
  readonly faults: number | null;
  /** Length of the file. */
  readonly bytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Resident memory at its peak, that of Node and of the loaded program included. */
  readonly megabytes: number;
}

export const secondsMax = 1;
export const megabytesMax = 256;
/** A busy machine gives a process a part of its time: seconds are those of the processor, and twice as many pass on one that is slower. */
const slownessOfMachine = 2;

const table: string[] = [];
afterAll(() => {
  if (table.length > 0) process.stdout.write(`\n${table.join('\n')}\n`);
});

/** A row of the table that is printed. */
export function noteMeasured(reader: string, name: string, bytes: number, became: string, seconds: number, megabytes: number): void {
  table.push([reader, name, `${bytes} B`, became, `${seconds.toFixed(2)} s`, `${Math.round(megabytes)} MB`].join(' | '));
}

/** Reads a file in a process whose heap has 256 MB, and notes what it took. */
export function measured(folder: string, reader: ForeignReader, name: string, content: string | Uint8Array, extension = 'bin'): Measured {
  const file = join(mkdtempSync(join(folder, 'bomb-')), `bomb.${extension}`);
  writeFileSync(file, content);
  const script = join(projectRoot, 'test/attack/support/read-bomb.ts');
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${megabytesMax}`, '--import', 'tsx', script, reader, file],
    { cwd: projectRoot, encoding: 'utf8', timeout: 60_000 },
  );
  rmSync(file);
  if (status !== 0) throw new Error(`${name}: ${signal ?? status}: ${stderr.slice(0, 600)}`);
  const found = JSON.parse(stdout) as Measured;
  noteMeasured(reader, name, found.bytes, found.code ?? 'read', found.cpuSeconds, found.megabytes);
  return found;
}

/** Within the bars, whatever became of the file. */
export function expectCheap(found: Measured): void {
  expect(found.cpuSeconds).toBeLessThan(secondsMax * slownessOfMachine);
  expect(found.megabytes).toBeLessThan(megabytesMax);
}

/** Refused with one of the codes, cheaply, and with the name of the file. */
export function expectRefused(found: Measured, ...codes: readonly string[]): void {
  expect([found.message, codes.includes(found.code ?? 'read')]).toEqual([found.message, true]);
  expectCheap(found);
}
