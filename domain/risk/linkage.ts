import { LedgerError } from '../shared/errors.ts';
import { condensedLength } from './distance.ts';
import { linkageRows } from './merges.ts';
import { spanningTreeMerges } from './minimum-spanning-tree.ts';
import { nearestNeighbourMerges } from './nearest-neighbour-chain.ts';
import type { LinkageRow } from './schemas.ts';

export type { LinkageRow } from './schemas.ts';
export type LinkageMethod = 'ward' | 'single' | 'average' | 'complete';

/**
 * Hierarchical clustering of `size` leaves from condensed distances (upper triangle, row after row).
 *
 * Rows, ids, heights and the order of ties are scipy's. Ward runs on the distances as given, by the Lance-Williams
 * update. Distances must be finite and not negative (`SchemaViolation`).
 */
export function linkage(distances: Float64Array, size: number, method: LinkageMethod): LinkageRow[] {
  if (distances.length !== condensedLength(size)) {
    throw new LedgerError('SchemaViolation', `${size} leaves have ${condensedLength(size)} distances, ${distances.length} were given`, {
      evidence: { size, distances: distances.length },
    });
  }
  let bad = 0;
  while (bad < distances.length && distances[bad]! >= 0 && distances[bad]! < Infinity) bad++;
  if (bad < distances.length)
    throw new LedgerError('SchemaViolation', `distance ${bad} is ${distances[bad]}`, {
      evidence: { index: bad, distance: String(distances[bad]) },
    });
  return linkageRows(method === 'single' ? spanningTreeMerges(distances, size) : nearestNeighbourMerges(distances, size, method), size);
}
