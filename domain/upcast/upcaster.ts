import type { JsonObject } from '../shared/canonical-json.ts';

/**
 * Reads facts of a retired version as the next one. An upcaster is pure: it renames, moves and writes what the retired version is known to
 * have meant. It computes nothing, makes no artifact and never splits a fact in two. It runs in memory only, after verification.
 */
export interface Upcaster {
  /** The retired version that it reads. */
  readonly from: number;
  /** Paths that the retired version did not record. Replay cannot compare them. */
  readonly adds: readonly string[];
  readonly upcast: (data: JsonObject) => JsonObject;
}

export interface Upcasted {
  readonly data: JsonObject;
  readonly version: number;
  /** What no version on the way had recorded. */
  readonly notRecorded: readonly string[];
}

/** Follows the chain of upcasters from a stored version to the newest that they lead to. */
export function upcastFrom(version: number, data: JsonObject, upcasters: readonly Upcaster[]): Upcasted {
  let current: Upcasted = { data, version, notRecorded: [] };
  for (;;) {
    const next = upcasters.find(({ from }) => from === current.version);
    if (next === undefined) return current;
    current = { data: next.upcast(current.data), version: next.from + 1, notRecorded: [...current.notRecorded, ...next.adds] };
  }
}
