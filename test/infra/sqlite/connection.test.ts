/** One connection: what is undone, what is refused, who is told, and what the log of the database is asked to flush. */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { Connection } from '../../../infra/sqlite/connection.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { toldBy } from '../../support/told.ts';

const directory = scratchDirectory();
const opened: Database.Database[] = [];
afterAll(() => opened.forEach((database) => database.close()));
let files = 0;

const coded = (code: string): Error => Object.assign(new Error(`said ${code}`), { code });

const messageOf = (result: PromiseSettledResult<unknown>): string => ((result as PromiseRejectedResult).reason as Error).message;

interface Bench {
  readonly file: string;
  readonly connection: Connection;
  /** What another process sees. */
  readonly stored: () => unknown[];
  /** Adds a row, as a write does. */
  readonly add: (row: string) => string;
}

function bench(busyWaitMsMax = 30_000): Bench {
  const file = join(directory, `${files++}.sqlite`);
  const database = new Database(file, { timeout: 0 });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE rows (row TEXT)');
  const other = new Database(file, { timeout: 0 });
  opened.push(database, other);
  const insert = database.prepare('INSERT INTO rows VALUES (?)');
  return {
    file,
    connection: new Connection(database, file, busyWaitMsMax),
    stored: () => other.prepare('SELECT row FROM rows ORDER BY rowid').pluck().all(),
    add: (row) => (insert.run(row), `added ${row}`),
  };
}

