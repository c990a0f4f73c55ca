export interface Pace {
  readonly perSecond: number;
  /** After a pause so many may come at once. */
  readonly atOnce: number;
}

interface Bucket {
  left: number;
  /** As the clock told. */
  at: number;
}

/** A bucket of tokens for each key, which fills at a steady pace. Keys that were not seen for longest are forgotten first. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #pace: Pace;
  readonly #keysMax: number;
  readonly #nowMs: () => number;

  constructor(pace: Pace, keysMax: number, nowMs: () => number) {
    this.#pace = pace;
    this.#keysMax = keysMax;
    this.#nowMs = nowMs;
  }

  /** Seconds until there is a token for this key; 0 where there is one. */
  secondsUntilNext(key: string): number {
    const { left } = this.#filled(key);
    return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / this.#pace.perSecond));
  }

  /** Takes a token where there is one; answers the seconds until there is, 0 where it was taken. */
  take(key: string): number {
    const seconds = this.secondsUntilNext(key);
    if (seconds > 0) return seconds;
    const { left, at } = this.#filled(key);
    this.#buckets.delete(key);
    this.#buckets.set(key, { left: left - 1, at });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > this.#keysMax && oldest !== undefined) this.#buckets.delete(oldest);
    return 0;
  }

  /** Gives back what was taken: for something that came to nothing. */
  giveBack(key: string): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) bucket.left = Math.min(this.#pace.atOnce, bucket.left + 1);
  }

  #filled(key: string): Bucket {
    const { perSecond, atOnce } = this.#pace;
    const now = this.#nowMs();
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return { left: atOnce, at: now };
    return { left: Math.min(atOnce, bucket.left + ((now - bucket.at) / 1_000) * perSecond), at: now };
  }
}
