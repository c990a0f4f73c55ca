import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ArchiveEntry } from '../../../handlers/ports/ports.ts';
import { deterministicZip } from '../../../infra/zip/deterministic-zip.ts';
import { needs } from '../../support/needs.ts';
import { anyPython, runPython } from '../../support/python.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const testWithPython = needs('python').test;

const directory = scratchDirectory();
const utf8 = new TextEncoder();
const some: readonly ArchiveEntry[] = [
  { path: 'README.txt', bytes: utf8.encode('how to verify\n') },
  { path: 'artifacts/00ff', bytes: Uint8Array.from({ length: 20_000 }, (_, index) => (index * index) % 251) },
  { path: 'empty', bytes: new Uint8Array(0) },
];

async function* streamed(entries: readonly ArchiveEntry[]): AsyncGenerator<ArchiveEntry> {
  yield* entries;
}

async function zipped(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of deterministicZip.zip(streamed(entries))) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('an archive', () => {
  // Oracle: the zipfile module of Python's standard library.
  testWithPython('is read by Python with every byte, path and check sum', async () => {
    const file = join(directory, 'some.zip');
    writeFileSync(file, await zipped(some));
    const script = `
import sys, zipfile, json
archive = zipfile.ZipFile(sys.argv[1])
print(json.dumps({"bad": archive.testzip(),
  "entries": [[i.filename, archive.read(i).hex(), i.date_time, i.external_attr >> 16] for i in archive.infolist()]}))`;
    const read = JSON.parse(runPython(anyPython, script, [file])) as { bad: string | null; entries: [string, string, number[], number][] };
    expect(read.bad).toBeNull();
    expect(read.entries).toEqual(
      some.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('hex'), [1980, 1, 1, 12, 0, 0], 0o100644]),
    );
  });

  test('has the same bytes on any day and in any zone', async () => {
    const here = await zipped(some);
    const script = `
import { deterministicZip } from './infra/zip/deterministic-zip.ts';
const entries = JSON.parse(process.argv[1]);
async function* streamed() { for (const [path, hex] of entries) yield { path, bytes: new Uint8Array(Buffer.from(hex, 'hex')) }; }
const pieces = [];
for await (const piece of deterministicZip.zip(streamed())) pieces.push(piece);
process.stdout.write(Buffer.concat(pieces).toString('hex'));`;
    const argument = JSON.stringify(some.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('hex')]));
    for (const zone of ['Asia/Tokyo', 'America/St_Johns', 'Pacific/Apia']) {
      const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, argument], {
        cwd: join(import.meta.dirname, '../../..'),
        env: { ...process.env, TZ: zone },
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      });
      expect(run.stderr).toBe('');
      expect(run.stdout === here.toString('hex')).toBe(true);
    }
  });

  test.each([
    ['unsorted paths', ['b', 'a']],
    ['the same path twice', ['a', 'a']],
    ['a path that leaves the archive', ['../a']],
    ['an absolute path', ['/a']],
  ])('refuses %s', async (_, paths) => {
    await expect(zipped(paths.map((path) => ({ path, bytes: utf8.encode('x') })))).rejects.toMatchObject({ code: 'Internal' });
  });
});
