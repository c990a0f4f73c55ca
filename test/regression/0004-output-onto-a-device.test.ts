import { lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createFiles } from '../../infra/files/node-files.ts';
import { scratchDirectory } from '../support/scratch.ts';

/**
 * Seen with `audit export -o /dev/stdout`: a file is written beside its target and renamed onto it, so the link to the terminal
 * was replaced by a regular file for every program of the machine. A target that is there and no regular file is refused; a
 * link to a regular file is followed, so that the link stays one.
 */
describe('writing a whole file', () => {
  const folder = scratchDirectory();
  const files = createFiles(null, { replaces: true, kept: { files: [], folders: [] } });

  test('refuses a device and leaves it as it is', async () => {
    const link = join(folder, 'out');
    symlinkSync('/dev/null', link);
    await expect(files.writeWhole(link, 'text')).rejects.toMatchObject({ code: 'OutputNotAFile' });
    expect(readlinkSync(link)).toBe('/dev/null');
  });

  test('refuses a folder', async () => {
    mkdirSync(join(folder, 'reports'));
    await expect(files.writeWhole(join(folder, 'reports'), 'text')).rejects.toMatchObject({ code: 'OutputNotAFile' });
  });

  test('writes through a link to a file', async () => {
    const target = join(folder, 'real.txt');
    writeFileSync(target, 'old');
    const link = join(folder, 'link.txt');
    symlinkSync(target, link);
    await files.writeWhole(link, 'new');
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });
});
