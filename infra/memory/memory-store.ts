import { MemoryArtifacts } from './artifacts.ts';
import { MemoryCheckpoints } from './checkpoints.ts';
import { type TruncatedStreams, MemoryEventStore } from './event-store.ts';
import { MemoryLetterKeys } from './letter-keys.ts';
import { MemoryReadModels } from './read-models.ts';
import { MemoryTokenUses } from './token-uses.ts';

export interface MemoryContents {
  /** Bytes by address. */
  readonly artifacts: Map<string, Uint8Array>;
  readonly cut: TruncatedStreams;
}

export interface MemoryStore {
  readonly store: MemoryEventStore;
  readonly artifacts: MemoryArtifacts;
  readonly readModels: MemoryReadModels;
  readonly checkpoints: MemoryCheckpoints;
  readonly letterKeys: MemoryLetterKeys;
  readonly tokenUses: MemoryTokenUses;
}

/**
 * A whole store in memory: the oracle of the tests, and the store of runs that record nothing. A caller that hands in its contents can
 * do to it what an operator of a shared server can do: damage an artifact, truncate a stream.
 */
export function createMemoryStore(held: MemoryContents = { artifacts: new Map(), cut: new Map() }): MemoryStore {
  const artifacts = new MemoryArtifacts(held.artifacts);
  return {
    store: new MemoryEventStore(artifacts, held.cut),
    artifacts,
    readModels: new MemoryReadModels(),
    checkpoints: new MemoryCheckpoints(),
    letterKeys: new MemoryLetterKeys(),
    tokenUses: new MemoryTokenUses(),
  };
}
