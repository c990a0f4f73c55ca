import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { createFiles } from '../../../infra/files/node-files.ts';
import { createScannerFiles } from '../../../infra/scanners/scanner-files.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(scratch, 'scanners-'));
});
const put = (path: string, text = 'id: x\n'): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const read = () => createScannerFiles(createFiles()).readScanners(root);

describe('a folder of scanners', () => {
  test('is read in order of names, folder by folder, YAML alone', async () => {
    for (const path of ['b.yaml', 'a.yml', 'a/z.yaml', 'a/b/c.yaml', 'B.yaml', 'x.yamlx', 'yaml', 'y.yaml.bak', 'é.yaml']) put(path);
    mkdirSync(join(root, 'folder.yaml'));
    symlinkSync(join(root, 'a'), join(root, 'link'));
    const found = await read();
    expect([...found.keys()]).toEqual(['B.yaml', 'a/b/c.yaml', 'a/z.yaml', 'a.yml', 'b.yaml', 'é.yaml']);
    expect(found.get('a/z.yaml')).toEqual({ path: 'a/z.yaml', tree: { id: 'x' } });
  });

  test('keeps a file that is broken with what is wrong with it', async () => {
    put('a.yaml', 'a: 1\na: 2\n');
    expect([...(await read()).values()]).toEqual([
      { path: 'a.yaml', broken: expect.objectContaining({ code: 'ScannerConfigInvalid', at: { file: 'a.yaml', path: 'a', line: 2 } }) },
    ]);
  });

  test('may hold so many files, and no more', async () => {
    for (let index = 0; index < limits.scannerFilesMax; index++) put(`d/${index}.yaml`, '');
    expect((await read()).size).toBe(limits.scannerFilesMax);
    put('one-more.yaml');
    await expect(read()).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: `${root}: more than ${limits.scannerFilesMax} scanner files`,
      at: { file: root },
    });
  });

  test('may hold so many bytes, and no more', async () => {
    const count = limits.scannerFolderBytesMax / limits.scannerFileBytesMax;
    for (let index = 0; index < count; index++) put(`${index}.yaml`, `#${' '.repeat(limits.scannerFileBytesMax - 1)}`);
    expect((await read()).size).toBe(count);
    put('z.yaml', '#');
    await expect(read()).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: `${root}: more than ${limits.scannerFolderBytesMax} bytes of scanners`,
      at: { file: root },
    });
  });

  test('holds no file beyond the limit of one', async () => {
    put('a.yaml', `#${' '.repeat(limits.scannerFileBytesMax)}`);
    await expect(read()).rejects.toMatchObject({ code: 'LimitExceeded' });
  });
});
