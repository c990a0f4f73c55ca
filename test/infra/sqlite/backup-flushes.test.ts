/** A backup is told to be there after its bytes and its name are on the disk: in this order, and both. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { scratchDirectory } from '../../support/scratch.ts';

const steps: string[] = [];
const paths = new Map<number, string>();

jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  openSync: (path: string, flags: string): number => {
    const descriptor = fs.openSync(path, flags);
    paths.set(descriptor, path);
    return descriptor;
  },
  fsyncSync: (descriptor: number): void => {
    steps.push(`flushed ${paths.get(descriptor) ?? 'another file'}`);
    fs.fsyncSync(descriptor);
  },
  linkSync: (from: string, to: string): void => {
    steps.push(`named ${to}`);
    fs.linkSync(from, to);
  },
}));

const { openSqlite } = await import('../../../infra/sqlite/open.ts');
const scratch = scratchDirectory();

test('a backup flushes the copy before it is looked at, and its folder after it has its name', async () => {
  const ledger = openSqlite(join(scratch, 'ledger.sqlite'), { access: 'write', create: true });
  const target = join(scratch, 'backup.sqlite');
  await ledger.backup(target, async () => void steps.push('looked at'));
  ledger.close();
  const [flushed, ...then] = steps.slice(-4);
  expect(flushed).toMatch(/^flushed .*\/backup\.sqlite\.[\d-]+\.partial$/);
  expect(then).toEqual(['looked at', `named ${target}`, `flushed ${scratch}`]);
});
