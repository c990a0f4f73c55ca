/** What the two processes say to each other, by structured clone. */
import type { PlainError } from '../../domain/shared/plain-error.ts';

/** Reads the bytes of a foreign file as asked; `file` is named in refusals, and what is asked is plain data. */
export type FileReader = (bytes: Uint8Array, file: string, asked: unknown) => unknown;

/** A kind of file: what reads it, to be loaded before the file is begun, and the processor time that a MiB of it may take. */
export interface FileKind {
  readonly load: () => Promise<FileReader>;
  readonly msPerMebibyte: number;
}
export type FileKinds = Readonly<Record<string, FileKind>>;

/** A file to read, and then its bytes piece by piece. */
export type Request =
  | { readonly kind: 'read'; readonly reader: string; readonly file: string; readonly asked: unknown; readonly length: number }
  | { readonly kind: 'piece'; readonly bytes: Uint8Array };

/** A value comes without its columns of numbers, which follow one by one: neither process holds a second copy of all. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'value'; readonly value: unknown; readonly columns: number }
  | { readonly kind: 'column'; readonly values: Float64Array }
  | { readonly kind: 'refused'; readonly refusal: PlainError }
  | { readonly kind: 'failed'; readonly why: string };

/** Stands in a value where a column of numbers is to follow. */
const placeKey = 'column of numbers';

/** A column of numbers, or what reads one when its turn comes. */
export type ColumnSource = Float64Array | (() => Promise<Float64Array>);

function isColumnSource(part: unknown): part is ColumnSource {
  return part instanceof Float64Array || typeof part === 'function';
}

/** Takes the columns of numbers out of a value; plain objects and lists are looked into, whatever else stays as it is. */
export function withoutColumns(value: unknown): { readonly value: unknown; readonly columns: readonly ColumnSource[] } {
  const columns: ColumnSource[] = [];
  const taken = (part: unknown): unknown => {
    if (isColumnSource(part)) return { [placeKey]: columns.push(part) - 1 };
    if (Array.isArray(part)) return part.some((item) => typeof item === 'object' || typeof item === 'function') ? part.map(taken) : part;
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, taken(item)]));
  };
  return { value: taken(value), columns };
}

/** Puts them back. */
export function withColumns(value: unknown, columns: readonly Float64Array[]): unknown {
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object') ? value.map((item) => withColumns(item, columns)) : value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first !== undefined && entries.length === 1 && first[0] === placeKey) return columns[first[1] as number];
  return Object.fromEntries(entries.map(([key, item]) => [key, withColumns(item, columns)]));
}