describe('a write', () => {
  test('answers what its work answers, once another process sees it', async () => {
    const { connection, stored, add } = bench();
    expect(await connection.write(() => add('a'))).toBe('added a');
    expect(stored()).toEqual(['a']);
  });

  test('that throws undoes its own changes, and those beside it stay', async () => {
    const { connection, stored, add, file } = bench();
    const own = new LedgerError('Usage', 'refused');
    const results = await Promise.allSettled([
      connection.write(() => add('a')),
      connection.write(() => {
        add('undone');
        throw own;
      }),
      connection.write(() => {
        add('undone too');
        throw coded('SQLITE_CONSTRAINT_UNIQUE');
      }),
      connection.write(() => add('b')),
    ]);
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as LedgerError).message))).toEqual([
      'added a',
      'refused',
      `the store's own bookkeeping of ${file} contradicts itself: said SQLITE_CONSTRAINT_UNIQUE`,
      'added b',
    ]);
    expect((results[1] as PromiseRejectedResult).reason).toBe(own);
    expect(stored()).toEqual(['a', 'b']);
    expect(connection.database.inTransaction).toBe(false);
  });

  test.each(['SQLITE_BUSY', 'SQLITE_BUSY_RECOVERY', 'SQLITE_LOCKED'])(
    'that finds the file held (%s) is done again, whole',
    async (code) => {
      const { connection, stored, add } = bench();
      let attempts = 0;
      const before = connection.write(() => add('before'));
      const held = connection.write(() => {
        add('once');
        if (++attempts < 3) throw coded(code);
        return attempts;
      });
      expect([await before, await held]).toEqual(['added before', 3]);
      expect(stored()).toEqual(['before', 'once']);
    },
  );

  test('that waits for longer than is allowed is refused, with how long it was', async () => {
    const { connection, stored, file } = bench(20);
    const told = await toldBy(
      connection.write(() => {
        throw coded('SQLITE_BUSY');
      }),
    );
    const { waitedMs } = told.evidence as { readonly waitedMs: number };
    expect(Number.isInteger(waitedMs) && waitedMs >= 20).toBe(true);
    expect(told).toEqual({
      code: 'StoreBusy',
      message: `another process has held ${file} for ${waitedMs} ms`,
      evidence: { file, waitedMs, waitMsMax: 20 },
      at: {},
    });
    expect(stored()).toEqual([]);
  });

  test('whose disk fails is refused with everybody of its transaction, and so is everything after it', async () => {
    const { connection, stored, add, file } = bench();
    const failure = coded('SQLITE_IOERR_FSYNC');
    const results = await Promise.allSettled([
      connection.write(() => add('lost')),
      connection.write(() => {
        throw failure;
      }),
    ]);
    for (const result of results) {
      const { code, message, evidence, cause } = (result as PromiseRejectedResult).reason as LedgerError;
      expect({ code, message, evidence, cause }).toEqual({
        code: 'StoreIo',
        message: `${file} cannot be read or written: said SQLITE_IOERR_FSYNC`,
        evidence: { file, sqlite: 'SQLITE_IOERR_FSYNC', message: 'said SQLITE_IOERR_FSYNC' },
        cause: failure,
      });
    }
    expect(stored()).toEqual([]);
    expect(await toldBy(connection.write(() => add('after')))).toEqual({
      code: 'StoreIo',
      message: `${file} refuses writes since the disk failed: said SQLITE_IOERR_FSYNC`,
      evidence: { file, message: 'said SQLITE_IOERR_FSYNC', refusing: true },
      at: {},
    });
    expect(stored()).toEqual([]);
    expect(await connection.read(() => 'reads go on')).toBe('reads go on');
  });

  test('that was asked for before the disk failed, and not begun, is refused too', async () => {
    const { connection, stored, add, file } = bench();
    const failing = connection.write(() => {
      throw coded('SQLITE_IOERR');
    });
    const more = Array.from({ length: 64 }, (_, index) => connection.write(() => add(String(index))));
    const [first, ...others] = await Promise.allSettled([failing, ...more]);
    expect(messageOf(first)).toBe(`${file} cannot be read or written: said SQLITE_IOERR`);
    expect(messageOf(others.at(-1)!)).toBe(`${file} refuses writes since the disk failed: said SQLITE_IOERR`);
    expect(stored()).toEqual([]);
  });

  test('is flushed by itself when one of its transaction must be durable, and afterwards every write is again', async () => {
    const { connection } = bench();
    const { database } = connection;
    const [normal, full] = [1, 2];
    const synchronous = (): unknown => database.pragma('synchronous', { simple: true });
    const during = (promises: readonly ('durable' | 'atomic')[]): Promise<unknown[]> =>
      Promise.all(promises.map((promise) => connection.write(synchronous, promise)));
    expect(await connection.write(synchronous)).toBe(full);
    expect([await during(['atomic', 'atomic']), synchronous()]).toEqual([[normal, normal], full]);
    expect([await during(['atomic', 'durable']), synchronous()]).toEqual([[full, full], full]);
    expect([await during(['durable']), synchronous()]).toEqual([[full], full]);
    const refused = connection.write(() => {
      throw coded('SQLITE_FULL');
    }, 'atomic');
    expect([(await toldBy(refused)).code, synchronous()]).toEqual(['StoreFull', full]);
  });

  test('that need not be flushed leaves it to one that must be to copy the write-ahead log into the file', async () => {
    const { connection, add, file } = bench();
    const before = statSync(file).size;
    const row = 'x'.repeat(4_000);
    // 24 MB, of which SQLite copies 4 MB at a time.
    for (let times = 0; times < 60; times++) await connection.write(() => Array.from({ length: 100 }, () => add(row)), 'atomic');
    expect(statSync(file).size).toBe(before);
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(20_000_000);
    await connection.write(() => add('flushed'));
    expect(statSync(file).size).toBeGreaterThan(20_000_000);
  });

  test('that need not be flushed copies it all the same before it grows beyond 64 MB', async () => {
    const { connection, add, file } = bench();
    const row = 'x'.repeat(4_000);
    for (let times = 0; times < 200; times++) await connection.write(() => Array.from({ length: 100 }, () => add(row)), 'atomic');
    expect(statSync(`${file}-wal`).size).toBeLessThan(70_000_000);
    expect(statSync(file).size).toBeGreaterThan(60_000_000);
  });

  test('into a file that lost its name is not acknowledged, before it and while it is written', async () => {
    const first = bench();
    rmSync(first.file);
    const told = {
      code: 'StoreReplaced',
      message: `${first.file} is gone, while this process works on it: nothing more is acknowledged`,
      evidence: { file: first.file },
      at: { file: first.file },
    };
    let begun = false;
    expect(await toldBy(first.connection.write(() => (begun = true)))).toEqual(told);
    expect(begun).toBe(false);
    expect(await toldBy(first.connection.read(() => 'read'))).toEqual(told);
    const second = bench();
    expect(await toldBy(second.connection.write(() => renameSync(second.file, `${second.file}.moved`)))).toMatchObject({
      code: 'StoreReplaced',
      evidence: { file: second.file },
    });
  });
});

