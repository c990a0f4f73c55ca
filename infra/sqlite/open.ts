import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { SqliteArtifacts } from './artifacts.ts';
import { backUp } from './backup.ts';
import { SqliteCheckpoints } from './checkpoints.ts';
import { Connection } from './connection.ts';
import { SqliteEventStore } from './event-store.ts';
import { fence } from './fence.ts';
import { isBusy, translated } from './failures.ts';
import { identifyFile, refuseSideName } from './file-identity.ts';
import { bindReadModels, SqliteReadModels } from './read-models.ts';
import { checkSchemaVersion, migrate } from './schema.ts';
import { isWritable, needsWriting, openCopy } from './unwritable.ts';
import type { StorageFinding } from '../../handlers/ports/ports.ts';
import { inspectStorage } from './integrity.ts';

export interface SqliteOptions {
  /** `read`: no write is possible through this handle; for verification. */
  readonly access: 'write' | 'read';
  /** Whether a missing file is made. */
  readonly create: boolean;
  /** Names the log that the read models are folded from, when it isn't the one in this file; a change empties them. */
  readonly readModelStamp?: string;
  readonly busyWaitMsMax?: number;
  /** How often a waiting subscription looks for commits of other processes. */
  readonly pollMs?: number;
}

export interface SqliteLedger {
  readonly store: SqliteEventStore;
  readonly artifacts: SqliteArtifacts;
  readonly readModels: SqliteReadModels;
  readonly checkpoints: SqliteCheckpoints;
  /**
   * Copies the database to a new file while it is in use; `accept` looks at the copy before it gets its name. Errors: LedgerExists,
   * StoreFull, StoreIo.
   */
  readonly backup: (target: string, accept?: (candidate: string) => Promise<void>) => Promise<{ readonly bytes: number }>;
  /** A copy of the file is read, as it stood when it was opened: where it lies SQLite cannot even read it without writing beside it. */
  readonly isCopy: boolean;
  /** Keeps every writer out until the answer is called. Errors: StoreBusy, StoreIo. */
  readonly fence: () => Promise<() => void>;
  /** What is wrong below the level of events; an empty list when nothing is. */
  readonly integrity: () => readonly StorageFinding[];
  readonly close: () => void;
}

const ownLog = 'the events of this file';
const pollMsDefault = 50;

/**
 * Opens a ledger file. Durable: WAL with `synchronous=FULL` on every open, as a reopened WAL database is NORMAL.
 * Blocks while another process is opening or migrating the same file.
 *
 * Errors: LedgerMissing, NotALedger, StoreTooNew, StoreBusy, StoreFull, StoreIo, StoreReadOnly, FileMissing, FileUnreadable.
 */
export function openSqlite(file: string, options: SqliteOptions): SqliteLedger {
  const busyWaitMsMax = options.busyWaitMsMax ?? limits.storeBusyWaitMsMax;
  const opened = patiently(file, busyWaitMsMax, () =>
    options.access === 'read' ? openToRead(file, options) : { database: openDatabase(file, options), isCopy: false },
  );
  const { database, isCopy } = opened;
  try {
    const connection = new Connection(database, file, busyWaitMsMax);
    const artifacts = new SqliteArtifacts(connection);
    const store = new SqliteEventStore(connection, artifacts, options.pollMs ?? pollMsDefault);
    return {
      store,
      artifacts,
      readModels: new SqliteReadModels(connection),
      checkpoints: new SqliteCheckpoints(connection),
      backup: (target, accept) => backUp(connection, target, accept),
      isCopy,
      fence: () => fence(file, busyWaitMsMax),
      integrity: () => inspectStorage(database, file, options.readModelStamp ?? ownLog),
      close: () => connection.close(),
    };
  } catch (error) {
    database.close();
    throw translated(error, file);
  }
}

/** Where a store cannot be written, not even to read it, a copy of it is read. */
function openToRead(file: string, options: SqliteOptions): OpenedDatabase {
  try {
    return { database: openDatabase(file, options), isCopy: false };
  } catch (error) {
    if (!needsWriting(error)) throw error;
    return openCopy(file, (copy) => ({ database: openDatabase(copy, options), isCopy: true }));
  }
}

interface OpenedDatabase {
  readonly database: Database.Database;
  readonly isCopy: boolean;
}

function openDatabase(file: string, options: SqliteOptions): Database.Database {
  const identity = identifyFile(file);
  const readonly = options.access === 'read';
  if (identity !== 'ours' && (readonly || !options.create)) {
    throw new LedgerError('LedgerMissing', `there is no ledger at ${file}`, { evidence: { file }, at: { file } });
  }
  if (!existsSync(dirname(file)))
    throw new LedgerError('FileMissing', `the folder of ${file} does not exist`, { evidence: { file }, at: { file } });
  if (identity !== 'ours') refuseSideName(file);
  // SQLite opens what it may not write for reading, and would say so at the first write only.
  if (!readonly && identity !== 'absent' && !isWritable(file))
    throw new LedgerError('StoreReadOnly', `${file} cannot be written here`, { evidence: { file }, at: { file } });
  const database = new Database(file, { readonly, fileMustExist: identity !== 'absent', timeout: 0 });
  try {
    if (!readonly) {
      const mode: unknown = database.pragma('journal_mode = WAL', { simple: true });
      if (mode !== 'wal') throw new LedgerError('StoreIo', `${file} cannot have a write-ahead log here`, { evidence: { file, mode } });
    }
    // A read-only connection says here whether it can have the index of the log.
    if (readonly) database.prepare('SELECT count(*) FROM sqlite_schema').get();
    for (const setting of ['synchronous = FULL', 'foreign_keys = ON', 'trusted_schema = OFF', 'cell_size_check = ON'])
      database.pragma(setting);
    database.pragma(`journal_size_limit = ${limits.artifactChunkBytesMax * 128}`);
    database.defaultSafeIntegers(true);
    if (readonly) checkSchemaVersion(database, file);
    else {
      migrate(database, file);
      bindReadModels(database, options.readModelStamp ?? ownLog);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Tries again while another process holds the file, for as long as a write would wait. Errors: StoreBusy. */
function patiently<T>(file: string, waitMsMax: number, attempt: () => T): T {
  const started = performance.now();
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() - started > waitMsMax) throw translated(error, file);
    }
    Atomics.wait(sleeper, 0, 0, 2 + Math.random() * 8);
  }
}
