import { availableParallelism } from 'node:os';
import type { JobTools } from '../domain/jobs/job.ts';
import type { TableFormat } from '../domain/shared/table-formats.ts';
import { limits } from '../domain/shared/limits.ts';
import { keptPlaces } from '../handlers/ledger/witness-folder.ts';
import type { Archives, Compute, Files, KeptPlaces, Log, MessageBroker, ResultCache } from '../handlers/ports/ports.ts';
import type { Tools } from '../handlers/runtime/opening.ts';
import { loadedOnce } from '../handlers/runtime/loaded-once.ts';
import type { OpenStore, StoreMode } from '../handlers/runtime/open-store.ts';
import type { Patience } from '../handlers/runtime/outage.ts';
import { cacheFolder, type Settings } from '../handlers/runtime/settings.ts';
import { silentMetrics, silentTracer } from '../handlers/runtime/observability/telemetry.ts';
import { answerFormat } from '../infra/cache/entry.ts';
import { createFolderCache } from '../infra/cache/folder-cache.ts';
import { createMemoryCache } from '../infra/cache/memory-cache.ts';
import { createNodeCrypto } from '../infra/crypto/node-crypto.ts';
import { makeFolders } from '../infra/files/make-folders.ts';
import { createFiles, type StandardOutput } from '../infra/files/node-files.ts';
import { formatJsonTable } from '../infra/files/json-table.ts';
import { createTableFiles, type TableFormatter } from '../infra/files/table-files.ts';
import { noLetterKeys } from '../infra/memory/letter-keys.ts';
import { MemoryTokenUses } from '../infra/memory/token-uses.ts';
import { createScanServer } from '../infra/scanners/scan-server.ts';
import { systemClock } from '../infra/system/clock.ts';
import { codeInForce } from '../infra/system/code.ts';
import { engineInForce } from '../infra/system/engine.ts';
import { uuidIds } from '../infra/system/ids.ts';
import { createLog } from '../infra/system/log.ts';
import { packageFiles } from '../infra/system/package-files.ts';
import { createProgress } from '../infra/system/progress.ts';
import { thisProcess } from '../infra/system/runtime.ts';
import type { AmbientTrace } from '../infra/tracing/ambient.ts';
import type { PresentationPorts } from '../presentation/ports/ports.ts';
import { lazily } from './lazily.ts';

export { readSettingsFile } from '../infra/config/settings-file.ts';

/** Threads are one fewer than the machine has cores: the last is for the thread that answers. */
export function workersOfMachine(): number {
  return Math.max(1, availableParallelism() - 1);
}

/** Code that few verbs want, and that takes time or memory to load. */
const code = {
  compute: loadedOnce(() => import('./compute.ts')),
  inputFiles: loadedOnce(() => import('./input-files.ts')),
  presentation: loadedOnce(() => import('./presentation-ports.ts')),
  stores: loadedOnce(() => import('./open-store.ts')),
  kafka: loadedOnce(() => import('../infra/kafka/open.ts')),
  csv: loadedOnce(() => import('../infra/csv/csv-table.ts')),
  parquet: loadedOnce(() => import('../infra/parquet/parquet-table.ts')),
  arrow: loadedOnce(() => import('../infra/arrow/arrow-table.ts')),
  zip: loadedOnce(() => import('../infra/zip/deterministic-zip.ts')),
  scanners: loadedOnce(() => import('../infra/scanners/scanner-files.ts')),
  memory: loadedOnce(() => import('../infra/memory/memory-store.ts')),
  witnesses: loadedOnce(() => import('../infra/witness/open-witness.ts')),
  witnessMemory: loadedOnce(() => import('../infra/witness/witness-memory.ts')),
  workerProbe: loadedOnce(() => import('../infra/http/worker-probe.ts')),
};

