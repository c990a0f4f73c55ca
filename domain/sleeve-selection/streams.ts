import type { ReturnMatrix } from '../returns/series.ts';
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

/** The streams that a sleeve may hold, in code-unit order: the returns of its symbols, or both atoms of each of them. */
export function heldStreams(returns: ReturnMatrix, names: StreamNames): ReturnMatrix {
  if (!names.hasDirections) return returns;
  const width = returns.columns.length;
  const sources = returns.columns
    .flatMap((symbol, column) =>
      (['LONG', 'SHORT'] as const).map((direction) => ({ name: streamName(symbol, direction, names), column, direction })),
    )
    .toSorted((left, right) => byCodeUnits(left.name, right.name));
  const values = new Float64Array(returns.dates.length * sources.length);
  for (const [at, { column, direction }] of sources.entries()) {
    for (let row = 0; row < returns.dates.length; row++) {
      const value = returns.values[row * width + column]!;
      values[row * sources.length + at] = direction === 'SHORT' ? shortReturn(value) : value;
    }
  }
  return { dates: returns.dates, columns: sources.map(({ name }) => name), values };
}
