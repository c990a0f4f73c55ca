import { LedgerError } from '../../domain/shared/errors.ts';

/**
 * SQLite's own result code of an error, null when it is none of SQLite's. Told by its shape: the native module keeps the
 * error class of whoever loaded it first, so `instanceof` fails for the second copy of the package in a process.
 */
export function sqliteCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : null;
}

/** Another connection holds a lock: worth another try. BUSY_SNAPSHOT cannot occur, as no read is ever upgraded. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED') || code === 'SQLITE_PROTOCOL');
}

/** After these the state of the file on disk is unknown; only a fresh open, which recovers the WAL, can tell. */
export function isDiskFailure(error: unknown): boolean {
  return sqliteCode(error)?.startsWith('SQLITE_IOERR') ?? false;
}

export function storeClosed(file: string): LedgerError {
  return new LedgerError('StoreUnavailable', `the store ${file} is closed`, { evidence: { file } });
}

/** SQLite's failure in the words of the registry; anything else passes unchanged. */
export function translated(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code === null) return error;
  const message = (error as { readonly message: string }).message;
  const detail = { evidence: { file, sqlite: code, message }, cause: error };
  if (code === 'SQLITE_FULL') return new LedgerError('StoreFull', `no space left for ${file}: nothing was written`, detail);
  if (isBusy(error)) return new LedgerError('StoreBusy', `another process holds ${file}`, detail);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new LedgerError('StoreIo', `${file} is damaged: ${message}`, detail);
  if (code.startsWith('SQLITE_READONLY')) return new LedgerError('StoreReadOnly', `${file} cannot be written here`, detail);
  if (code.startsWith('SQLITE_CONSTRAINT'))
    return new LedgerError('Internal', `the store's own bookkeeping of ${file} contradicts itself: ${message}`, detail);
  return new LedgerError('StoreIo', `${file} cannot be read or written: ${message}`, detail);
}
