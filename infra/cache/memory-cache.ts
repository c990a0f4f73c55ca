import { createHash } from 'node:crypto';
import type { FoundAnswer, ResultCache } from '../../handlers/ports/ports.ts';
import { entryBytes, readEntry } from './entry.ts';

/** A cache that ends with the process, without a bound: for tests, and for what keeps nothing. */
export function createMemoryCache(engine: string): ResultCache {
  const answers = new Map<string, { readonly job: string; readonly bytes: Uint8Array }>();
  const tables = new Map<string, Uint8Array>();
  const sizeOf = (): number =>
    [...answers.values()].reduce((sum, { bytes }) => sum + bytes.length, 0) +
    [...tables.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  return {
    engine: () => engine,
    read: async (job, key): Promise<FoundAnswer> => {
      const kept = answers.get(key);
      return kept?.job === job ? readEntry(kept.bytes, key) : { kind: 'nothing' };
    },
    write: async (key, recipe, answer, texts) => {
      for (const [address, text] of texts) tables.set(address, Uint8Array.from(text));
      answers.set(key, { job: recipe.job, bytes: entryBytes(key, recipe, answer) });
    },
    table: async (address) => {
      const bytes = tables.get(address);
      return bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === address ? bytes : null;
    },
    size: async () => ({
      folder: null,
      answers: [...answers].map(([key, { job, bytes }]) => ({ key, job, bytes: bytes.length })),
      tables: tables.size,
      bytes: sizeOf(),
      bytesMax: Number.MAX_SAFE_INTEGER,
    }),
    clear: async () => {
      const removed = { answers: answers.size, bytes: sizeOf() };
      answers.clear();
      tables.clear();
      return removed;
    },
  };
}
