import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createFiles } from '../../../infra/files/node-files.ts';
import { needs } from '../../support/needs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const files = createFiles(null, { replaces: true, kept: { files: [], folders: [] } });

describe('files', () => {
  test('what is written whole is read back, and no sibling is left', async () => {
    const file = join(directory, 'a.txt');
    await files.writeWhole(file, 'first');
    await files.writeWhole(file, Uint8Array.of(0xc3, 0xa9));
    expect(await files.readText(file)).toBe('é');
    expect([...(await files.readBytes(file))]).toEqual([0xc3, 0xa9]);
    expect(readdirSync(directory)).toEqual(['a.txt']);
  });

  test('a mode that is asked for is exact, whatever the umask', async () => {
    const before = process.umask(0o077);
    await files.writeWhole(join(directory, 'key'), 'secret', { mode: 0o600 });
    await files.writeWhole(join(directory, 'open'), 'open', { mode: 0o664 });
    process.umask(before);
    expect([statSync(join(directory, 'key')).mode & 0o777, statSync(join(directory, 'open')).mode & 0o777]).toEqual([0o600, 0o664]);
  });

  test('a missing file, a missing directory and a file used as a directory are FileMissing', async () => {
    writeFileSync(join(directory, 'plain'), '');
    for (const path of ['none', 'none/none', 'plain/none']) {
      await expect(files.readBytes(join(directory, path))).rejects.toMatchObject({
        code: 'FileMissing',
        at: { file: join(directory, path) },
      });
      expect(await files.exists(join(directory, path))).toBe(false);
    }
    await expect(files.list(join(directory, 'none'))).rejects.toMatchObject({ code: 'FileMissing' });
    await expect(files.writeWhole(join(directory, 'none/x'), '')).rejects.toMatchObject({ code: 'FileMissing' });
  });

  test('a directory, a device and text that is not UTF-8 are FileUnreadable', async () => {
    writeFileSync(join(directory, 'latin'), Uint8Array.of(0xe9));
    await expect(files.readText(join(directory, 'latin'))).rejects.toMatchObject({ code: 'FileUnreadable' });
    await expect(files.readBytes(directory)).rejects.toMatchObject({ code: 'FileUnreadable' });
    await expect(files.readBytes('/dev/zero')).rejects.toMatchObject({ code: 'FileUnreadable' });
  });

  test('a target that cannot be replaced leaves nothing behind', async () => {
    const target = join(directory, 'folder');
    mkdirSync(target);
    await expect(files.writeWhole(target, 'x')).rejects.toMatchObject({ code: 'OutputNotAFile' });
    expect(readdirSync(directory).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('names are listed in code-unit order', async () => {
    const folder = join(directory, 'listed');
    mkdirSync(folder);
    for (const name of ['b', 'a', 'Z', 'ä', '10', '9']) writeFileSync(join(folder, name), '');
    symlinkSync('nowhere', join(folder, 'link'));
    expect(await files.list(folder)).toEqual(['10', '9', 'Z', 'a', 'b', 'link', 'ä']);
  });
});

/** A file system of 64 KiB: only an administrator may make one. */
const small = mkdtempSync(join(tmpdir(), 'sleeve-ledger-small-'));
const onSmallDisk = needs('small disks');
if (onSmallDisk.isMet) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]);
afterAll(() => {
  if (onSmallDisk.isMet) spawnSync('umount', [small]);
  rmSync(small, { recursive: true });
});

onSmallDisk.describe('a full disk', () => {
  test('is StoreFull, keeps the old content and leaves no half of the new', async () => {
    const file = join(small, 'state.json');
    await files.writeWhole(file, 'old');
    await expect(files.writeWhole(file, new Uint8Array(1_000_000))).rejects.toMatchObject({ code: 'StoreFull' });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(small)).toEqual(['state.json']);
    chmodSync(file, 0o600);
    await files.writeWhole(file, 'new');
    expect(existsSync(file)).toBe(true);
  });
});
