import { z } from 'zod';
import { identity, sha256Hex } from '../shared/fields.ts';
import { byCodeUnits } from '../shared/order.ts';
import type { Slice } from '../shared/slice.ts';

const useSchema = z.strictObject({
  job: z.string().min(1),
  /** Under which the answer was kept. */
  key: sha256Hex,
  /** Address of the table of returns that it rests on. */
  data: sha256Hex,
});

/** An answer that was taken from the cache. */
export type CacheUse = z.infer<typeof useSchema>;

/**
 * Which answers of a run were not computed for it. It says how a run came about and nothing about its numbers: replay and resumption
 * compare the facts without it.
 */
export const cacheUsedSchema = z.strictObject({ runId: identity, uses: z.array(useSchema).min(1) });
export type CacheUsed = z.infer<typeof cacheUsedSchema>;

/** What runs that are computed from cached jobs have in their streams beside their facts. */
export const cacheSlice = {
  CacheUsed: {
    version: 1,
    schema: cacheUsedSchema,
    stream: 'backtest-<runId> or tournament-<runId>',
    meaning: 'Which answers of a run were taken from the cache. Stands behind the facts, and replay leaves it out.',
  },
} as const satisfies Slice;

/** Each answer once, by its key, in whichever order workers asked for them; null where nothing came from the cache. */
export function cacheUsed(runId: string, uses: readonly CacheUse[]): CacheUsed | null {
  if (uses.length === 0) return null;
  const byKey = new Map(uses.map((use) => [use.key, use]));
  return { runId, uses: [...byKey.values()].toSorted((left, right) => byCodeUnits(left.key, right.key)) };
}

/** Whether an event is one of the facts by which a recorded run is compared: how it came about is none. */
export function isFactOfRun({ type }: { readonly type: string }): boolean {
  return type !== 'CacheUsed';
}
