import { LedgerError } from '../shared/errors.ts';
import { feasibility } from './bounds.ts';
import type { MetaNode } from './resolved-meta-schema.ts';

/**
 * Refuses boxes that no allocation satisfies, at every level of a nest, before anything is computed.
 * Errors: BoundsInfeasible, with the sums, by how much they miss, and every box with what set it.
 */
export function assertFeasible(node: MetaNode): void {
  const { status, lowerSum, upperSum } = feasibility(node.bounds);
  if (status === 'infeasible') {
    const missed =
      lowerSum > 1
        ? `the lower bounds sum to ${lowerSum}, ${lowerSum - 1} above 1`
        : `the upper bounds sum to ${upperSum}, ${1 - upperSum} short of 1`;
    const boxes = node.bounds.map(
      ({ id, lower, upper, lowerFrom, upperFrom }) => `${id} ${lower} (${lowerFrom}) to ${upper} (${upperFrom})`,
    );
    throw new LedgerError('BoundsInfeasible', `${node.requested} cannot be allocated: ${missed}. ${boxes.join('; ')}`, {
      evidence: { lowerSum, upperSum, bounds: node.bounds },
      at: { path: `profiles.${node.profile}.meta_allocation` },
    });
  }
  for (const sleeve of node.sleeves) if (sleeve.kind === 'nested') assertFeasible(sleeve.meta);
}
