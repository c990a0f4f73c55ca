/** What takes long to work out and to read is not changed more often than this. */
export const heldMs = 5_000;

/** A value that is shown, and what it is a value of. */
export interface Held<Value> {
  readonly value: Value;
  readonly of: string;
  /** Since when, as `performance.now()` tells. */
  readonly since: number;
}

/** What is shown now: a newer value once the one before has stood for its time, and one of something else at once. */
export function heldAt<Value>(held: Held<Value>, value: Value, of: string, now: number): Held<Value> {
  if (held.of === of && (held.value === value || now - held.since < heldMs)) return held;
  return { value, of, since: now };
}
