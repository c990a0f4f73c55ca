import { LedgerError } from '../../domain/shared/errors.ts';
import type { Connection } from './connection.ts';
import { rowNumber } from './event-rows.ts';
import { storeClosed, translated } from './failures.ts';

/** One row as it lies in the file. Numbers, as counting them is faster than comparing bigints. */
export interface ScannedEvent {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly recordedAt: string;
  readonly contentHash: string;
  readonly hash: string;
  readonly bytes: Uint8Array;
}

type ScannedRow = [number, string, number, string, string, string, string, string, Buffer];

const pageEvents = 1_000;

/**
 * Pages of raw rows after a position, at some 300,000 rows a second. Each page is a read of its own, so that a long scan
 * holds no lock and keeps no WAL from being reset; appends meanwhile come at the end.
 *
 * Errors: StoreIo on damaged pages or on a number that no writer of ours could have stored.
 */
export function* scanEvents(connection: Connection, after: string | null): Generator<readonly ScannedEvent[], void, undefined> {
  if (!connection.open) throw storeClosed(connection.file);
  const statement = connection.database
    .prepare(
      `SELECT position, stream, revision, id, type, recorded_at, lower(hex(content_hash)), lower(hex(hash)), bytes
       FROM events WHERE position > ? ORDER BY position LIMIT ${pageEvents}`,
    )
    .raw()
    .safeIntegers(false);
  let last = rowNumber(after);
  for (;;) {
    const rows = readPage(connection, () => statement.all(last) as ScannedRow[]);
    if (rows.length === 0) return;
    const page = rows.map(scanned);
    last = BigInt(page.at(-1)!.position);
    yield page;
  }
}

function readPage<T>(connection: Connection, read: () => T): T {
  if (!connection.open) throw storeClosed(connection.file);
  try {
    return read();
  } catch (error) {
    throw translated(error, connection.file);
  }
}

function scanned(row: ScannedRow): ScannedEvent {
  const [position, stream, revision, id, type, recordedAt, contentHash, hash, bytes] = row;
  if (!Number.isSafeInteger(position) || !Number.isSafeInteger(revision)) {
    throw new LedgerError('StoreIo', `position or revision beyond 2^53 in stream "${stream}"`, { evidence: { stream, position: String(position), revision: String(revision) } });
  }
  return { position, stream, revision, id, type, recordedAt, contentHash, hash, bytes };
}
