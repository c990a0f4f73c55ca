/** Time, ids, signatures, logs, metrics, and the machine itself. */
import type { UuidV5 } from '../../domain/run/derived-uuid.ts';
import type { Sha256, Sha256Hex } from '../../domain/shared/hashing.ts';

export interface Clock {
  /** UTC, milliseconds: `2026-11-21T08:00:00.000Z`. */
  now(): string;
}

/** The writer's clock, held against what else is known of the time. */
export interface LedgerTime {
  /** Before `now` is recorded. Errors: ClockAhead. */
  admit(now: string): Promise<void>;
  /** A jump that was admitted because somebody accepted it, once; null for none. */
  takeAccepted(): { readonly before: string; readonly after: string; readonly why: string } | null;
}

export interface Ids {
  readonly uuidV5: UuidV5;
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
  /** From the system's source of chance. */
  randomBytes(count: number): Uint8Array;
  newKeyPair(): { readonly privateSeed: Uint8Array; readonly publicKey: Uint8Array };
  publicKeyOf(privateSeed: Uint8Array): Uint8Array;
  /** AES-256-GCM under a key of 32 bytes: a nonce by chance (12 bytes), the ciphertext, the tag (16). `context` is bound to it. */
  seal(key: Uint8Array, bytes: Uint8Array, context: string): Uint8Array;
  /** Null when the key, the context or a bit of the bytes is another. */
  unseal(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array | null;
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

/** Every metric is listed in `handlers/runtime/observability/metrics.ts` with its kind, labels and meaning. */
export type MetricLabels = Readonly<Record<string, string>>;

export interface Metrics {
  count(name: string, by?: number, labels?: MetricLabels): void;
  set(name: string, value: number, labels?: MetricLabels): void;
  /** One measurement of a histogram, in the unit of its name. */
  observe(name: string, value: number, labels?: MetricLabels): void;
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

/** The process that works. */
export interface Runtime {
  /** Another name for every process, also for two that follow one another: who holds a lease. Never recorded in the ledger. */
  readonly processName: string;
}
