/** What a backup refuses, what it leaves behind, and that a fence keeps writers out. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { openSqlite, type SqliteLedger, type SqliteOptions } from '../../../infra/sqlite/open.ts';
import { refusalOf } from '../../support/refusal.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { toldBy } from '../../support/told.ts';

const root = scratchDirectory();
const opened: SqliteLedger[] = [];
afterAll(() => opened.forEach((ledger) => ledger.close()));
const stream = 'sleeveRun-a';
let folders = 0;

async function bench(busyWaitMsMax = 50): Promise<{ readonly directory: string; readonly file: string; readonly ledger: SqliteLedger }> {
  const directory = join(root, String(folders++));
  mkdirSync(directory);
  const file = join(directory, 'ledger.sqlite');
  const ledger = openSqlite(file, { access: 'write', create: true, busyWaitMsMax });
  opened.push(ledger);
  await ledger.store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' });
  return { directory, file, ledger };
}

const namesIn = (directory: string): string[] => readdirSync(directory).filter((name) => !name.startsWith('ledger.sqlite'));

describe('a backup', () => {
  test('is one file without a log, of the bytes that it says', async () => {
    const { directory, ledger } = await bench();
    const target = join(directory, 'backup.sqlite');
    const { bytes } = await ledger.backup(target);
    expect([bytes, namesIn(directory)]).toEqual([statSync(target).size, ['backup.sqlite']]);
    const raw = new Database(target, { readonly: true });
    expect(raw.pragma('journal_mode', { simple: true })).toBe('delete');
    expect(raw.prepare('SELECT count(*) FROM events').pluck().get()).toBe(2);
    raw.close();
  });

  test.each(['', '-journal', '-wal', '-shm'])('is refused where its name or a name beside it (%j) is taken', async (suffix) => {
    const { directory, ledger } = await bench();
    const target = join(directory, 'backup.sqlite');
    writeFileSync(target + suffix, 'mine');
    expect(await toldBy(ledger.backup(target))).toEqual({
      code: 'LedgerExists',
      message: `${target}${suffix} exists: nothing is overwritten`,
      evidence: { file: target + suffix },
      at: { file: target + suffix },
    });
    expect(namesIn(directory)).toEqual([`backup.sqlite${suffix}`]);
  });

  test('takes nobody’s place who came while it was made', async () => {
    const { directory, ledger } = await bench();
    const target = join(directory, 'backup.sqlite');
    expect(await toldBy(ledger.backup(target, async () => writeFileSync(target, 'mine')))).toMatchObject({
      code: 'LedgerExists',
      evidence: { file: target },
    });
    expect([namesIn(directory), statSync(target).size]).toEqual([['backup.sqlite'], 4]);
  });

  test('that is not accepted leaves nothing, and is looked at beside its place', async () => {
    const { directory, ledger } = await bench();
    const target = join(directory, 'backup.sqlite');
    const seen: string[] = [];
    const refused = ledger.backup(target, async (candidate) => {
      seen.push(candidate);
      new Database(candidate, { readonly: true }).close();
      writeFileSync(`${candidate}-journal`, '');
      throw new LedgerError('Usage', 'not accepted');
    });
    expect(await toldBy(refused)).toMatchObject({ message: 'not accepted' });
    expect(seen).toEqual([expect.stringMatching(new RegExp(`^${target}\\.${process.pid}-\\d+\\.partial$`))]);
    expect(namesIn(directory)).toEqual([]);
  });

  test('needs its folder, and a name that SQLite does not give', async () => {
    const { directory, file, ledger } = await bench();
    const target = join(directory, 'none', 'backup.sqlite');
    expect(await toldBy(ledger.backup(target))).toEqual({
      code: 'FileMissing',
      message: `the folder of ${target} does not exist`,
      evidence: { target },
      at: { file: target },
    });
    await ledger.backup(join(directory, 'other.sqlite'));
    expect((await toldBy(ledger.backup(join(directory, 'other.sqlite-wal')))).code).toBe('OutputProtected');
    ledger.close();
    expect(await toldBy(ledger.backup(join(directory, 'late.sqlite')))).toEqual({
      code: 'StoreUnavailable',
      message: `the store ${file} is closed`,
      evidence: { file },
      at: {},
    });
    expect(existsSync(join(directory, 'late.sqlite'))).toBe(false);
  });
});

describe('a fence', () => {
  test('keeps writers out and readers in until it is opened', async () => {
    const { file, ledger } = await bench();
    const open = await ledger.fence();
    const write = (): Promise<unknown> => ledger.checkpoints.write('a', {}, 'none');
    expect((await toldBy(write())).code).toBe('StoreBusy');
    expect(await toldBy(ledger.fence())).toMatchObject({
      code: 'StoreBusy',
      message: `another process holds ${file}`,
      evidence: { file, sqlite: 'SQLITE_BUSY' },
    });
    expect(await ledger.store.head()).toBe('2');
    open();
    expect(await write()).toEqual({ value: {}, version: 0n });
  });

  test('waits for who holds the file, and needs one', async () => {
    const { file, ledger } = await bench(30_000);
    const holder = new Database(file);
    holder.exec('BEGIN IMMEDIATE');
    const fencing = ledger.fence();
    await new Promise((resolve) => setTimeout(resolve, 10));
    holder.exec('ROLLBACK');
    holder.close();
    (await fencing)();
  });
});

const openingTold = (path: string, options: SqliteOptions): unknown => {
  const { code, message, evidence, at } = refusalOf(() => openSqlite(path, options));
  return { code, message, evidence, at };
};

describe('a ledger that is opened', () => {
  const read: SqliteOptions = { access: 'read', create: false };
  test('is refused in whole sentences', async () => {
    const { directory, file, ledger } = await bench();
    ledger.close();
    const none = join(directory, 'none.sqlite');
    expect(openingTold(none, read)).toEqual({
      code: 'LedgerMissing',
      message: `there is no ledger at ${none}`,
      evidence: { file: none },
      at: { file: none },
    });
    const far = join(directory, 'none', 'ledger.sqlite');
    expect(openingTold(far, { access: 'write', create: true })).toEqual({
      code: 'FileMissing',
      message: `the folder of ${far} does not exist`,
      evidence: { file: far },
      at: { file: far },
    });
    expect(openingTold(`${file}-wal`, { access: 'write', create: true })).toMatchObject({ code: 'OutputProtected' });
    const raw = new Database(file);
    raw.pragma('user_version = 99');
    raw.close();
    expect(openingTold(file, read)).toEqual({
      code: 'StoreTooNew',
      message: `${file} has schema version 99, this build knows 4`,
      evidence: { file, version: 99, known: 4 },
      at: {},
    });
  });

  test('by two at once waits for the other, and is refused when that takes too long', async () => {
    const { file, ledger } = await bench();
    ledger.close();
    const holder = new Database(file);
    holder.pragma('locking_mode = EXCLUSIVE');
    holder.exec('BEGIN EXCLUSIVE; UPDATE read_model_source SET stamp = stamp');
    const begun = performance.now();
    const { code, evidence } = refusalOf(() => openSqlite(file, { access: 'write', create: false, busyWaitMsMax: 30 }));
    expect(performance.now() - begun).toBeGreaterThanOrEqual(30);
    expect([code, evidence['file']]).toEqual(['StoreBusy', file]);
    holder.exec('COMMIT');
    holder.close();
  });

  test('is kept as it promises: every commit flushed, and what a schema calls not trusted', async () => {
    const { file, ledger } = await bench();
    expect(ledger.isCopy).toBe(false);
    const raw = new Database(file, { readonly: true });
    expect([raw.pragma('journal_mode', { simple: true }), raw.pragma('user_version', { simple: true })]).toEqual(['wal', 4]);
    expect(raw.pragma('application_id', { simple: true })).toBe(Buffer.from('SLED').readUInt32BE());
    raw.close();
    const reader = openSqlite(file, read);
    opened.push(reader);
    expect([reader.isCopy, reader.integrity()]).toEqual([false, []]);
  });
});
