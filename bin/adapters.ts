import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Tools } from '../presentation/cli/verb.ts';
import type { OpenStore, StoreMode } from '../handlers/runtime/open-store.ts';
import type { PresentationPorts } from '../presentation/ports/ports.ts';
import type { Compute, EventStore, KeptPlaces, Log, MessageBroker, ReadModels, ResultCache } from '../handlers/ports/ports.ts';
import type { JobTools } from '../domain/jobs/job.ts';
import { jobs } from '../domain/jobs/jobs.ts';
import { LedgerError } from '../domain/shared/errors.ts';
import { limits } from '../domain/shared/limits.ts';
import { ledgerStream } from '../domain/shared/ledger-stream.ts';
import { keptPlaces } from '../handlers/ledger/witness-folder.ts';
import { besideStore, cacheFolder, isServer, letterKeyFileOf, type Settings } from '../handlers/runtime/settings.ts';
import { createDeliveries } from '../handlers/runtime/deliveries.ts';
import { once, type Patience } from '../handlers/runtime/outage.ts';
import { silentMetrics, silentTracer } from '../handlers/runtime/observability/telemetry.ts';
import { answerFormat } from '../infra/cache/entry.ts';
import { createFolderCache } from '../infra/cache/folder-cache.ts';
import { createMemoryCache } from '../infra/cache/memory-cache.ts';
import { createCharts } from '../infra/charts/echarts.ts';
import { createNodeCrypto } from '../infra/crypto/node-crypto.ts';
import { formatCsvTable } from '../infra/csv/csv-table.ts';
import { isEventStoreDbLocation, parseConnectionString } from '../infra/eventstoredb/connection-string.ts';
import { createFiles, type StandardOutput } from '../infra/files/node-files.ts';
import { createPriceSource } from '../infra/files/price-source.ts';
import { createRunDirectories } from '../infra/files/run-directories.ts';
import { createSymbolFiles } from '../infra/files/symbol-files.ts';
import { createTableFiles, type TableFormatter } from '../infra/files/table-files.ts';
import { parseKafkaConnection } from '../infra/kafka/connection-string.ts';
import { noLetterKeys } from '../infra/memory/letter-keys.ts';
import { createMemoryStore } from '../infra/memory/memory-store.ts';
import { formatParquetTable } from '../infra/parquet/parquet-table.ts';
import { createScannerFiles } from '../infra/scanners/scanner-files.ts';
import { createScanServer } from '../infra/scanners/scan-server.ts';
import { SqliteLetterKeys } from '../infra/sqlite/letter-keys.ts';
import { openSqlite, type SqliteLedger } from '../infra/sqlite/open.ts';
import { isWritable } from '../infra/sqlite/unwritable.ts';
import { systemClock } from '../infra/system/clock.ts';
import { codeInForce } from '../infra/system/code.ts';
import { engineInForce } from '../infra/system/engine.ts';
import { uuidIds } from '../infra/system/ids.ts';
import { createLog } from '../infra/system/log.ts';
import { packageFiles } from '../infra/system/package-files.ts';
import { createProgress } from '../infra/system/progress.ts';
import { nodePlatform, thisProcess } from '../infra/system/runtime.ts';
import type { AmbientTrace } from '../infra/tracing/ambient.ts';
import { createInProcessCompute } from '../infra/workers/in-process.ts';
import { createWorkerPool } from '../infra/workers/worker-pool.ts';
import { openWitness } from '../infra/witness/open-witness.ts';
import { openWitnessMemory } from '../infra/witness/witness-memory.ts';
import { deterministicZip } from '../infra/zip/deterministic-zip.ts';
import { holdings, metadataParsers, namedTables, priceParsers, returnsParsers } from './file-readers.ts';
import { workerEntries } from './worker-entries.ts';

export { readSettingsFile } from '../infra/config/settings-file.ts';
export { stopReading } from './file-readers.ts';

/** Threads are one fewer than the machine has cores: the last is for the thread that answers. */
export function workersOfMachine(): number {
  return Math.max(1, availableParallelism() - 1);
}

function createCompute(workers: number, tools: JobTools, log: Log): Compute {
  if (workers === 0) return createInProcessCompute(jobs, tools);
  return createWorkerPool({ ...workerEntries.computeJobs, threads: workers, log });
}

function createCache(folder: string | undefined): ResultCache {
  if (folder === undefined) return createMemoryCache('none');
  return createFolderCache({ folder, bytesMax: limits.cacheBytesMax, engine: engineInForce, clock: systemClock });
}

/** The library of this format takes time to load, and few verbs want it. */
const formatArrowTable: TableFormatter = async (...table) => (await import('../infra/arrow/arrow-table.ts')).formatArrowTable(...table);

