import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeFolders } from '../../../infra/files/make-folders.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const newFolder = (): string => mkdtempSync(join(scratch, 'folders-'));

describe('folders', () => {
  test('are made with all those above that are missing, in the mode that is asked for, and twice without an error', async () => {
    const above = newFolder();
    const deep = join(above, 'one/two/three');
    await makeFolders(deep, 0o700);
    for (const folder of ['one', 'one/two', 'one/two/three']) expect(statSync(join(above, folder)).mode & 0o777).toBe(0o700);
    await makeFolders(deep);
    expect(statSync(deep).mode & 0o777).toBe(0o700);
  });

  test('are made below a relative path', async () => {
    const folder = join(newFolder(), 'one/two');
    await makeFolders(relative(process.cwd(), folder));
    expect(existsSync(folder)).toBe(true);
  });

  test('are not made where a file stands in the way', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, 'kept');
    await expect(makeFolders(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolders(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  // Node's own way asks for the parent again and again here, and never ends.
  test('end with an error where the system denies each its parent', async () => {
    await expect(makeFolders('/proc/none/below')).rejects.toMatchObject({ code: expect.stringMatching(/^(?:ENOENT|EROFS|EACCES)$/) });
  });
});
