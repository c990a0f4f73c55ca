import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { readZip } from '../../../infra/zip/read-zip.ts';
import { needs } from '../../support/needs.ts';
import { anyPython, runPython } from '../../support/python.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const utf8 = new TextEncoder();
const some = { 'README.txt': utf8.encode('how to verify\n'), 'artifacts/00ff': utf8.encode('x'.repeat(5_000)), empty: new Uint8Array(0) };
const zip = Buffer.from(zipSync(some, { level: 6 }));
const directoryAt = zip.readUInt32LE(zip.length - 6);

/** Every file of an archive as text. */
function contentOf(bytes: Uint8Array): Record<string, string> {
  const archive = readZip(bytes);
  return Object.fromEntries(archive.paths.map((path) => [path, new TextDecoder().decode(archive.read(path))]));
}

const expected = Object.fromEntries(Object.entries(some).map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));
const changed = (change: (bytes: Buffer) => void): Buffer => {
  const copy = Buffer.from(zip);
  change(copy);
  return copy;
};

describe('an archive is read', () => {
  test('stored or deflated', () => {
    expect(contentOf(zip)).toEqual(expected);
    expect(contentOf(zipSync(some, { level: 0 }))).toEqual(expected);
  });

  // Oracle: the zipfile module of Python's standard library writes it.
  needs('python').test('as Python writes it: with folders, a comment and extra fields', () => {
    const file = join(directory, 'python.zip');
    const script = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("artifacts/", b"")
    for path, text in json.loads(sys.argv[2]).items(): archive.writestr(path, text)
    archive.comment = b"by hand"`;
    runPython(anyPython, script, [file, JSON.stringify(expected)]);
    expect(contentOf(readFileSync(file))).toEqual(expected);
  });
});

describe('an archive is refused', () => {
  test.each<[string, Uint8Array]>([
    ['that is none', utf8.encode('PK and something else')],
    ['that is empty', new Uint8Array(0)],
    ['that is cut', zip.subarray(0, zip.length - 5)],
    ['with something behind its end', Buffer.concat([zip, Buffer.from('x')])],
    ['with something in front', Buffer.concat([Buffer.from('x'), zip])],
    ['whose content does not match its checksum', changed((bytes) => (bytes[directoryAt + 16]! ^= 1))],
    ['whose content does not unpack', changed((bytes) => bytes.fill(0xff, 40, 60))],
    ['with another length than it says', changed((bytes) => (bytes[directoryAt + 24]! ^= 1))],
    ['with two names of one entry', changed((bytes) => (bytes[30]! ^= 1))],
    ['that is encrypted', changed((bytes) => (bytes[directoryAt + 8]! |= 1))],
    ['packed by a method that is not known', changed((bytes) => ((bytes[directoryAt + 10] = 12), (bytes[8] = 12)))],
    ['that says it holds more than any archive may', changed((bytes) => bytes.writeUInt32LE(0xffffffff, directoryAt + 24))],
    ['with an entry larger than anything that a ledger holds', changed((bytes) => bytes.writeUInt32LE(0x10000001, directoryAt + 24))],
    ['with a path out of its folder', zipSync({ '../up.txt': utf8.encode('up') })],
    ['with an absolute path', zipSync({ '/etc/passwd': utf8.encode('root') })],
  ])('%s', (_, bytes) => {
    expect(() => contentOf(bytes)).toThrow(expect.objectContaining({ code: 'ArchiveInvalid' }));
  });

  test('when it has one name twice', () => {
    const twice = Buffer.from(zipSync({ aa: utf8.encode('1'), ab: utf8.encode('2') }));
    for (let at = twice.indexOf('ab'); at >= 0; at = twice.indexOf('ab', at)) twice.write('aa', at);
    expect(() => contentOf(twice)).toThrow(expect.objectContaining({ code: 'ArchiveInvalid' }));
  });
});
