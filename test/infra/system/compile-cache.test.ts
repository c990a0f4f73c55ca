import { chmodSync, lstatSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { compileCacheFolder } from '../../../infra/system/compile-cache.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const newHome = (): string => mkdtempSync(join(scratch, 'cache-'));
const folderIn = (home: string): string | null => compileCacheFolder('1.2.3', { XDG_CACHE_HOME: home });

describe('compiled code, which whoever runs the command runs,', () => {
  test('is kept in a folder of its version that only its user can write', () => {
    const home = newHome();
    const folder = folderIn(home)!;
    expect(folder).toBe(join(home, 'sleeve-ledger', '1.2.3'));
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
    expect(folderIn(home)).toBe(folder);
  });

  test.each(['sleeve-ledger', 'sleeve-ledger/1.2.3'])('is not kept where others can write into %s', (below) => {
    const home = newHome();
    mkdirSync(join(home, below), { recursive: true });
    chmodSync(join(home, below), 0o777);
    expect(folderIn(home)).toBeNull();
  });

  test('is not kept behind a link', () => {
    const home = newHome();
    const elsewhere = newHome();
    symlinkSync(elsewhere, join(home, 'sleeve-ledger'));
    expect(folderIn(home)).toBeNull();
  });

  test('is not kept below a relative path, or where no folder can be made', () => {
    expect(folderIn('cache')).toBeNull();
    expect(folderIn('/proc/none')).toBeNull();
  });
});
