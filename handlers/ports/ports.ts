/**
 * What handlers ask of the world. Adapters in `infra/` implement these types; handlers never see an adapter.
 */
import type { Code } from '../../domain/shared/envelope.ts';
import type { Artifacts, Checkpoints, Deliveries, EventStore, ReadModels } from './store.ts';
import type {
  Archives,
  Files,
  PackageFiles,
  PriceSource,
  ReturnsParsers,
  RunDirectories,
  ScannerFiles,
  ScanServer,
  SymbolFiles,
  TableFiles,
} from './inputs.ts';
import type { LetterKeys } from './letter-keys.ts';
import type { AnswerFormat, ResultCache } from './cache.ts';
import type { Compute } from './compute.ts';
import type { Clock, Crypto, Ids, LedgerTime, Log, Metrics, Progress, Runtime, Tracer } from './machine.ts';
import type { TokenUses } from './token-uses.ts';
import type { WorkerProbe } from './workers.ts';
import type { OpenWitness, OpenWitnessMemory } from './witness.ts';

export type * from './cache.ts';
export type * from './compute.ts';
export type * from './identity-provider.ts';
export type * from './inputs.ts';
export type * from './letter-keys.ts';
export type * from './machine.ts';
export type * from './messages.ts';
export type * from './store.ts';
export type * from './token-uses.ts';
export type * from './witness.ts';
export type * from './workers.ts';

/** A store that ends with the process: for runs that are recomputed from somewhere else than a ledger. */
export interface TemporaryStore {
  readonly store: EventStore;
  readonly artifacts: Artifacts;
  readonly readModels: ReadModels;
  readonly checkpoints: Checkpoints;
  readonly letterKeys: LetterKeys;
}

/** Everything a handler may ask for. */
export interface Ports {
  readonly store: EventStore;
  readonly artifacts: Artifacts;
  readonly readModels: ReadModels;
  readonly checkpoints: Checkpoints;
  readonly deliveries: Deliveries;
  readonly letterKeys: LetterKeys;
  readonly tokenUses: TokenUses;
  readonly prices: PriceSource;
  readonly symbolFiles: SymbolFiles;
  readonly runDirectories: RunDirectories;
  readonly returnsParsers: ReturnsParsers;
  readonly tables: TableFiles;
  readonly scannerFiles: ScannerFiles;
  readonly scanServer: ScanServer;
  readonly workerProbe: WorkerProbe;
  readonly files: Files;
  readonly packageFiles: PackageFiles;
  readonly archives: Archives;
  readonly cache: ResultCache;
  readonly answerFormat: AnswerFormat;
  readonly compute: Compute;
  readonly clock: Clock;
  /** Left out where nothing is recorded, or in a store that ends with the process. */
  readonly time?: LedgerTime;
  readonly ids: Ids;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly progress: Progress;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  readonly code: Code;
  readonly runtime: Runtime;
  readonly temporaryStore: () => Promise<TemporaryStore>;
  readonly witnessAt: OpenWitness;
  readonly witnessMemory: OpenWitnessMemory;
}
