/** Where events, artifacts, read models and checkpoints are kept. */
import type { JsonObject } from '../../domain/shared/canonical-json.ts';

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

export interface AppendOptions {
  readonly expectedRevision: ExpectedRevision;
  /**
   * What the events refer to: there when they are. A file takes both in one transaction; a server one after the other, so that a refused
   * append may leave them behind, which does no harm.
   */
  readonly artifacts?: readonly Uint8Array[];
}

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
  /**
   * Which streams belong to the ledger, as its format names them; left out, those that this build knows. A store of its own holds no
   * others.
   */
  readonly streams?: readonly string[];
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
  append(stream: string, events: readonly EventToAppend[], options: AppendOptions): Promise<AppendResult>;
  /** A missing stream reads as an empty list. */
  readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]>;
  /** One page of domain events in global order. */
  readAll(options: ReadAllOptions): Promise<readonly StoredEvent[]>;
  /** Every event after a position, then each new one as it is appended, until the signal aborts. */
  subscribeAll(options: SubscribeOptions): AsyncIterable<StoredEvent>;
  /** Position of the newest domain event, null when empty. */
  head(): Promise<string | null>;
  /**
   * When the newest domain event was recorded, by its writer's clock, and when it was stored, by the server's: null for a store without a
   * clock of its own. Null when empty.
   */
  newest(): Promise<{ readonly recordedAt: string; readonly storedAt: string | null } | null>;
  comparePositions(left: string, right: string): number;
  close(): Promise<void>;
}

export interface ListArtifactsOptions {
  /** Exclusive; null starts at the lowest address. */
  readonly after: string | null;
  readonly limit: number;
}

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
  /** One page of the addresses stored, in ascending order. */
  list(options: ListArtifactsOptions): Promise<readonly string[]>;
}

/** Which fold made some rows. Two builds that fold one projection in two versions keep their rows side by side. */
export interface ProjectionId {
  readonly name: string;
  readonly version: number;
}

export interface KeyedRow {
  readonly key: string;
  readonly value: JsonObject;
}

/** One version of a row. */
export interface RowChange {
  readonly key: string;
  /** null deletes the row. */
  readonly value: JsonObject | null;
  /** Position of the event that changed the row. */
  readonly position: string;
}

export interface RowsQuery {
  /** Rows whose key starts with it. */
  readonly prefix: string;
  /** Least and greatest key, inclusive; null where the prefix alone is the bound. */
  readonly from: string | null;
  readonly to: string | null;
  /** Key of the last row of the page before, in the direction of reading; null for the first page. */
  readonly after: string | null;
  readonly limit: number;
  /** By key in code-unit order, or against it. */
  readonly direction: 'forwards' | 'backwards';
  /** The rows as they were when the event at this position had been folded; null: the newest. */
  readonly at: string | null;
}

export interface VersionsQuery {
  /** The last version of the page before; null for the first page. */
  readonly after: { readonly key: string; readonly position: string } | null;
  readonly limit: number;
}

/**
 * Rows of projections: documents with a key, each with its versions by position. The checkpoint of a projection is written in the
 * transaction of its rows. Every method concerns one version of one projection.
 */
export interface ReadModels {
  /** Position up to which the rows are folded; null when the projection never ran. */
  checkpoint(projection: ProjectionId): Promise<string | null>;
  /** `at`: as for `rows`. */
  row(projection: ProjectionId, key: string, at: string | null): Promise<JsonObject | null>;
  rows(projection: ProjectionId, query: RowsQuery): Promise<readonly KeyedRow[]>;
  /** Every version of every row, by key and then by position. */
  versions(projection: ProjectionId, query: VersionsQuery): Promise<readonly RowChange[]>;
  /**
   * Changes come in the order of their positions; the later of two of one row at one position counts. Refused with WrongExpectedRevision
   * when the stored checkpoint is not `expected`: another projector was faster.
   */
  commit(projection: ProjectionId, changes: readonly RowChange[], checkpoint: string, expected: string | null): Promise<void>;
  reset(projection: ProjectionId): Promise<void>;
  /** Everything that has rows or a checkpoint, by name in code-unit order and then by version. */
  projections(): Promise<readonly ProjectionId[]>;
}

export interface CheckpointRecord {
  readonly value: JsonObject;
  /** Counts the writes of this name, from 0. */
  readonly version: bigint;
}

/**
 * Small mutable records beside the events: where a relay stands and who holds its lease. No part of the ledger and never a leaf;
 * everything must come right again when one is lost.
 */
export interface Checkpoints {
  read(name: string): Promise<CheckpointRecord | null>;
  /** Compare and set. Errors: WrongExpectedRevision when somebody else has written since. */
  write(name: string, value: JsonObject, expected: 'none' | bigint): Promise<CheckpointRecord>;
  /** Everything that was written, in code-unit order, to be verified; left out where a store cannot list it. */
  names?(): Promise<readonly string[]>;
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

/** A fault of a store below the level of events: what the events say is verified from their bytes. */
export interface StorageFinding {
  readonly kind:
    | 'database_damaged'
    | 'schema_changed'
    | 'position_missing'
    | 'artifact_incomplete'
    | 'read_model_damaged'
    | 'checkpoint_damaged'
    | 'stream_cut';
  readonly detail: string;
}
