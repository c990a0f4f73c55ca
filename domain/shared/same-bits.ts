import { byCodeUnits } from './order.ts';

/** Kinds of plain data: what a structured clone carries. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  if (ArrayBuffer.isView(value)) return Object.prototype.toString.call(value);
  return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : typeof value;
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Those of an object by their names, whose order says nothing; those of a map in its order, by number where the key is no text. */
function membersOf(value: object): readonly (readonly [string, unknown])[] {
  if (Object.prototype.toString.call(value) === '[object Map]')
    return [...(value as ReadonlyMap<unknown, unknown>)].flatMap(([key, member], index) =>
      typeof key === 'string' ? [[key, member] as const] : [[`key ${index}`, key] as const, [String(index), member] as const],
    );
  return Object.entries(value).toSorted(([left], [right]) => byCodeUnits(left, right));
}

/**
 * Where two values of plain data differ first, as a path of members; null when they are the same, every number to its bits: 0 is not -0,
 * and NaN is NaN. Members of objects may stand in any order.
 */
export function firstDifference(left: unknown, right: unknown, path: readonly string[] = []): readonly string[] | null {
  if (Object.is(left, right)) return null;
  const kind = kindOf(left);
  if (kind !== kindOf(right) || typeof left !== 'object' || left === null) return path;
  if (ArrayBuffer.isView(left)) {
    const [one, other] = [bytesOf(left), bytesOf(right as ArrayBufferView)];
    return one.length === other.length && one.every((byte, index) => byte === other[index]) ? null : path;
  }
  const [ours, theirs] = [membersOf(left), membersOf(right as object)];
  for (const [index, [key, member]] of ours.entries()) {
    const found = theirs[index];
    if (found === undefined || found[0] !== key) return [...path, key];
    const difference = firstDifference(member, found[1], [...path, key]);
    if (difference !== null) return difference;
  }
  return ours.length === theirs.length ? null : [...path, theirs[ours.length]![0]];
}
