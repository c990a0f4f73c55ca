import { canonicalJson, type JsonObject } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits, sortedBy } from '../../domain/shared/order.ts';
import type { ProjectionCheckpoint, ReadModels, RowChange } from '../../handlers/ports.ts';

interface Projection {
  readonly rows: Map<string, string>;
  readonly checkpoint: ProjectionCheckpoint;
}

/** Documents of projections in memory, held as text so that nobody shares an object with the store. */
export class MemoryReadModels implements ReadModels {
  readonly #projections = new Map<string, Projection>();

  async checkpoint(projection: string): Promise<ProjectionCheckpoint | null> {
    return this.#projections.get(projection)?.checkpoint ?? null;
  }

  async row(projection: string, key: string): Promise<JsonObject | null> {
    const text = this.#projections.get(projection)?.rows.get(wellFormed(key));
    return text === undefined ? null : (JSON.parse(text) as JsonObject);
  }

  async rows(projection: string, keyPrefix: string): Promise<readonly { readonly key: string; readonly value: JsonObject }[]> {
    const prefix = wellFormed(keyPrefix);
    const rows = [...(this.#projections.get(projection)?.rows ?? [])].filter(([key]) => key.startsWith(prefix));
    return sortedBy(rows, ([key]) => key).map(([key, text]) => ({ key, value: JSON.parse(text) as JsonObject }));
  }

  async commit(projection: string, changes: readonly RowChange[], checkpoint: ProjectionCheckpoint, expected: string | null): Promise<void> {
    const before = this.#projections.get(projection);
    const actual = before?.checkpoint.position ?? null;
    const rows = new Map(before?.rows);
    for (const { key, value } of changes) {
      wellFormed(key);
      if (value === null) rows.delete(key);
      else rows.set(key, canonicalJson(value));
    }
    if (actual !== expected) {
      throw new LedgerError('WrongExpectedRevision', `projection "${projection}" stands at ${actual ?? 'none'}, expected was ${expected ?? 'none'}`, {
        evidence: { projection, expected: expected ?? 'none', actual: actual ?? 'none' },
      });
    }
    this.#projections.set(projection, { rows, checkpoint: { ...checkpoint } });
  }

  async reset(projection: string): Promise<void> {
    this.#projections.delete(projection);
  }

  async projections(): Promise<readonly string[]> {
    return [...this.#projections.keys()].toSorted(byCodeUnits);
  }
}

function wellFormed(key: string): string {
  if (!key.isWellFormed()) throw new LedgerError('NotPlainJson', 'a row key with a lone surrogate', { evidence: { key } });
  return key;
}
