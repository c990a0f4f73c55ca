import { canonicalJson, type JsonObject } from '../../domain/shared/canonical-json.ts';
import { projectionMoved } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { positionOf, sortablePosition } from '../../domain/shared/sortable-position.ts';
import type { KeyedRow, ProjectionId, ReadModels, RowChange, RowsQuery, VersionsQuery } from '../../handlers/ports/ports.ts';

interface Version {
  /** Sortable. */
  readonly position: string;
  /** null where the row was deleted. */
  readonly text: string | null;
}

class Rows {
  readonly id: ProjectionId;
  checkpoint = '';
  /** Every key that ever had a row, ascending. */
  readonly keys: string[] = [];
  readonly versions = new Map<string, Version[]>();

  constructor(id: ProjectionId) {
    this.id = id;
  }

  /** Place of the first key at or after one. */
  placeOf(key: string): number {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  write(key: string, version: Version): void {
    const before = this.versions.get(key);
    if (before === undefined) {
      if (version.text === null) return;
      this.keys.splice(this.placeOf(key), 0, key);
      this.versions.set(key, [version]);
      return;
    }
    if (version.text === null && before.at(-1)!.text === null) return;
    if (before.at(-1)!.position === version.position) before.pop();
    before.push(version);
  }

  textAt(key: string, at: string | null): string | null {
    const versions = this.versions.get(key) ?? [];
    const found = at === null ? versions.at(-1) : versions.findLast(({ position }) => position <= at);
    return found?.text ?? null;
  }
}

const parsed = (text: string): JsonObject => JSON.parse(text) as JsonObject;

/** Documents of projections in memory, held as text so that nobody shares an object with the store. */
export class MemoryReadModels implements ReadModels {
  readonly #projections = new Map<string, Rows>();

  async checkpoint(id: ProjectionId): Promise<string | null> {
    return this.#of(id)?.checkpoint ?? null;
  }

  async row(id: ProjectionId, key: string, at: string | null): Promise<JsonObject | null> {
    const text = this.#of(id)?.textAt(wellFormed(key), at === null ? null : sortablePosition(at)) ?? null;
    return text === null ? null : parsed(text);
  }

  async rows(id: ProjectionId, { prefix, from, to, after, limit, direction, at }: RowsQuery): Promise<readonly KeyedRow[]> {
    for (const bound of [prefix, from, to, after]) if (bound !== null) wellFormed(bound);
    const rows = this.#of(id);
    if (rows === undefined) return [];
    const [backwards, position] = [direction === 'backwards', at === null ? null : sortablePosition(at)];
    const behind = (key: string): boolean => after === null || (backwards ? key < after : key > after);
    const inside = (key: string): boolean =>
      key.startsWith(prefix) && (from === null || key >= from) && (to === null || key <= to) && behind(key);
    const keys = rows.keys.slice(rows.placeOf(prefix)).filter(inside);
    const found: KeyedRow[] = [];
    for (const key of backwards ? keys.toReversed() : keys) {
      if (found.length === limit) break;
      const text = rows.textAt(key, position);
      if (text !== null) found.push({ key, value: parsed(text) });
    }
    return found;
  }

  async versions(id: ProjectionId, { after, limit }: VersionsQuery): Promise<readonly RowChange[]> {
    const rows = this.#of(id);
    const position = after === null ? '' : sortablePosition(after.position);
    const found: RowChange[] = [];
    for (const key of rows?.keys.slice(rows.placeOf(after?.key ?? '')) ?? []) {
      for (const version of rows!.versions.get(key)!) {
        if (found.length === limit) return found;
        if (key === after?.key && version.position <= position) continue;
        found.push({ key, value: version.text === null ? null : parsed(version.text), position: positionOf(version.position) });
      }
    }
    return found;
  }

  async commit(id: ProjectionId, changes: readonly RowChange[], checkpoint: string, expected: string | null): Promise<void> {
    const versions = changes.map(({ key, value, position }) => ({
      key: wellFormed(key),
      position: sortablePosition(position),
      text: value === null ? null : canonicalJson(value),
    }));
    const actual = this.#of(id)?.checkpoint ?? null;
    if (actual !== expected) throw projectionMoved(id.name, expected, actual);
    const rows = this.#of(id) ?? new Rows({ name: id.name, version: id.version });
    for (const { key, ...version } of versions) rows.write(key, version);
    rows.checkpoint = checkpoint;
    this.#projections.set(nameOf(id), rows);
  }

  async reset(id: ProjectionId): Promise<void> {
    this.#projections.delete(nameOf(id));
  }

  async projections(): Promise<readonly ProjectionId[]> {
    return [...this.#projections.values()]
      .map(({ id }) => id)
      .toSorted((left, right) => byCodeUnits(left.name, right.name) || left.version - right.version);
  }

  #of(id: ProjectionId): Rows | undefined {
    return this.#projections.get(nameOf(id));
  }
}

function nameOf({ name, version }: ProjectionId): string {
  return `${name}@${version}`;
}

function wellFormed(key: string): string {
  if (!key.isWellFormed()) throw new LedgerError('NotPlainJson', 'a row key with a lone surrogate', { evidence: { key } });
  return key;
}
