import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { LetterKey, LetterKeyRequest, LetterKeys } from '../../handlers/ports/ports.ts';
import { translated } from './failures.ts';

/** "SLLK" in ASCII: marks a file of letter keys, as the application id of SQLite's header. */
const applicationId = 0x534c4c4b;
const keyBytes = 32;

/** A key that was destroyed leaves its id, so that no other message is given it. */
const schema = `
  CREATE TABLE file (only INTEGER PRIMARY KEY CHECK (only = 1), id TEXT NOT NULL) STRICT;
  CREATE TABLE letter_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    key BLOB CHECK (key IS NULL OR length(key) = ${keyBytes}),
    recognised_by BLOB,
    place TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX letter_keys_by_message ON letter_keys (recognised_by) WHERE recognised_by IS NOT NULL;
`;

interface KeyRow {
  readonly key_id: string;
  readonly key: Buffer;
  readonly place: string;
}

const keyOf = (row: KeyRow): LetterKey => ({ keyId: row.key_id, key: new Uint8Array(row.key), place: row.place });

/**
 * Keys of sealed letters in a SQLite file of their own, mode 0600. No write-ahead log, which would hold copies: a rollback journal that
 * stays and is overwritten with zeros once keys were destroyed; `secure_delete` overwrites them in the file itself. The file is opened
 * when it is first asked for, and made with the first key. A medium that writes elsewhere than it is told keeps what it likes.
 *
 * Errors: StoreBusy, StoreFull, StoreIo; NotALedger when the file is something else.
 */
export class SqliteLetterKeys implements LetterKeys {
  readonly #file: string;
  readonly #readonly: boolean;
  #database: Database.Database | null = null;

  constructor(file: string, options: { readonly readonly: boolean }) {
    this.#file = file;
    this.#readonly = options.readonly;
  }

  async id(): Promise<string | null> {
    return this.#work((database) => database.prepare('SELECT id FROM file').pluck().get() as string, null);
  }

  async recognised(recognisedBy: Uint8Array): Promise<LetterKey | null> {
    return this.#work((database) => this.#recognisedIn(database, recognisedBy), null);
  }

  async keyFor({ recognisedBy, place, idOf }: LetterKeyRequest): Promise<LetterKey> {
    return this.#make((database) =>
      database
        .transaction(() => {
          const before = this.#recognisedIn(database, recognisedBy);
          if (before !== null) return before;
          const taken = database.prepare('SELECT 1 FROM letter_keys WHERE key_id = ?').pluck();
          let number = 0;
          while (taken.get(idOf(number)) !== undefined) number++;
          const made = { keyId: idOf(number), key: new Uint8Array(randomBytes(keyBytes)), place };
          database
            .prepare('INSERT INTO letter_keys (key_id, key, recognised_by, place) VALUES (?, ?, ?, ?)')
            .run(made.keyId, Buffer.from(made.key), Buffer.from(recognisedBy), place);
          return made;
        })
        .immediate(),
    );
  }

  async key(keyId: string): Promise<Uint8Array | null> {
    const find = (database: Database.Database): Uint8Array | null => {
      const key = database.prepare('SELECT key FROM letter_keys WHERE key_id = ?').pluck().get(keyId) as Buffer | null | undefined;
      return key === null || key === undefined ? null : new Uint8Array(key);
    };
    return this.#work(find, null);
  }

  async destroy(keyIds: readonly string[]): Promise<void> {
    this.#make((database) => {
      const forget = database.prepare(
        'INSERT INTO letter_keys (key_id) VALUES (?) ON CONFLICT (key_id) DO UPDATE SET key = NULL, recognised_by = NULL, place = NULL',
      );
      database
        .transaction(() => {
          for (const keyId of keyIds) forget.run(keyId);
        })
        .immediate();
      // Pages that were split or merged before may hold a copy in what they leave free.
      database.exec('VACUUM');
      this.#wipeJournal(database);
    });
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  #recognisedIn(database: Database.Database, recognisedBy: Uint8Array): LetterKey | null {
    const row = database.prepare('SELECT key_id, key, place FROM letter_keys WHERE recognised_by = ?').get(Buffer.from(recognisedBy)) as
      KeyRow | undefined;
    return row === undefined ? null : keyOf(row);
  }

  /** The journal has pages as they were before: with the keys. Nobody writes while the lock is held, and no page is changed under it. */
  #wipeJournal(database: Database.Database): void {
    database.exec('BEGIN EXCLUSIVE');
    try {
      const journal = `${this.#file}-journal`;
      if (!existsSync(journal)) return;
      const descriptor = openSync(journal, 'r+');
      try {
        const { size } = fstatSync(descriptor);
        const zeros = Buffer.alloc(65_536);
        for (let at = 0; at < size;) at += writeSync(descriptor, zeros, 0, Math.min(zeros.length, size - at), at);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    } finally {
      database.exec('COMMIT');
    }
  }

  #work<T>(work: (database: Database.Database) => T, otherwise: T): T {
    if (this.#database === null && !existsSync(this.#file)) return otherwise;
    return this.#make(work);
  }

  #make<T>(work: (database: Database.Database) => T): T {
    try {
      return work((this.#database ??= this.#open()));
    } catch (error) {
      throw translated(error, this.#file);
    }
  }

  #open(): Database.Database {
    const isNew = !existsSync(this.#file);
    const database = new Database(this.#file, { readonly: this.#readonly, timeout: limits.storeBusyWaitMsMax });
    try {
      if (isNew) chmodSync(this.#file, 0o600);
      const id = Number(database.pragma('application_id', { simple: true }));
      const objects = Number(database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
      if (id !== applicationId && objects > 0)
        throw new LedgerError('NotALedger', `${this.#file} is no file of letter keys`, { at: { file: this.#file } });
      if (this.#readonly) return database;
      for (const setting of [
        'journal_mode = PERSIST',
        'secure_delete = ON',
        'synchronous = EXTRA',
        'temp_store = MEMORY',
        'trusted_schema = OFF',
      ])
        database.pragma(setting);
      database
        .transaction(() => {
          if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'file'").get() !== undefined) return;
          database.exec(schema);
          database.prepare('INSERT INTO file (only, id) VALUES (1, ?)').run(randomUUID());
          database.pragma(`application_id = ${applicationId}`);
        })
        .immediate();
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  }
}
