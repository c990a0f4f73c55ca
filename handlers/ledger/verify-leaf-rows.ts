import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { LeafProjection } from '../../projections/projection.ts';
import { positionOfLeafRows } from '../read-models/projector.ts';
import type { Ports, RowChange } from '../ports/ports.ts';
import { leavesAfter } from '../read-models/leaves.ts';
import { RowDigest } from './row-digest.ts';

/**
 * Folds the leaves up to a position. Rows that the fold never reads again are given away at once, the others at the end; answers the last
 * position.
 */
export async function foldLeaves(
  ports: Ports,
  projection: LeafProjection,
  until: string,
  take: (key: string, value: JsonObject) => void,
): Promise<string | null> {
  const { crypto, store } = ports;
  const kept = new Map<string, JsonObject>();
  let reached: string | null = null;
  for await (const { id, stream, revision, position, recordedAt, bytes } of leavesAfter(store, null)) {
    if (store.comparePositions(position, until) > 0) break;
    const leaf = { id, stream, revision: Number(revision), position, recordedAt, hash: crypto.sha256Hex(bytes) };
    const read = projection.keysFor(leaf);
    for (const { key, value } of projection.apply(leaf, (name) => kept.get(name) ?? null, crypto.sha256)) {
      if (read.includes(key)) kept.set(key, value!);
      else take(key, value!);
    }
    reached = position;
  }
  for (const [key, value] of kept) take(key, value);
  return reached;
}

export interface ComparedRows {
  readonly same: boolean;
  /** Position of the last event folded. */
  readonly reached: string | null;
}

/** Whether the rows of a fold of leaves are those that a fresh fold gives, without holding either: there is one for each event. */
export async function compareLeafRows(
  ports: Ports,
  projection: LeafProjection,
  until: string,
  stored: AsyncIterable<RowChange>,
): Promise<ComparedRows> {
  const fresh = new RowDigest(ports.crypto.sha256);
  const reached = await foldLeaves(ports, projection, until, (key, value) => fresh.add(key, value));
  const found = new RowDigest(ports.crypto.sha256);
  let whole = true;
  for await (const { key, value, position } of stored) {
    if (value === null || position !== positionOfLeafRows) whole = false;
    else found.add(key, value);
  }
  return { same: whole && fresh.equals(found), reached };
}
