import { closeSync, openSync, readSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { LedgerError } from '../../domain/shared/errors.ts';
import { applicationId, beginsAsDatabase, databaseOfSideName } from '../../domain/shared/kept-files.ts';

/** `absent`: no file. `blank`: nothing in it yet. `ours`: a database that bears our application id. */
export type FileIdentity = 'absent' | 'blank' | 'ours';

const applicationIdOffset = 68;
const headerBytes = 100;

/**
 * Finds out whose file it is before anything could write to it. The header answers for a database at rest; one whose first
 * transaction still stands in its WAL is asked through a read-only connection.
 *
 * Errors: NotALedger; FileUnreadable.
 */
export function identifyFile(file: string): FileIdentity {
  const header = readHeader(file);
  if (header === null) return 'absent';
  if (header.length === 0) return 'blank';
  if (header.length < headerBytes || !beginsAsDatabase(header)) throw notALedger(file, 'it is no SQLite database');
  if (header.readUInt32BE(applicationIdOffset) === applicationId) return 'ours';
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 0 });
  try {
    const id = Number(database.pragma('application_id', { simple: true }));
    if (id === applicationId) return 'ours';
    const objects = Number(database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
    const version = Number(database.pragma('user_version', { simple: true }));
    if (id === 0 && version === 0 && objects === 0) return 'blank';
    throw notALedger(file, `it is a SQLite database of another program (application id ${id}, ${objects} tables and indexes)`);
  } finally {
    database.close();
  }
}

/**
 * Refuses a name for a new database that SQLite would read as the log of one that stands there. Errors: OutputProtected; FileUnreadable.
 */
export function refuseSideName(file: string): void {
  const database = databaseOfSideName(file);
  if (database === null || !(statSync(database, { throwIfNoEntry: false })?.isFile() ?? false)) return;
  if (beginsAsDatabase(readHeader(database)!))
    throw new LedgerError('OutputProtected', `${file} would be read as the log of the database ${database}: nothing is written there`, {
      evidence: { file, database },
      at: { file },
    });
}

/** The first 100 bytes, fewer when the file is shorter; null when there is no file. */
function readHeader(file: string): Buffer | null {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return null;
  if (!statSync(file).isFile()) throw notALedger(file, 'it is not a regular file');
  try {
    const descriptor = openSync(file, 'r');
    try {
      const header = Buffer.alloc(headerBytes);
      return header.subarray(0, readSync(descriptor, header, 0, headerBytes, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new LedgerError('FileUnreadable', `${file} cannot be read`, { evidence: { file, message: String(cause) }, at: { file }, cause });
  }
}

function notALedger(file: string, why: string): LedgerError {
  return new LedgerError('NotALedger', `${file} is not a ledger: ${why}`, { evidence: { file }, at: { file } });
}
