import type { Ports } from '../ports/ports.ts';

export interface ClearedCache {
  readonly folder: string | null;
  readonly answers: number;
  readonly bytes: number;
}

/** Removes every answer that was kept; nothing of the ledger. Errors: FileUnreadable. */
export async function clearCache({ cache }: Pick<Ports, 'cache'>): Promise<ClearedCache> {
  const { folder } = await cache.size();
  const { answers, bytes } = await cache.clear();
  return { folder, answers, bytes };
}
