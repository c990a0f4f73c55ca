import { type AtomicSleeve, atomicSleeves } from '../manifest/resolve-meta.ts';
import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { requireVenues } from '../manifest/venues.ts';
import { type DeliveredRun, pathKey } from '../run/delivered-run.ts';
import { physicalSymbol } from './flatten.ts';

/** What a run holds in the profiles that were asked for; an import without weights names nothing. */
function heldBy({ streams }: DeliveredRun): string[] {
  const held = [...streams.values()].flatMap(({ weights }) => weights ?? []).filter(({ weight }) => weight !== 0);
  return held.map(({ symbol }) => physicalSymbol(symbol).symbol);
}

/** Holds what sleeves bring into a portfolio against the venue of production, each under its own profile. Errors: VenueForeign. */
export function requireSleeveVenues(node: MetaNode, leaves: ReadonlyMap<string, DeliveredRun>): void {
  const judge = ({ path, sleeve }: AtomicSleeve): void => {
    const run = leaves.get(pathKey(path));
    if (run !== undefined) requireVenues(sleeve.resolved, heldBy(run));
  };
  atomicSleeves(node).forEach(judge);
}
