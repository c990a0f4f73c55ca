import { existsSync } from 'node:fs';
import type { EventStore, Log, ReadModels } from '../handlers/ports/ports.ts';
import { loadedOnce } from '../handlers/runtime/loaded-once.ts';
import type { OpenStore, StoreMode } from '../handlers/runtime/open-store.ts';
import { createDeliveries } from '../handlers/runtime/deliveries.ts';
import { once, type Patience } from '../handlers/runtime/outage.ts';
import { besideStore, isServer, letterKeyFileOf, tokenUseFileOf } from '../handlers/runtime/settings.ts';
import { LedgerError } from '../domain/shared/errors.ts';
import { ledgerStream } from '../domain/shared/ledger-stream.ts';
import { isEventStoreDbLocation, parseConnectionString } from '../infra/eventstoredb/connection-string.ts';
import { createMemoryStore } from '../infra/memory/memory-store.ts';
import { SqliteLetterKeys } from '../infra/sqlite/letter-keys.ts';
import { SqliteTokenUses } from '../infra/sqlite/token-uses.ts';
import { openSqlite, type SqliteLedger } from '../infra/sqlite/open.ts';
import { isWritable } from '../infra/sqlite/unwritable.ts';

/** Beside the store and its signing key, and in no backup of either. */
function filesBeside(location: string, mode: StoreMode): Pick<OpenStore, 'letterKeys' | 'tokenUses'> {
  return {
    letterKeys: new SqliteLetterKeys(letterKeyFileOf(location), { readonly: mode === 'inspect' }),
    tokenUses: new SqliteTokenUses(tokenUseFileOf(location)),
  };
}

/**
 * Opens a store by its location: `esdb://...` is an EventStoreDB server, anything else with `://` is refused, a path is a SQLite file.
 * `patience` says how long a server that is away is waited for.
 */
export async function openStore(location: string, mode: StoreMode, log?: Log, patience: Patience = once): Promise<OpenStore> {
  if (isEventStoreDbLocation(location)) return openServer(location, mode, log, patience);
  if (isServer(location))
    throw new LedgerError('ConfigInvalid', 'a store must be a file, or begin with esdb:// or esdb+discover://', { at: { path: 'store' } });
  const { ledger, readModels } = openFile(location, mode);
  if (ledger.isCopy) log?.warn({ store: location }, 'the store cannot be written here: a copy of it is read, as it stands now');
  return {
    store: ledger.store,
    artifacts: ledger.artifacts,
    readModels,
    checkpoints: ledger.checkpoints,
    deliveries: createDeliveries(ledger.store),
    ...filesBeside(location, mode),
    integrity: ledger.integrity,
    backup: ledger.backup,
    // Nobody writes to a copy, and who may not write has no lock.
    ...(ledger.isCopy || !isWritable(location) ? {} : { fence: ledger.fence }),
  };
}

/** A store that may not be written is asked all the same: its read models are folded in memory. */
function openFile(location: string, mode: StoreMode): { readonly ledger: SqliteLedger; readonly readModels: ReadModels } {
  try {
    const ledger = openSqlite(location, { access: mode === 'inspect' ? 'read' : 'write', create: mode === 'write' });
    return { ledger, readModels: ledger.readModels };
  } catch (error) {
    if (mode !== 'read' || !(error instanceof LedgerError) || error.code !== 'StoreReadOnly') throw error;
    const { readModels } = createMemoryStore();
    // Who asks for rows to be thrown away and folded again means those in the file.
    readModels.reset = async () => {
      throw error;
    };
    return { ledger: openSqlite(location, { access: 'read', create: false }), readModels };
  }
}

/** Which ledger a server holds: part of the stamp by which read models are known to be folded from it. */
async function ledgerIdOn(store: EventStore): Promise<string | null> {
  const [first] = await store.readStream(ledgerStream, { from: 0n, maxCount: 1, direction: 'forwards' });
  if (first === undefined) return null;
  // The first event may be damaged: saying so is the verification's part.
  return /"ledgerId":"([0-9a-f-]{36})"/.exec(Buffer.from(first.bytes).toString('utf8'))?.[1] ?? null;
}

/** The adapter of servers. Its client takes time and memory to load, and a ledger in a file needs neither. */
const eventStoreDb = loadedOnce(() => import('../infra/eventstoredb/open.ts'));

/** Events and artifacts on the server, read models in a file of this node: one that was folded from another ledger is emptied. */
async function openServer(location: string, mode: StoreMode, log: Log | undefined, patience: Patience): Promise<OpenStore> {
  const settings = parseConnectionString(location);
  const file = settings.readModels ?? `${besideStore(location)}.readmodels.sqlite`;
  const local: { open?: SqliteLedger } = {};
  const { openEventStoreDb } = await eventStoreDb();
  const { truncatedStreams, ...onServer } = openEventStoreDb(settings, { log, onClose: () => local.open?.close() });
  const { store } = onServer;
  const beside = filesBeside(location, mode);
  try {
    const ledgerId = await patience(() => ledgerIdOn(store));
    const cuts = mode === 'inspect' ? await truncatedStreams() : [];
    // Rows of a ledger that is only about to begin have no name to be kept under, and inspection makes no file.
    if (ledgerId === null || (mode === 'inspect' && !existsSync(file)))
      return { ...onServer, ...beside, readModels: createMemoryStore().readModels, integrity: () => cuts };
    const readModelStamp = `ledger ${ledgerId} at ${settings.shown}`;
    const readModels = openSqlite(file, { access: mode === 'inspect' ? 'read' : 'write', create: true, readModelStamp });
    local.open = readModels;
    return { ...onServer, ...beside, readModels: readModels.readModels, integrity: () => [...cuts, ...readModels.integrity()] };
  } catch (error) {
    await store.close();
    throw error;
  }
}
