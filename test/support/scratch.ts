import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** A folder for the files of one test file, removed when it ends. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sleeve-ledger-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
