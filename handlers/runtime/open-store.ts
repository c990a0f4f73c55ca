import type { Artifacts, Checkpoints, Deliveries, EventStore, LetterKeys, ReadModels, StorageFinding, TokenUses } from '../ports/ports.ts';

/** `inspect` cannot write; `read` writes read models only; `write` creates the store when there is none. */
export type StoreMode = 'inspect' | 'read' | 'write';

/** A store as the composition root opens it. */
export interface OpenStore {
  readonly store: EventStore;
  readonly artifacts: Artifacts;
  readonly readModels: ReadModels;
  readonly checkpoints: Checkpoints;
  readonly deliveries: Deliveries;
  /** Beside the store, never inside it. */
  readonly letterKeys: LetterKeys;
  /** Beside the store as well. */
  readonly tokenUses: TokenUses;
  /** What is wrong below the level of events. */
  readonly integrity: () => readonly StorageFinding[];
  /**
   * Copies the store to a new file while it is in use; `accept` looks at the copy before it gets its name, and throws to have it
   * thrown away. Left out where a store is not a file. Errors: LedgerExists, FileMissing, StoreFull, StoreIo.
   */
  readonly backup?: (target: string, accept: (candidate: string) => Promise<void>) => Promise<{ readonly bytes: number }>;
  /** Keeps every writer out until the answer is called. Left out where a store has no such lock. Errors: StoreBusy, StoreIo. */
  readonly fence?: () => Promise<() => void>;
}
