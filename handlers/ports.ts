/**
 * What the application asks of the world. Adapters in `infra/` implement these types; handlers never see an adapter.
 */
import type { Holding } from '../domain/meta/trades.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import type { Code } from '../domain/shared/envelope.ts';
import type { Sha256, Sha256Hex } from '../domain/shared/hashing.ts';
import type { PriceTable, ReturnSeries } from '../domain/returns/series.ts';

// ---------------------------------------------------------------------------------------------- event store

export interface EventToAppend {
  readonly id: string;
  readonly type: string;
  readonly contentHash: string;
  readonly hash: string;
  readonly recordedAt: string;
  /** Canonical bytes of the envelope: stored as they are. */
  readonly bytes: Uint8Array;
}

export interface StoredEvent extends EventToAppend {
  readonly stream: string;
  readonly revision: bigint;
  /** The store's own place in global order: opaque, compared only with `comparePositions`. */
  readonly position: string;
}

export type ExpectedRevision = 'none' | bigint;

export interface AppendResult {
  /** The stored events: those just written, or on an idempotent answer those found. */
  readonly events: readonly StoredEvent[];
  /** True when the same events had been stored before. */
  readonly already: boolean;
}

export interface ReadStreamOptions {
  readonly from: bigint;
  readonly maxCount: number;
  readonly direction: 'forwards' | 'backwards';
}

export interface ReadAllOptions {
  /** Exclusive; null starts at the beginning. */
  readonly after: string | null;
  readonly maxCount: number;
  /** Only these event types; null for all. */
  readonly types: readonly string[] | null;
}

export interface SubscribeOptions {
  readonly after: string | null;
  readonly types: readonly string[] | null;
  readonly signal: AbortSignal;
}

/** The log. Every adapter follows the decision table of the contract suite (`test/contract/event-store.contract.ts`). */
export interface EventStore {
  /**
   * Appends atomically. Errors: WrongExpectedRevision (evidence `expected`, `actual`), EventContentConflict,
   * StreamTruncated, StreamDeleted, AppendRefused, LimitExceeded, StoreBusy, StoreFull, StoreIo, StoreUnavailable.
   */
  append(stream: string, events: readonly EventToAppend[], options: { readonly expectedRevision: ExpectedRevision }): Promise<AppendResult>;
  /** A missing stream reads as an empty list. */
  readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]>;
  /** One page of domain events in global order. */
  readAll(options: ReadAllOptions): Promise<readonly StoredEvent[]>;
  /** Every event after a position, then each new one as it is appended, until the signal aborts. */
  subscribeAll(options: SubscribeOptions): AsyncIterable<StoredEvent>;
  /** Position of the newest domain event, null when empty. */
  head(): Promise<string | null>;
  comparePositions(left: string, right: string): number;
  close(): Promise<void>;
}

// ------------------------------------------------------------------------------------------------ artifacts

export interface ArtifactInfo {
  readonly sha256: string;
  readonly bytes: number;
}

/** Content-addressed bytes beside the events. */
export interface Artifacts {
  /** Idempotent: the same bytes are stored once. */
  put(bytes: Uint8Array): Promise<ArtifactInfo>;
  /** Errors: ArtifactMissing; ArtifactDamaged when the bytes no longer match the address. */
  get(sha256: string): Promise<Uint8Array>;
  /** Several at once, in one transaction where the store has them: all or none. */
  putAll(contents: readonly Uint8Array[]): Promise<readonly ArtifactInfo[]>;
  has(sha256: string): Promise<boolean>;
  /** Every address stored, in ascending order. */
  list(): Promise<readonly string[]>;
}

// ---------------------------------------------------------------------------------------------- read models

export interface RowChange {
  readonly key: string;
  /** null deletes the row. */
  readonly value: JsonObject | null;
}

export interface ProjectionCheckpoint {
  readonly position: string;
  readonly projectionVersion: number;
}

/** Rows of projections, keyed documents; the checkpoint of a projection is written in the transaction of its rows. */
export interface ReadModels {
  checkpoint(projection: string): Promise<ProjectionCheckpoint | null>;
  row(projection: string, key: string): Promise<JsonObject | null>;
  /** Rows whose key starts with the prefix, by key in code-unit order. */
  rows(projection: string, keyPrefix: string): Promise<readonly { readonly key: string; readonly value: JsonObject }[]>;
  /** Refused with WrongExpectedRevision when the stored checkpoint is not `expected`: another projector was faster. */
  commit(projection: string, changes: readonly RowChange[], checkpoint: ProjectionCheckpoint, expected: string | null): Promise<void>;
  reset(projection: string): Promise<void>;
  /** Every projection that has rows or a checkpoint, in code-unit order. */
  projections(): Promise<readonly string[]>;
}

