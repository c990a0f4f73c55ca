import { LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import type { Files } from '../../handlers/ports/ports.ts';
import { isServer } from '../../handlers/runtime/settings.ts';

/** Names of database files, without those that stand beside one (key, log, read models of a server). */
const database = /\.(?:sqlite3?|db)$/;

/** A missing ledger is most often a mistyped one: the ledgers beside it are named. Any other error stays as it is. */
export async function withLedgersBeside(error: unknown, files: Pick<Files, 'list'>): Promise<unknown> {
  if (!(error instanceof LedgerError) || error.code !== 'LedgerMissing') return error;
  const { file: store } = error.at;
  if (store === undefined || isServer(store)) return error;
  const folder = store.slice(0, store.lastIndexOf('/') + 1);
  const names = await files.list(folder === '' ? '.' : folder).catch(() => []);
  const beside = names.filter((name) => database.test(name) && `${folder}${name}` !== store).map((name) => `${folder}${name}`);
  return new LedgerError(error.code, `${error.message}${suggestion(store, beside)}`, {
    evidence: { ...error.evidence, beside },
    at: error.at,
  });
}