/** All of the mathematics, or the pool of threads, are loaded with the first computation. */
function createCompute(workers: number, tools: JobTools, log: Log): Compute {
  const computing = loadedOnce(async () => (await code.compute()).createCompute(workers, tools, log));
  let isUsed = false;
  return {
    parallelism: Math.max(1, workers),
    run: (...given) => {
      isUsed = true;
      return computing().then((compute) => compute.run(...given));
    },
    close: async () => {
      if (isUsed) await (await computing()).close();
    },
  };
}

function createCache(folder: string | undefined): ResultCache {
  if (folder === undefined) return createMemoryCache('none');
  return createFolderCache({ folder, bytesMax: limits.cacheBytesMax, engine: engineInForce, clock: systemClock, makeFolder: makeFolders });
}

const formatters: Readonly<Record<TableFormat, TableFormatter>> = {
  csv: async (...table) => (await code.csv()).formatCsvTable(...table),
  parquet: async (...table) => (await code.parquet()).formatParquetTable(...table),
  arrow: async (...table) => (await code.arrow()).formatArrowTable(...table),
  arrows: async (...table) => (await code.arrow()).formatArrowStream(...table),
  json: formatJsonTable,
};

/** Files, and tables that are written to them. */
export function filesAndTables(files: Files): Pick<Tools, 'files' | 'tables'> {
  return { files, tables: createTableFiles(formatters, files) };
}

const archives: Archives = {
  zip: async function* (entries) {
    yield* (await code.zip()).deterministicZip.zip(entries);
  },
  open: async (bytes) => (await code.zip()).deterministicZip.open(bytes),
};

let reading: Awaited<ReturnType<typeof code.inputFiles>> | null = null;
let isStopped = false;

async function inputFiles(): Promise<NonNullable<typeof reading>> {
  reading = await code.inputFiles();
  if (isStopped) reading.stopReading();
  return reading;
}

/** Whoever is interrupted waits for no file: a hostile one takes as long as it may. */
export function stopReading(): void {
  isStopped = true;
  reading?.stopReading();
}

/** Every adapter that handlers need, except the store. Those that few verbs use are loaded when they are called. */
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
    prices: lazily(async () => (await inputFiles()).prices, { readPrices: true }),
    symbolFiles: lazily(async () => (await inputFiles()).symbolFiles, { readMetadata: true }),
    runDirectories: lazily(async () => (await inputFiles()).runDirectories, { open: true, openBelow: true, below: true }),
    returnsParsers: lazily(async () => (await inputFiles()).returnsParsers, { csv: true, parquet: true, pickle: true }),
    scannerFiles: lazily(async () => (await code.scanners()).createScannerFiles(files), { readScanners: true }),
    scanServer: createScanServer(),
    workerProbe: lazily(async () => (await code.workerProbe()).createWorkerProbe(), { ask: true }),
    ...filesAndTables(files),
    packageFiles,
    archives,
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
    tokenUses: new MemoryTokenUses(),
    temporaryStore: async () => (await code.memory()).createMemoryStore(),
    witnessAt: (...given) => lazily(async () => (await code.witnesses()).openWitness(...given), { show: true, take: true }),
    witnessMemory: async (...given) => (await code.witnessMemory()).openWitnessMemory(...given),
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
export async function createPresentationPorts(): Promise<PresentationPorts> {
  return (await code.presentation()).createPresentationPorts();
}

/**
 * Opens a store by its location: `esdb://...` is an EventStoreDB server, anything else with `://` is refused, a path is a SQLite file.
 * `patience` says how long a server that is away is waited for.
 */
export async function openStore(location: string, mode: StoreMode, log?: Log, patience?: Patience): Promise<OpenStore> {
  return (await code.stores()).openStore(location, mode, log, patience);
}

/** Connects to the brokers of a `kafka://` connection string. Errors: ConfigInvalid, BrokerUnavailable, BrokerRefused. */
export async function openBroker(connection: string, log: Log): Promise<MessageBroker> {
  const { openKafka, parseKafkaConnection } = await code.kafka();
  return openKafka(parseKafkaConnection(connection), { log });
}
