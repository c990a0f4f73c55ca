interface Kept<Value> {
  readonly bytes: Uint8Array;
  readonly value: Value;
}

/**
 * What bytes meant that were decoded of late, by where they stand: the same bytes mean the same, so they are compared and not decoded
 * again. What was not asked for the longest is forgotten first. Whoever gets a value shares it, and must not change it.
 */
export class RecentlyDecoded<Value> {
  readonly #kept = new Map<string, Kept<Value>>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Errors: those of decoding, of which nothing is kept. */
  value(place: string, bytes: Uint8Array, decode: (bytes: Uint8Array) => Value): Value {
    const kept = this.#kept.get(place);
    const value = kept !== undefined && Buffer.compare(kept.bytes, bytes) === 0 ? kept.value : decode(bytes);
    this.#forget(place);
    this.#kept.set(place, { bytes, value });
    this.#bytes += bytes.length;
    while (this.#bytes > this.#bytesMax) this.#forget(this.#kept.keys().next().value!);
    return value;
  }

  #forget(place: string): void {
    this.#bytes -= this.#kept.get(place)?.bytes.length ?? 0;
    this.#kept.delete(place);
  }
}
