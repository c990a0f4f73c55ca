import { chmodSync, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { TokenUses } from '../../handlers/ports/ports.ts';
import { translated } from './failures.ts';

/** "SLTU" in ASCII: marks a file of token uses, as the application id of SQLite's header. */
const applicationId = 0x534c5455;

interface UseRow {
  readonly token_id: string;
  readonly hour: string;
}

/**
 * When tokens were last used, in a SQLite file of its own, mode 0600. It is opened for each look and each note: a token is noted once an
 * hour, and a file that is not held open needs nobody who closes it.
 *
 * Errors: StoreBusy, StoreFull, StoreIo, StoreReadOnly; NotALedger when the file is something else.
 */
export class SqliteTokenUses implements TokenUses {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async all(): Promise<ReadonlyMap<string, string>> {
    if (!existsSync(this.#file)) return new Map();
    return this.#opened({ readonly: true }, (database) => {
      this.#refuseOther(database);
      const rows = database.prepare('SELECT token_id, hour FROM token_uses').all() as UseRow[];
      return new Map(rows.map(({ token_id: tokenId, hour }) => [tokenId, hour]));
    });
  }

  async note(tokenId: string, hour: string): Promise<void> {
    const isNew = !existsSync(this.#file);
    this.#opened({ readonly: false }, (database) => {
      if (isNew) chmodSync(this.#file, 0o600);
      database
        .transaction(() => {
          if (Number(database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()) === 0) {
            database.exec('CREATE TABLE token_uses (token_id TEXT NOT NULL PRIMARY KEY, hour TEXT NOT NULL) STRICT, WITHOUT ROWID');
            database.pragma(`application_id = ${applicationId}`);
          }
          this.#refuseOther(database);
          database
            .prepare(
              'INSERT INTO token_uses (token_id, hour) VALUES (?, ?) ' +
                'ON CONFLICT (token_id) DO UPDATE SET hour = excluded.hour WHERE excluded.hour > hour',
            )
            .run(tokenId, hour);
        })
        .immediate();
    });
  }

  #refuseOther(database: Database.Database): void {
    if (Number(database.pragma('application_id', { simple: true })) !== applicationId)
      throw new LedgerError('NotALedger', `${this.#file} is no file of token uses`, { at: { file: this.#file } });
  }

  #opened<T>(options: { readonly readonly: boolean }, work: (database: Database.Database) => T): T {
    let database: Database.Database | null = null;
    try {
      database = new Database(this.#file, { ...options, timeout: limits.tokenUseWaitMsMax });
      database.pragma('trusted_schema = OFF');
      return work(database);
    } catch (error) {
      throw translated(error, this.#file);
    } finally {
      database?.close();
    }
  }
}
