import { canonicalJson, type Json } from '../../domain/shared/canonical-json.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';

const utf8 = new TextEncoder();

/** A digest of rows in whatever order they come: the sum of their hashes, word by word. */
export class RowDigest {
  readonly #sha256: Sha256;
  readonly #sum = new Uint32Array(8);

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  /** What a row consists of: its key, its value, and its position where it has versions. */
  add(...parts: readonly Json[]): void {
    const hash = this.#sha256(utf8.encode(canonicalJson(parts)));
    const words = new DataView(hash.buffer, hash.byteOffset, hash.byteLength);
    for (let word = 0; word < this.#sum.length; word++) this.#sum[word]! += words.getUint32(4 * word);
  }

  equals(other: RowDigest): boolean {
    return this.#sum.every((word, index) => word === other.#sum[index]);
  }
}
