import { fromHex, toHex } from '../../domain/shared/hashing.ts';

const hashBytes = 32;
const entryBytes = hashBytes + 8;
const firstCapacity = 1_024;

/**
 * Artifacts that events refer to, each with the first leaf that does: 40 bytes for each address, to be merged with the addresses stored.
 */
export class PackedReferences {
  #bytes = new Uint8Array(firstCapacity * entryBytes);
  #count = 0;
  /** Entries from here on are not sorted yet. */
  #sorted = 0;

  add(sha256: string, leafIndex: number): void {
    if (this.#count * entryBytes === this.#bytes.length) this.#compact();
    const at = this.#count * entryBytes;
    this.#bytes.set(fromHex(sha256), at);
    new DataView(this.#bytes.buffer).setBigUint64(at + hashBytes, BigInt(leafIndex));
    this.#count++;
  }

  /** Every address once, in ascending order, with the first leaf that refers to it. */
  *inOrder(): Generator<{ readonly sha256: string; readonly leafIndex: number }> {
    if (this.#sorted < this.#count) this.#compact();
    const view = new DataView(this.#bytes.buffer);
    for (let at = 0; at < this.#count * entryBytes; at += entryBytes) {
      yield { sha256: toHex(this.#bytes.subarray(at, at + hashBytes)), leafIndex: Number(view.getBigUint64(at + hashBytes)) };
    }
  }

  /** Sorts by address and leaf and keeps the first leaf of each address; makes room when little was saved. */
  #compact(): void {
    const view = new DataView(this.#bytes.buffer);
    const order = Uint32Array.from({ length: this.#count }, (_, index) => index);
    order.sort((left, right) => {
      for (let offset = 0; offset < entryBytes; offset += 4) {
        const difference = view.getUint32(left * entryBytes + offset) - view.getUint32(right * entryBytes + offset);
        if (difference !== 0) return difference;
      }
      return 0;
    });
    const before = this.#bytes;
    const entry = (index: number): Uint8Array => before.subarray(index * entryBytes, (index + 1) * entryBytes);
    const isFirst = (index: number): boolean =>
      index === 0 || Buffer.compare(entry(order[index - 1]!).subarray(0, hashBytes), entry(order[index]!).subarray(0, hashBytes)) !== 0;
    const kept = order.filter((_, index) => isFirst(index));
    const room = 2 * kept.length > this.#count ? 2 * before.length : before.length;
    this.#bytes = new Uint8Array(room);
    for (const [place, index] of kept.entries()) this.#bytes.set(entry(index), place * entryBytes);
    this.#count = kept.length;
    this.#sorted = kept.length;
  }
}
