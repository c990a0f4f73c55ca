import type { ReturnMatrix } from '../returns/series.ts';
import { parseAtom } from '../selection/atoms.ts';
import { type Direction, shortReturn } from '../selection/directions.ts';
import { byCodeUnits } from '../shared/order.ts';

/** A strategy's position in one direction: `<SYMBOL>_<logic>_<LONG|SHORT>`. */
export function atomOf(symbol: string, logic: string, direction: Direction): string {
  return `${symbol}_${logic}_${direction}`;
}

/** What the columns of a sleeve's matrix are called. */
export interface StreamNames {
  /** Whether a sleeve may be short: then every symbol has two atoms, one for each direction. */
  readonly hasDirections: boolean;
  readonly strategy: string;
}

/** The column that a symbol is held by. */
export function streamName(symbol: string, direction: Direction, { hasDirections, strategy }: StreamNames): string {
  return hasDirections ? atomOf(symbol, strategy, direction) : symbol;
}

/** Every stream of a symbol. */
export function streamsOf(symbol: string, names: StreamNames): string[] {
  return names.hasDirections ? (['LONG', 'SHORT'] as const).map((direction) => streamName(symbol, direction, names)) : [symbol];
}

/** A stream, by the column of returns that it is made of. */
interface Source {
  readonly name: string;
  readonly column: number;
  readonly direction: Direction;
}

function streamsFrom({ dates, columns, values }: ReturnMatrix, sources: readonly Source[]): ReturnMatrix {
  const streams = new Float64Array(dates.length * sources.length);
  for (const [at, { column, direction }] of sources.entries()) {
    for (let row = 0; row < dates.length; row++) {
      const value = values[row * columns.length + column]!;
      streams[row * sources.length + at] = direction === 'SHORT' ? shortReturn(value) : value;
    }
  }
  return { dates, columns: sources.map(({ name }) => name), values: streams };
}

/** The streams that a sleeve may hold, in code-unit order: the returns of its symbols, or both atoms of each of them. */
export function heldStreams(returns: ReturnMatrix, names: StreamNames): ReturnMatrix {
  if (!names.hasDirections) return returns;
  const sources = returns.columns.flatMap((symbol, column) =>
    (['LONG', 'SHORT'] as const).map((direction) => ({ name: streamName(symbol, direction, names), column, direction })),
  );
  return streamsFrom(
    returns,
    sources.toSorted((left, right) => byCodeUnits(left.name, right.name)),
  );
}

/**
 * The streams of these names, in their order: a column of the returns, or an atom of one. A recorded sleeve keeps the returns of its
 * symbols alone, and its atoms follow from them. Null where a name is neither.
 */
export function streamsNamed(returns: ReturnMatrix, names: readonly string[]): ReturnMatrix | null {
  const places = new Map(returns.columns.map((symbol, column) => [symbol, column]));
  const sources: Source[] = [];
  for (const name of names) {
    const atom = places.has(name) ? null : parseAtom(name);
    const column = places.get(atom?.symbol ?? name);
    if (column === undefined) return null;
    sources.push({ name, column, direction: atom?.direction ?? 'LONG' });
  }
  return streamsFrom(returns, sources);
}
