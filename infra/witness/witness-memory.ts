import Database from 'better-sqlite3';
import { LedgerError, type ErrorCode } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { WitnessMemory } from '../../handlers/ports/witness.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS logs (origin TEXT PRIMARY KEY, note TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS refused (origin TEXT NOT NULL, note TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (origin, note)) STRICT;
`;

const codes: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^SQLITE_(?:BUSY|LOCKED)/, 'StoreBusy'],
  [/^SQLITE_FULL/, 'StoreFull'],
  [/^SQLITE_/, 'StoreIo'],
];

function translated(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code: sqlite, message } = error;
  const [, code] = codes.find(([pattern]) => pattern.test(sqlite))!;
  return new LedgerError(code, `${file}: ${message}`, { evidence: { sqlite }, at: { file }, cause: error });
}

/**
 * A file of SQLite: its write lock is what keeps two requests, and two processes, from cosigning past one another. Flushed at every
 * commit.
 */
export function openWitnessMemory(file: string): WitnessMemory {
  const guarded = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      throw translated(error, file);
    }
  };
  const database = guarded(() => {
    const opened = new Database(file, { timeout: limits.witnessBusyMsMax });
    opened.pragma('journal_mode = WAL');
    opened.pragma('synchronous = FULL');
    opened.exec(schema);
    return opened;
  });
  const read = database.prepare<[string], { readonly note: string }>('SELECT note FROM logs WHERE origin = ?');
  const write = database.prepare('INSERT INTO logs (origin, note) VALUES (?, ?) ON CONFLICT (origin) DO UPDATE SET note = excluded.note');
  const count = database.prepare('SELECT count(*) FROM refused WHERE origin = ?').pluck();
  const refuse = database.prepare('INSERT OR IGNORE INTO refused (origin, note, at) VALUES (?, ?, ?)');
  const lastOf = (origin: string): string | null => read.get(origin)?.note ?? null;
  return {
    isEmpty: () => guarded(() => database.prepare('SELECT count(*) FROM logs').pluck().get() === 0),
    last: (origin) => guarded(() => lastOf(origin)),
    replace: (origin, decide) =>
      guarded(() =>
        database
          .transaction(() => {
            const { note, result } = decide(lastOf(origin));
            if (note !== null) write.run(origin, note);
            return result;
          })
          // The lock is taken before the first read: a read that becomes a write later could have been overtaken.
          .immediate(),
      ),
    keepRefused: (origin, note, at) =>
      guarded(() => {
        if (Number(count.get(origin)) < limits.witnessRefusedKeptMax) refuse.run(origin, note, at);
      }),
    refused: (origin) =>
      guarded(() => database.prepare('SELECT note FROM refused WHERE origin = ? ORDER BY at, note').pluck().all(origin) as string[]),
    close: () => void database.close(),
  };
}