// ---------------------------------------------------------------------------------- checkpoints and deliveries

export interface CheckpointRecord {
  readonly value: JsonObject;
  /** Counts the writes of this name, from 0. */
  readonly version: bigint;
}

/**
 * Small mutable records beside the events: where a relay stands and who holds its lease. No part of the ledger: never a leaf, never
 * verified, and everything must come right again when one is lost.
 */
export interface Checkpoints {
  read(name: string): Promise<CheckpointRecord | null>;
  /** Compare and set. Errors: WrongExpectedRevision when somebody else has written since. */
  write(name: string, value: JsonObject, expected: 'none' | bigint): Promise<CheckpointRecord>;
}

export interface Delivery {
  readonly event: StoredEvent;
  /** The event was dealt with: it isn't delivered again. */
  settle(): Promise<void>;
  /** It was not: it is delivered again, to this member or another. */
  retry(why: string): Promise<void>;
}

export interface DeliveryOptions {
  readonly types: readonly string[];
  readonly signal: AbortSignal;
}

/** Deliveries of one member, to be iterated over once. Leaving the iteration, or aborting, hands what is not settled to the others. */
export interface Membership extends AsyncIterable<Delivery> {
  /** Resolves once the group stands: no event appended from then on is missed. Errors: StoreUnavailable. */
  readonly joined: Promise<void>;
}

/** Members of a group that share the work of reacting to events. */
export interface Deliveries {
  /**
   * Each event appended after the group began goes to one member and, until it is settled, at least once; a member that dies loses nothing.
   * A store without groups (one file) gives every event since the call to every member: reactions are idempotent either way. What was
   * appended before is nobody's delivery: whoever joins looks at the store once, after `joined`.
   */
  join(group: string, options: DeliveryOptions): Membership;
}

// --------------------------------------------------------------------------------------------------- messages

export interface ReceivedMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** By name; a repeated header keeps its last value. */
  readonly headers: Readonly<Record<string, Uint8Array>>;
  /** When the broker took it, milliseconds since 1970. */
  readonly brokerTimeMs: number;
}

