/** Order by UTF-16 code units: the same in every locale, and RFC 8785's own order of keys. */
export function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A sorted copy, by a string taken from each element. */
export function sortedBy<T>(values: readonly T[], key: (value: T) => string): T[] {
  return values.toSorted((left, right) => byCodeUnits(key(left), key(right)));
}
