import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { packageRootOf } from '../../../infra/system/code.ts';
import { engineInForce, engineOf, engineOfSourceTree } from '../../../infra/system/engine.ts';
import { packageFiles } from '../../../infra/system/package-files.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(scratch, 'engine-'));
  put('package.json', '{"version":"1.2.3"}');
  put('package-lock.json', '{}');
  put('domain/b.ts', 'ü');
  put('domain/a/z.ts', 'one');
  put('domain/a/note.md', 'no source');
});
function put(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the name of the build that computes', () => {
  test('is its version, and a hash over the lock file and each source in order of their names', () => {
    expect(engineOfSourceTree(root)).toBe(`1.2.3 ${sha256(`${sha256('{}')}a/z.ts\n3\noneb.ts\n2\nü`)}`);
  });

  test.each([
    ['domain/b.ts', 'v'],
    ['domain/c.ts', ''],
    ['package-lock.json', '{"a":1}'],
    ['package.json', '{"version":"1.2.4"}'],
  ])('changes with %s', (file, text) => {
    const before = engineOfSourceTree(root);
    put('domain/a/note.md', 'other');
    expect(engineOfSourceTree(root)).toBe(before);
    put(file, text);
    expect(engineOfSourceTree(root)).not.toBe(before);
  });

  test('of compiled code is what its build wrote, of a source that of the tree around it', () => {
    put('dist/build-info.json', '{"engine":"built"}');
    put('dist/x.js', '');
    const url = (file: string): string => pathToFileURL(join(root, file)).href;
    expect([engineOf(url('dist/x.js')), engineOf(url('domain/b.ts'))]).toEqual(['built', engineOfSourceTree(root)]);
    put('dist/build-info.json', '{"engine":1}');
    expect(() => engineOf(url('dist/x.js'))).toThrow(new Error('build-info.json: engine is no text'));
    const own = engineInForce();
    expect(own).toMatch(/^\d+\.\d+\.\d+\S* [0-9a-f]{64}$/);
    expect(engineInForce()).toBe(own);
  });
});

describe('the package that runs', () => {
  test('is the nearest folder upwards that says it is one', () => {
    put('domain/package.json', '{}');
    expect(packageRootOf(join(root, 'domain/a'))).toBe(join(root, 'domain'));
    expect(packageRootOf(root)).toBe(root);
    expect(() => packageRootOf('/none/below')).toThrow(new Error('no package.json above /none/below'));
  });

  test('has files, and says which one is missing; run from its source it has none that a build makes', async () => {
    const { version } = JSON.parse(Buffer.from(await packageFiles.read('package.json')).toString()) as { readonly version: string };
    expect(engineInForce().startsWith(`${version} `)).toBe(true);
    await expect(packageFiles.read('none/here.txt')).rejects.toMatchObject({
      code: 'FileMissing',
      message: 'none/here.txt is missing from the installation',
      at: { file: 'none/here.txt' },
      cause: { code: 'ENOENT' },
    });
    expect(await packageFiles.built('package.json')).toBeNull();
  });
});