export interface MessageToSend {
  readonly key: string | null;
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MessageSink {
  /** Resolves when all in-sync replicas have the messages, in the order given within a key. Errors: BrokerUnavailable, BrokerRefused, TopicMissing. */
  send(topic: string, messages: readonly MessageToSend[]): Promise<void>;
  close(): Promise<void>;
}

export interface ConsumeOptions {
  readonly topic: string;
  readonly group: string;
  readonly signal: AbortSignal;
  /**
   * Called for the messages of a partition one after the other; offset + 1 is committed after it resolves. `beat` keeps the membership
   * during long work. A rejection ends the consumption without the commit.
   */
  readonly handle: (message: ReceivedMessage, beat: () => Promise<void>) => Promise<void>;
  /** Messages behind the end of each partition, told after each batch. */
  readonly onLag?: (partition: number, messages: number) => void;
}

export interface MessageSource {
  /** Resolves when the signal aborts and what was under way is committed. Errors: BrokerUnavailable, BrokerRefused, TopicMissing: the end of the process. */
  consume(options: ConsumeOptions): Promise<void>;
}

export interface TopicToEnsure {
  readonly topic: string;
  readonly partitions: number;
  readonly replicas: number;
  readonly messageBytesMax: number;
}

export interface MessageBroker {
  readonly source: MessageSource;
  readonly sink: MessageSink;
  /** Makes the topics that are missing; leaves the others as they are. */
  ensureTopics(topics: readonly TopicToEnsure[]): Promise<void>;
  close(): Promise<void>;
}

/** A fault of a store below the level of events: what the events say is verified from their bytes. */
export interface StorageFinding {
  readonly kind: 'database_damaged' | 'schema_changed' | 'position_missing' | 'artifact_incomplete' | 'read_model_damaged' | 'stream_cut';
  readonly detail: string;
}

// --------------------------------------------------------------------------------------------------- inputs

export interface PriceFile {
  /** As given by the user, for messages. */
  readonly file: string;
  /** SHA-256 of the file's raw bytes. */
  readonly sha256: string;
  readonly table: PriceTable;
  /** Line of the file on which row `rowIndex` of the *table* stands (1-based, CSV); null for parquet. */
  readonly lineOfRow: ((rowIndex: number) => number) | null;
  /** What the file's own text did wrong (duplicate or unsorted dates), kept for the integrity audit. */
  readonly defects: readonly { readonly kind: 'duplicate_date' | 'unsorted_date'; readonly line: number | null; readonly date: string }[];
}

export interface PriceSource {
  /** Reads a CSV or parquet file of daily closes. Errors: FileMissing, PriceFileUnreadable (with file, line, column). */
  readPrices(file: string): Promise<PriceFile>;
}

export interface ReturnsFile {
  readonly file: string;
  readonly sha256: string;
  readonly series: ReturnSeries;
  readonly format: 'pickle' | 'parquet' | 'csv';
}

/** Bytes of a return file as one series; `file` is named in refusals. Pure. Errors: ReturnsFileUnreadable, PickleRefused, LimitExceeded. */
export type ReturnsParser = (bytes: Uint8Array, file: string) => ReturnSeries;

/** By format: an import reads files with them, replay the same bytes kept as artifacts. */
export type ReturnsParsers = Readonly<Record<ReturnsFile['format'], ReturnsParser>>;

/** Bytes of a holdings file; `file` is named in refusals. Pure. Errors: HoldingsInvalid, LimitExceeded. */
export type HoldingsParser = (bytes: Uint8Array, file: string) => readonly Holding[];

export interface RunDirectoryEntry {
  /** Path relative to the root, `/` separated. */
  readonly path: string;
  readonly bytes: number;
}

/** A directory that is only ever read inside its own root. */
export interface RunDirectory {
  readonly root: string;
  list(): Promise<readonly RunDirectoryEntry[]>;
  /** Errors: PathOutsideRoot, FileMissing, LimitExceeded. */
  readBytes(path: string): Promise<Uint8Array>;
  readReturns(path: string): Promise<ReturnsFile>;
}

/** A directory that may hold a run. */
export interface RunDirectoryCandidate {
  readonly name: string;
  /** Another one once the directory was replaced, or something directly in it added or taken away. */
  readonly mark: string;
}

export interface RunDirectories {
  open(root: string): Promise<RunDirectory>;
  /** Opens one directly below a folder, unless a link stands in its place. Errors: PathOutsideRoot and those of `open`. */
  openBelow(folder: string, name: string): Promise<RunDirectory>;
  /** Directories directly below a folder, in code-unit order of their names; links and hidden ones are left out. Errors: FileMissing, LimitExceeded. */
  below(folder: string): Promise<readonly RunDirectoryCandidate[]>;
}

export interface TableColumn {
  readonly name: string;
  readonly values: Float64Array;
}

/** Tables of dated numbers as files. */
export interface TableFiles {
  /** Format by extension, `.csv` or `.parquet`; written beside and renamed. */
  writeTable(file: string, dates: readonly string[], columns: readonly TableColumn[]): Promise<{ readonly sha256: string }>;
}

export interface Files {
  readText(file: string): Promise<string>;
  readBytes(file: string): Promise<Uint8Array>;
  /** A file too large to hold, piece by piece. Errors: FileMissing, FileUnreadable, LimitExceeded when it has more than `bytesMax`. */
  readPieces(file: string, bytesMax: number): AsyncIterable<Uint8Array>;
  exists(file: string): Promise<boolean>;
  list(directory: string): Promise<readonly string[]>;
  /** With every folder above it; one that is there is left as it is. */
  makeFolder(directory: string): Promise<void>;
  /** Names the disk that holds a file or folder. */
  volumeOf(path: string): Promise<string>;
  /** Whole or not at all: written to a sibling, flushed, renamed. `mode` as in chmod; `keepExisting` leaves a file that is there, or appears meanwhile, as it is. */
  writeWhole(file: string, content: string | Uint8Array | AsyncIterable<Uint8Array>, options?: { readonly mode?: number; readonly keepExisting?: boolean }): Promise<void>;
}

/** Files that come with the program, by their path in the package. Errors: FileMissing. */
export interface PackageFiles {
  read(path: string): Promise<Uint8Array>;
}

export interface ArchiveEntry {
  /** Relative, `/` separated. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** ZIP archives: the same entries give the same bytes on any day, in any zone. */
export interface Archives {
  /** One entry in memory at a time; paths must ascend in code-unit order. */
  zip(entries: AsyncIterable<ArchiveEntry>): AsyncIterable<Uint8Array>;
}

// --------------------------------------------------------------------------------------------------- charts

export interface ChartFrame {
  /** Prefix of every id in the drawing, so that several stand in one page. */
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface LineChart extends ChartFrame {
  /** Categories of the horizontal axis, one per value. */
  readonly dates: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[]; readonly emphasised: boolean }[];
}

/** Horizontal bars stacked along each category; values are decimal fractions, shown as percent. */
export interface BarChart extends ChartFrame {
  readonly categories: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/**
 * Drawings as inline SVG: no script, no style element, no external reference, and the same bytes for the same input. Colours are custom
 * properties of the page: `--chart-ink`, `--chart-rule` and, for the series in order, `--chart-1` to `--chart-8`.
 */
export interface Charts {
  lineChart(chart: LineChart): Promise<string>;
  barChart(chart: BarChart): Promise<string>;
}

// ------------------------------------------------------------------------------------- time, ids, signatures

export interface Clock {
  /** UTC, milliseconds: `2026-11-21T08:00:00.000Z`. */
  now(): string;
}

export interface Ids {
  /** RFC 9562 UUID version 5. */
  uuidV5(name: string, namespace: string): string;
}

export interface RunningSha256 {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

export interface Crypto {
  readonly sha256: Sha256;
  readonly sha256Hex: Sha256Hex;
  /** SHA-256 of bytes that arrive in pieces. */
  runningSha256(): RunningSha256;
  /** Ed25519, RFC 8032: 64 bytes. */
  sign(privateSeed: Uint8Array, message: Uint8Array): Uint8Array;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  newKeyPair(): { readonly privateSeed: Uint8Array; readonly publicKey: Uint8Array };
  publicKeyOf(privateSeed: Uint8Array): Uint8Array;
}

export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly meaning: string;
  /** By label the values it may take; null where they come from the installation (partitions, projections). */
  readonly labels: Readonly<Record<string, readonly string[] | null>>;
  /** Upper bounds of a histogram's buckets, ascending, in the unit of its name. */
  readonly buckets?: readonly number[];
}

/** Every metric is listed in `handlers/metrics.ts` with its kind, labels and meaning. */
export type MetricLabels = Readonly<Record<string, string>>;

export interface Metrics {
  count(name: string, by?: number, labels?: MetricLabels): void;
  set(name: string, value: number, labels?: MetricLabels): void;
  /** One measurement of a histogram, in the unit of its name. */
  observe(name: string, value: number, labels?: MetricLabels): void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Answered to GET and HEAD; another method is refused before its body is read. */
export interface HttpRoute {
  readonly path: string;
  readonly answer: () => Promise<HttpAnswer>;
}

export interface SpanOptions {
  /** 32 hexadecimal digits derived from the fact worked on, so that the steps of its way meet in one trace without carrying anything. */
  readonly traceId: string;
  /** W3C `traceparent` that a message brought: linked. */
  readonly link?: string | undefined;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

export interface Tracer {
  span<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Shown on a terminal only. */
export interface Progress {
  start(label: string, total: number): void;
  advance(done: number): void;
  stop(): void;
}

/** What the program runs on. */
export interface Runtime {
  readonly name: string;
  readonly version: string;
  readonly needs: string;
  readonly supported: boolean;
  /** Another name for every process, also for two that follow one another: who holds a lease. Never recorded in the ledger. */
  readonly processName: string;
}

/** Everything a handler may ask for. */
export interface Ports {
  readonly store: EventStore;
  readonly artifacts: Artifacts;
  readonly readModels: ReadModels;
  readonly checkpoints: Checkpoints;
  readonly deliveries: Deliveries;
  readonly prices: PriceSource;
  readonly runDirectories: RunDirectories;
  readonly returnsParsers: ReturnsParsers;
  readonly parseHoldings: HoldingsParser;
  readonly tables: TableFiles;
  readonly files: Files;
  readonly packageFiles: PackageFiles;
  readonly archives: Archives;
  readonly charts: Charts;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly progress: Progress;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  readonly code: Code;
  readonly runtime: Runtime;
}
