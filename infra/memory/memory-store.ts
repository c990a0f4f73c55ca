import { MemoryArtifacts } from './artifacts.ts';
import { MemoryCheckpoints } from './checkpoints.ts';
import { MemoryEventStore } from './event-store.ts';
import { MemoryReadModels } from './read-models.ts';

export interface MemoryStore {
  readonly store: MemoryEventStore;
  readonly artifacts: MemoryArtifacts;
  readonly readModels: MemoryReadModels;
  readonly checkpoints: MemoryCheckpoints;
}

/** A whole store in memory: the oracle of the tests, and the store of runs that record nothing. */
export function createMemoryStore(): MemoryStore {
  const artifacts = new MemoryArtifacts();
  return { store: new MemoryEventStore(artifacts), artifacts, readModels: new MemoryReadModels(), checkpoints: new MemoryCheckpoints() };
}
