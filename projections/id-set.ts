import { byCodeUnits } from '../domain/shared/order.ts';
import type { Row, Rows } from './projection.ts';

/** `<set>/<start>`: how the ids of a set go on that begin so, a digit at a time, and in the last of these rows the ids themselves. */
export interface IdsRow {
  readonly below: readonly string[];
}

/** Digits that have a row of their own: of a hundred thousand ids the rows are still short. */
const digitsMax = 3;

const idsKey = (set: string, start: string): string => `${set}/${start}`;

/** From the first row to the one that has the id, and the id. */
function pathTo(id: string): readonly string[] {
  return [...Array.from({ length: digitsMax + 1 }, (_, digits) => id.slice(0, digits)), id];
}

export function idSetKeys(set: string, id: string): readonly string[] {
  return pathTo(id)
    .slice(0, -1)
    .map((start) => idsKey(set, start));
}

/** From the last row towards the first, as far as rows come or go. */
function changed(set: string, id: string, rows: Rows, change: (below: readonly string[], name: string) => readonly string[]): Row[] {
  const path = pathTo(id);
  const written: Row[] = [];
  for (let place = path.length - 2; place >= 0; place--) {
    const key = idsKey(set, path[place]!);
    const before = (rows(key) as IdsRow | null)?.below ?? [];
    const below = change(before, path[place + 1]!);
    if (below.length !== before.length) written.push({ key, value: below.length === 0 ? null : { below } });
    if (below.length > 0 && before.length > 0) break;
  }
  return written;
}

/** The rows of a set that an id changes by coming. Ids are random, as UUIDs are. */
export function withId(set: string, id: string, rows: Rows): Row[] {
  return changed(set, id, rows, (below, name) => (below.includes(name) ? below : [...below, name].toSorted(byCodeUnits)));
}

/** The rows of a set that an id changes by going. */
export function withoutId(set: string, id: string, rows: Rows): Row[] {
  return changed(set, id, rows, (below, name) => below.filter((other) => other !== name));
}

/**
 * The ids of a set, by a few look-ups for each, as of any point: a row for each id would be stepped over also where its id is gone or had
 * not come yet. They come in the order of their digits; `after` leaves out those up to an id.
 */
export async function* idsOf(
  row: (key: string) => Promise<IdsRow | null>,
  set: string,
  { after = '', start = '' }: { readonly after?: string; readonly start?: string } = {},
): AsyncGenerator<string> {
  for (const name of (await row(idsKey(set, start)))?.below ?? []) {
    if (name.length > digitsMax) {
      if (name > after) yield name;
    } else if (name >= after.slice(0, name.length)) yield* idsOf(row, set, { after, start: name });
  }
}
