import { leafOfSetting } from '../manifest/leaf-terms.ts';
import type { IsoDate } from '../returns/series.ts';
import { sortedBy } from '../shared/order.ts';
import { temporalIdParts, temporalIdPath } from './policy.ts';
import type { ParityOutcome, ParityVerdict } from './schema.ts';

/** A difference that somebody answers for, on named paths and until a date. */
export interface ParityWaiver {
  readonly waiverId: string;
  readonly who: string;
  readonly why: string;
  /** Names of leaves, or `mandate:` and such a name. */
  readonly paths: readonly string[];
  /** The last as-of date covered. */
  readonly until: IsoDate;
}

const mandate = 'mandate:';

/** A waiver may be granted under the name that a setting has now. */
function leafNamed(path: string): string {
  return path.startsWith(mandate) ? `${mandate}${leafOfSetting(path.slice(mandate.length))}` : leafOfSetting(path);
}

/**
 * Lays waivers over a verdict. A waiver covers the paths that it names and no other; the temporal id, which differs only because its
 * parts do, is covered when all of those are. Missing evidence is waived by its path as well. A verdict that rejects no path cannot be
 * waived.
 */
export function applyWaivers(verdict: ParityVerdict, waivers: readonly ParityWaiver[], asOf: IsoDate): ParityOutcome {
  if (!verdict.rejects) return { outcome: 'accepted', used: [], expired: [], uncovered: [] };
  const rejected = new Set(verdict.rejectedPaths);
  const byId = sortedBy(waivers, ({ waiverId }) => waiverId);
  const touching = byId.map((waiver) => ({
    ...waiver,
    paths: sortedBy(
      [...new Set(waiver.paths.map(leafNamed))].filter((path) => rejected.has(path)),
      (path) => path,
    ),
  }));
  const current = touching.filter(({ paths, until }) => paths.length > 0 && until >= asOf);
  const covered = new Set(current.flatMap(({ paths }) => paths));
  const parts = verdict.leaves.filter(
    ({ path, status }) => temporalIdParts.includes(path) && status !== 'equal' && status !== 'absent_everywhere',
  );
  const open = parts.filter(({ path, status }) => status !== 'excepted' && !covered.has(path));
  if (parts.length > 0 && open.length === 0) covered.add(temporalIdPath);
  const uncovered = verdict.rejectedPaths.filter((path) => !covered.has(path));
  const waived = uncovered.length === 0 && verdict.rejectedPaths.length > 0;
  return {
    outcome: waived ? 'waived' : 'rejected',
    used: current.map(({ waiverId, paths }) => ({ waiverId, paths })),
    expired: touching.filter(({ paths, until }) => paths.length > 0 && until < asOf).map(({ waiverId, until }) => ({ waiverId, until })),
    uncovered,
  };
}
