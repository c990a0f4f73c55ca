import type { ResolvedProfile } from '../manifest/resolved-schema.ts';
import { leavesOf } from '../manifest/provenance.ts';
import type { Json } from '../shared/canonical-json.ts';
import { comparedBlocks, temporalIdPath, temporalPathsOutside } from './parity-policy.ts';

/** Of any leaves by path, those that parity compares: features, selection, backtest, and the temporal parameters beside them. */
export function comparedLeaves(leaves: Readonly<Record<string, Json>>): Record<string, Json> {
  const compared = Object.entries(leaves).filter(
    ([path]) => comparedBlocks.some((block) => path.startsWith(`${block}.`)) || temporalPathsOutside.includes(path),
  );
  return Object.fromEntries(compared);
}

/**
 * The leaves of a resolved profile that parity compares, as written: without the redirection of `selection.selection_mode`.
 * `temporalId` is that of the profile's temporal parameters.
 */
export function parityLeaves(resolved: Pick<ResolvedProfile, 'blocks' | 'asWritten'>, temporalId: string): Record<string, Json> {
  return comparedLeaves({ ...leavesOf(resolved.blocks), ...(resolved.asWritten as Record<string, Json>), [temporalIdPath]: temporalId });
}