/** Every adapter that handlers need, except the store. */
export function createTools(options: {
  readonly logLevel: string;
  readonly isTerminal: boolean;
  readonly ambient?: AmbientTrace;
  /** Threads that compute; left out, or 0: this one. */
  readonly workers?: number;
  /** Folder of answers that were computed before; left out, they end with the process. */
  readonly cacheFolder?: string;
  /** Where the file `-` goes; left out, it is a file like any other. */
  readonly standardOutput?: StandardOutput;
  /** Whether a file that is there is replaced; left out, it is refused. */
  readonly overwrite?: boolean;
  /** What belongs to the ledger and is never written over. */
  readonly kept?: KeptPlaces;
}): Tools {
  const files = createFiles(options.standardOutput ?? null, {
    replaces: options.overwrite ?? false,
    kept: options.kept ?? { files: [], folders: [] },
  });
  const crypto = createNodeCrypto();
  const log = createLog(options.logLevel, options.isTerminal, process.stderr, options.ambient?.fields);
  return {
    prices: createPriceSource(priceParsers),
    symbolFiles: createSymbolFiles(metadataParsers),
    runDirectories: createRunDirectories(returnsParsers),
    returnsParsers,
    tables: createTableFiles({ csv: formatCsvTable, parquet: formatParquetTable, arrow: formatArrowTable }, files),
    scannerFiles: createScannerFiles(files),
    scanServer: createScanServer(),
    files,
    packageFiles,
    archives: deterministicZip,
    clock: systemClock,
    ids: uuidIds,
    cache: createCache(options.cacheFolder),
    answerFormat,
    compute: createCompute(options.workers ?? 0, { sha256: crypto.sha256 }, log),
    crypto,
    log,
    progress: createProgress(options.isTerminal),
    metrics: silentMetrics,
    tracer: silentTracer,
    code: codeInForce(),
    runtime: thisProcess,
    letterKeys: noLetterKeys,
    temporaryStore: () => createMemoryStore(),
    witnessAt: openWitness,
    witnessMemory: openWitnessMemory,
  };
}

/** The same for a command line with these settings: with the threads of the machine, and what belongs to the ledger protected. */
export function createToolsOf(
  settings: Settings,
  given: Pick<Parameters<typeof createTools>[0], 'isTerminal' | 'ambient' | 'standardOutput' | 'overwrite'>,
): Tools {
  return createTools({
    ...given,
    logLevel: settings.logLevel,
    kept: keptPlaces(settings),
    workers: settings.workers ?? workersOfMachine(),
    cacheFolder: cacheFolder(settings),
  });
}

/** What presentation asks of the world beside the tools of the handlers. */
export function createPresentationPorts(): PresentationPorts {
  return { charts: createCharts(), holdings, namedTables, platform: nodePlatform() };
}

/** Beside the store and its signing key, and in no backup of either. */
function letterKeysOf(location: string, mode: StoreMode): SqliteLetterKeys {
  return new SqliteLetterKeys(letterKeyFileOf(location), { readonly: mode === 'inspect' });
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
    letterKeys: letterKeysOf(location, mode),
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

let loading: Promise<typeof import('../infra/eventstoredb/open.ts')> | null = null;

/** The adapter of servers. Its client takes time and memory to load, and a ledger in a file needs neither. */
export function eventStoreDb(): NonNullable<typeof loading> {
  return (loading ??= import('../infra/eventstoredb/open.ts'));
}

/** Events and artifacts on the server, read models in a file of this node: one that was folded from another ledger is emptied. */
async function openServer(location: string, mode: StoreMode, log: Log | undefined, patience: Patience): Promise<OpenStore> {
  const settings = parseConnectionString(location);
  const file = settings.readModels ?? `${besideStore(location)}.readmodels.sqlite`;
  const local: { open?: SqliteLedger } = {};
  const { openEventStoreDb } = await eventStoreDb();
  const { truncatedStreams, ...onServer } = openEventStoreDb(settings, { log, onClose: () => local.open?.close() });
  const { store } = onServer;
  const letterKeys = letterKeysOf(location, mode);
  try {
    const ledgerId = await patience(() => ledgerIdOn(store));
    const cuts = mode === 'inspect' ? await truncatedStreams() : [];
    // Rows of a ledger that is only about to begin have no name to be kept under, and inspection makes no file.
    if (ledgerId === null || (mode === 'inspect' && !existsSync(file)))
      return { ...onServer, letterKeys, readModels: createMemoryStore().readModels, integrity: () => cuts };
    const readModelStamp = `ledger ${ledgerId} at ${settings.shown}`;
    const readModels = openSqlite(file, { access: mode === 'inspect' ? 'read' : 'write', create: true, readModelStamp });
    local.open = readModels;
    return { ...onServer, letterKeys, readModels: readModels.readModels, integrity: () => [...cuts, ...readModels.integrity()] };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Connects to the brokers of a `kafka://` connection string. Errors: ConfigInvalid, BrokerUnavailable, BrokerRefused. */
export async function openBroker(connection: string, log: Log): Promise<MessageBroker> {
  const settings = parseKafkaConnection(connection);
  // The client takes time to load, and few verbs want it.
  return (await import('../infra/kafka/open.ts')).openKafka(settings, { log });
}
