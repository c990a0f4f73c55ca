import { byCodeUnits } from '../shared/order.ts';
import type { Direction } from './directions.ts';

/** A strategy's position in one symbol: `<EXCHANGE:SYMBOL>_<logic>_<LONG|SHORT>[_timescale]`. */
export interface Atom {
  readonly symbol: string;
  readonly logic: string;
  readonly direction: Direction;
  readonly timescale: string | null;
}

/** The symbol ends at the first underscore behind the colon, for exchanges have underscores of their own (CME_MINI). */
const atomPattern = /^(?<symbol>[^:]+:[^_]+)_(?<logic>.+)_(?<direction>LONG|SHORT)(?:_(?<timescale>[^_]+))?$/;

/** Null for what is no atom. */
export function parseAtom(id: string): Atom | null {
  const groups = atomPattern.exec(id)?.groups;
  if (groups === undefined) return null;
  const { symbol, logic, direction, timescale } = groups as { symbol: string; logic: string; direction: Direction; timescale?: string };
  return { symbol, logic, direction, timescale: timescale ?? null };
}

/** What a physical symbol holds once its atoms are netted. */
export interface FlattenedAsset {
  readonly symbol: string;
  readonly net: number;
  readonly gross: number;
  /** Signed weights in code-unit order of the atoms; `net` is their sum in that order. */
  readonly contributors: readonly { readonly atom: string; readonly weight: number }[];
}

export interface FlattenedAtoms {
  readonly assets: readonly FlattenedAsset[];
  readonly gross: number;
  /** Exposure that longs and shorts in one symbol take off each other. */
  readonly nettedExposure: number;
  /** Ids that are no atoms. */
  readonly malformed: readonly string[];
}

/** Signed weights of physical symbols: a short atom's weight on its stream is a negative weight of its symbol. */
export function flattenAtoms(weights: ReadonlyMap<string, number>): FlattenedAtoms {
  const ids = [...weights.keys()].toSorted(byCodeUnits);
  const bySymbol = new Map<string, { atom: string; weight: number }[]>();
  const malformed: string[] = [];
  for (const id of ids) {
    const atom = parseAtom(id);
    if (atom === null) {
      malformed.push(id);
      continue;
    }
    const signed = (atom.direction === 'SHORT' ? -1 : 1) * weights.get(id)!;
    bySymbol.set(atom.symbol, [...(bySymbol.get(atom.symbol) ?? []), { atom: id, weight: signed }]);
  }
  const assets = [...bySymbol.entries()]
    .toSorted(([left], [right]) => byCodeUnits(left, right))
    .map(([symbol, contributors]): FlattenedAsset => ({
      symbol,
      net: contributors.reduce((sum, { weight }) => sum + weight, 0),
      gross: contributors.reduce((sum, { weight }) => sum + Math.abs(weight), 0),
      contributors,
    }));
  const gross = assets.reduce((sum, asset) => sum + asset.gross, 0);
  return { assets, gross, nettedExposure: gross - assets.reduce((sum, { net }) => sum + Math.abs(net), 0), malformed };
}
