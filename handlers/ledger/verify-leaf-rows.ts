import { canonicalJson, type JsonObject } from '../../domain/shared/canonical-json.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';
import type { LeafProjection } from '../../projections/projection.ts';
import { positionOfLeafRows } from '../read-models/projector.ts';
import type { Ports, RowChange } from '../ports/ports.ts';
import { leavesAfter } from '../read-models/leaves.ts';

const utf8 = new TextEncoder();

/** A digest of rows in whatever order they come: the sum of their hashes, word by word. */
class RowDigest {
  readonly #sha256: Sha256;
  readonly #sum = new Uint32Array(8);

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  add(key: string, value: JsonObject): void {
    const hash = this.#sha256(utf8.encode(`${canonicalJson(key)}${canonicalJson(value)}`));
    const words = new DataView(hash.buffer, hash.byteOffset, hash.byteLength);
    for (let word = 0; word < this.#sum.length; word++) this.#sum[word]! += words.getUint32(4 * word);
  }

  equals(other: RowDigest): boolean {
    return this.#sum.every((word, index) => word === other.#sum[index]);
  }
}

/** Folds the leaves up to a position. Rows that the fold never reads again are given away at once, the others at the end; answers the last position. */
export async function foldLeaves(ports: Ports, projection: LeafProjection, until: string, take: (key: string, value: JsonObject) => void): Promise<string | null> {
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

export interface ComparedLeafRows {
  readonly same: boolean;
  /** Position of the last event folded. */
  readonly reached: string | null;
}

/** Whether the rows of a fold of leaves are those that a fresh fold gives, without holding either: there is one for each event. */
export async function compareLeafRows(ports: Ports, projection: LeafProjection, until: string, stored: AsyncIterable<RowChange>): Promise<ComparedLeafRows> {
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
