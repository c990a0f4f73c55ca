/** Answers of computations, kept from one command to the next. */
import type { Recipe } from '../../domain/jobs/recipe.ts';

export type FoundAnswer =
  | { readonly kind: 'answer'; readonly answer: unknown; readonly recipe: Recipe }
  | { readonly kind: 'nothing' }
  /** What is kept there is not what was written. */
  | { readonly kind: 'damaged'; readonly why: string };

/** How answers of computations become bytes: NaN, -0, maps and columns of numbers come back as they were. */
export interface AnswerFormat {
  /** Bytes of one codec are read under the same one only. */
  readonly codec: string;
  bytesOf(key: string, recipe: Recipe, answer: unknown): Uint8Array;
  /** What the bytes hold, if they are those of this key and as they were written. */
  read(bytes: Uint8Array, key: string): FoundAnswer;
}

export interface KeptAnswer {
  readonly key: string;
  readonly job: string;
  readonly bytes: number;
}

export interface CacheSize {
  /** Where it stands; null where it ends with the process. */
  readonly folder: string | null;
  readonly answers: readonly KeptAnswer[];
  readonly tables: number;
  /** Of answers and tables. */
  readonly bytes: number;
  /** When there is more, what was not used for the longest time is dropped. */
  readonly bytesMax: number;
}

/**
 * No part of the ledger: everything in it can be computed again, and must come right when it is lost, damaged or another process writes the
 * same at the same time.
 */
export interface ResultCache {
  /** The build whose answers these are. */
  engine(): string;
  /** Errors: FileUnreadable, StoreIo. */
  read(job: string, key: string): Promise<FoundAnswer>;
  /** Whole or not at all; `tables` are the texts of its tables by their addresses. Errors: FileUnreadable, StoreFull, StoreIo. */
  write(key: string, recipe: Recipe, answer: unknown, tables: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** The text of a table; null when it is not there, or not the one of this address. */
  table(address: string): Promise<Uint8Array | null>;
  size(): Promise<CacheSize>;
  /** Removes what the cache has written, and nothing else. */
  clear(): Promise<Pick<CacheSize, 'bytes'> & { readonly answers: number }>;
}
