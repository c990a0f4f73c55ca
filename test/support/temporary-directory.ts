import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** A directory of the test file's own, removed when its tests are done. */
export function temporaryDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'sleeve-ledger-')));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