describe('a read', () => {
  test('that finds the file held is tried again', async () => {
    const { connection } = bench();
    let attempts = 0;
    const held = connection.read(() => {
      if (++attempts < 4) throw coded('SQLITE_BUSY_RECOVERY');
      return attempts;
    });
    expect(await held).toBe(4);
  });

  test('that waits for longer than is allowed is refused', async () => {
    const { connection, file } = bench(10);
    const begun = performance.now();
    const told = await toldBy(
      connection.read(() => {
        throw coded('SQLITE_BUSY');
      }),
    );
    expect(performance.now() - begun).toBeGreaterThan(10);
    const { waitedMs } = told.evidence as { readonly waitedMs: number };
    expect(waitedMs).toBeGreaterThanOrEqual(10);
    expect(told).toMatchObject({ code: 'StoreBusy', evidence: { file, waitedMs, waitMsMax: 10 } });
  });

  test('that fails is told in the words of the registry, once', async () => {
    const { connection, file } = bench();
    let attempts = 0;
    const failing = connection.read(() => {
      attempts++;
      throw coded('SQLITE_CORRUPT');
    });
    expect(await toldBy(failing)).toMatchObject({ code: 'StoreIo', message: `${file} is damaged: said SQLITE_CORRUPT` });
    expect(attempts).toBe(1);
  });

  test('of a reader, which acknowledges nothing, does not look for the name of the file', async () => {
    const { file } = bench();
    const database = new Database(file, { readonly: true });
    opened.push(database);
    const reader = new Connection(database, file, 0);
    rmSync(file);
    expect(await reader.read(() => 'read')).toBe('read');
  });
});

describe('the sign of change', () => {
  test('differs after a commit of this connection and of another, and after nothing else', async () => {
    const { connection, add, file } = bench();
    const before = connection.changes();
    expect(connection.changes()).toBe(before);
    await connection.read(() => 1);
    expect(connection.changes()).toBe(before);
    await connection.write(() => add('own'));
    const own = connection.changes();
    const other = new Database(file);
    opened.push(other);
    other.exec("INSERT INTO rows VALUES ('other')");
    const foreign = connection.changes();
    expect(new Set([before, own, foreign]).size).toBe(3);
    connection.close();
    expect(connection.changes()).toBe('closed');
  });

  test('is refused where the file lost its name', () => {
    const { connection, file } = bench();
    rmSync(file);
    expect(() => connection.changes()).toThrow(expect.objectContaining({ code: 'StoreReplaced' }));
  });
});

describe('whoever listens for commits', () => {
  test('is called after each of this connection and when it closes, until it stops', async () => {
    const { connection, add } = bench();
    const calls: string[] = [];
    const stop = connection.onCommit(() => calls.push('first'));
    connection.onCommit(() => calls.push('second'));
    await connection.write(() => add('a'));
    expect(calls).toEqual(['first', 'second']);
    stop();
    await toldBy(
      connection.write(() => {
        throw coded('SQLITE_FULL');
      }),
    );
    calls.length = 0;
    connection.close();
    expect(calls).toEqual(['second']);
    connection.close();
    expect(calls).toEqual(['second']);
  });

  test('is not called for a transaction that was rolled back', async () => {
    const { connection } = bench();
    let calls = 0;
    connection.onCommit(() => calls++);
    await toldBy(
      connection.write(() => {
        throw coded('SQLITE_IOERR');
      }),
    );
    expect(calls).toBe(0);
  });
});

describe('a connection that is closed', () => {
  test('refuses, and has written what was asked for before', async () => {
    const { connection, stored, add, file } = bench();
    expect(connection.open).toBe(true);
    const asked = connection.write(() => add('a'));
    connection.close();
    expect([await asked, connection.open, stored()]).toEqual(['added a', false, ['a']]);
    const told = { code: 'StoreUnavailable', message: `the store ${file} is closed`, evidence: { file }, at: {} };
    expect([await toldBy(connection.write(() => add('b'))), await toldBy(connection.read(() => 1))]).toEqual([told, told]);
  });

  test('while another process holds the lock refuses what waits for it', async () => {
    const { connection, stored, add, file } = bench();
    const holder = new Database(file);
    opened.push(holder);
    holder.exec('BEGIN IMMEDIATE');
    const asked = toldBy(connection.write(() => add('a')));
    connection.close();
    expect(await asked).toEqual({ code: 'StoreUnavailable', message: `the store ${file} is closed`, evidence: { file }, at: {} });
    holder.exec('ROLLBACK');
    expect([stored(), existsSync(file)]).toEqual([[], true]);
  });
});
