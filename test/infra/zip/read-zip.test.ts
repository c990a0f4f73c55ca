import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { readZip } from '../../../infra/zip/read-zip.ts';
import { needs } from '../../support/needs.ts';
import { anyPython, runPython } from '../../support/python.ts';
import { refusalOf } from '../../support/refusal.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const utf8 = new TextEncoder();
const some = { 'README.txt': utf8.encode('how to verify\n'), 'artifacts/00ff': utf8.encode('x'.repeat(5_000)), empty: new Uint8Array(0) };
const zip = Buffer.from(zipSync(some, { level: 6 }));
const end = zip.length - 22;
const directoryAt = zip.readUInt32LE(end + 16);

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

  test('also with a comment, of which the end is looked for', () => {
    const comment = Buffer.alloc(65_535, 'x');
    const commented = Buffer.concat([changed((bytes) => bytes.writeUInt16LE(comment.length, end + 20)), comment]);
    expect(contentOf(commented)).toEqual(expected);
    expect(refusalOf(() => contentOf(Buffer.concat([commented, comment]))).message).toBe(
      'no archive that can be judged: its end is missing',
    );
  });

  test('without files, or without one that is asked for', () => {
    expect(contentOf(zipSync({}))).toEqual({});
    expect(refusalOf(() => readZip(zip).read('none')).message).toBe('no archive that can be judged: it has no none');
  });

  test.each(['.a', 'a//b', 'a/', '-a', 'a b', 'a/../b', 'a\\b', 'é', '/a'])('not with the unsafe name %s', (name) => {
    expect(refusalOf(() => contentOf(zipSync({ [name]: utf8.encode('x') }))).message).toBe(
      'no archive that can be judged: a name is doubled or unsafe',
    );
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
  test.each<[string, Uint8Array, string]>([
    ['that is none', utf8.encode('PK and something else'), 'its end is missing'],
    ['that is empty', new Uint8Array(0), 'its end is missing'],
    ['that is cut', zip.subarray(0, zip.length - 5), 'its end is missing'],
    ['with something behind its end', Buffer.concat([zip, Buffer.from('x')]), 'its end is missing'],
    ['with something in front', Buffer.concat([Buffer.from('x'), zip]), 'its directory is not where it should be'],
    [
      'whose content does not match its checksum',
      changed((bytes) => (bytes[directoryAt + 16]! ^= 1)),
      'an entry does not match its checksum',
    ],
    ['whose content does not unpack', changed((bytes) => bytes.fill(0xff, 40, 60)), 'an entry has no head'],
    ['with another length than it says', changed((bytes) => (bytes[directoryAt + 24]! ^= 1)), 'an entry does not match its checksum'],
    ['with two names of one entry', changed((bytes) => (bytes[30]! ^= 1)), 'an entry has two heads'],
    ['that is encrypted', changed((bytes) => (bytes[directoryAt + 8]! |= 1)), 'an entry is encrypted or packed oddly'],
    [
      'packed by a method that is not known',
      changed((bytes) => ((bytes[directoryAt + 10] = 12), (bytes[8] = 12))),
      'an entry is encrypted or packed oddly',
    ],
    [
      'that says it holds more than any archive may',
      changed((bytes) => bytes.writeUInt32LE(0xffffffff, directoryAt + 24)),
      'an entry unpacks to more than 268435456 bytes',
    ],
    [
      'with an entry larger than anything that a ledger holds',
      changed((bytes) => bytes.writeUInt32LE(0x10000001, directoryAt + 24)),
      'an entry unpacks to more than 268435456 bytes',
    ],
    ['with a path out of its folder', zipSync({ '../up.txt': utf8.encode('up') }), 'a name is doubled or unsafe'],
    ['with an absolute path', zipSync({ '/etc/passwd': utf8.encode('root') }), 'a name is doubled or unsafe'],
    ['that is split', changed((bytes) => (bytes[end + 4] = 1)), 'it is split, or ZIP64'],
    ['of which a part is elsewhere', changed((bytes) => (bytes[end + 8] = 2)), 'it is split, or ZIP64'],
    ['that is ZIP64', changed((bytes) => bytes.fill(0xff, end + 8, end + 12)), 'it is split, or ZIP64'],
    ['with another directory than it says', changed((bytes) => (bytes[end + 12]! ^= 1)), 'its directory is not where it should be'],
    ['with an entry that is none', changed((bytes) => (bytes[directoryAt]! ^= 1)), 'its directory is damaged'],
    ['with more entries than it has', changed((bytes) => (bytes[end + 8] = bytes[end + 10] = 4)), 'its directory is damaged'],
    ['with fewer entries than it has', changed((bytes) => (bytes[end + 8] = bytes[end + 10] = 2)), 'its directory is damaged'],
    ['with a name beyond its end', changed((bytes) => (bytes[directoryAt + 29] = 1)), 'its directory is damaged'],
    ['with a name that is no text', changed((bytes) => (bytes[directoryAt + 46] = 0xff)), 'a name is not UTF-8'],
    ['with an entry without a head', changed((bytes) => (bytes[0]! ^= 1)), 'an entry has no head'],
    ['with a head in its directory', changed((bytes) => bytes.writeUInt32LE(directoryAt - 29, directoryAt + 42)), 'an entry has no head'],
    ['with an entry packed in two ways', changed((bytes) => (bytes[8] = 0)), 'an entry has two heads'],
    ['with an entry beyond its end', changed((bytes) => (bytes[directoryAt + 21] = 0xff)), 'an entry reaches beyond the end'],
    ['with entries that share their content', changed((bytes) => (bytes[directoryAt + 20]! += 60)), 'two entries share their content'],
    ['whose content breaks off', changed((bytes) => bytes.fill(0xff, 40, 45)), 'an entry does not unpack'],
  ])('%s', (_, bytes, why) => {
    const refusal = refusalOf(() => contentOf(bytes));
    expect([refusal.code, refusal.message]).toEqual(['ArchiveInvalid', `no archive that can be judged: ${why}`]);
  });

  test('when it has one name twice', () => {
    const twice = Buffer.from(zipSync({ aa: utf8.encode('1'), ab: utf8.encode('2') }));
    for (let at = twice.indexOf('ab'); at >= 0; at = twice.indexOf('ab', at)) twice.write('aa', at);
    expect(() => contentOf(twice)).toThrow(expect.objectContaining({ code: 'ArchiveInvalid' }));
  });
});
