import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { flatten } from '../../domain/allocation/flatten.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { preventsAllocation } from '../../domain/shared/error-kinds.ts';
import type { DeliveredRun, DeliveredStream } from '../../domain/run/delivered-run.ts';
import { allocateNode, NodeFailure } from '../../domain/allocation/node.ts';
import type { MetaRunRequest } from '../../domain/meta-run/identity.ts';
import { type AllocationShares, levelsOf, sleeveShares } from '../../domain/allocation/shares.ts';

/** One run and the profile of it that is looked at. */
export interface Side {
  readonly request: MetaRunRequest;
  readonly risk: RiskProfile;
}

/** Which side each input is taken from. */
export interface Mixture {
  readonly sleeveResults: Side;
  readonly covariance: Side;
  readonly bounds: Side;
  readonly definition: Side;
}

export type Evaluated = { readonly weights: AllocationShares; readonly reason: null } | { readonly weights: null; readonly reason: string };

/** The bounds of the same sleeves in another definition, level by level; a sleeve that only this one has keeps its own. */
function withBoundsOf(node: MetaNode, other: MetaNode): MetaNode {
  return {
    ...node,
    bounds: node.bounds.map((bound) => other.bounds.find(({ id }) => id === bound.id) ?? bound),
    sleeves: node.sleeves.map((sleeve) => {
      const match = other.sleeves.find(({ id }) => id === sleeve.id);
      return sleeve.kind === 'nested' && match?.kind === 'nested' ? { ...sleeve, meta: withBoundsOf(sleeve.meta, match.meta) } : sleeve;
    }),
  };
}

/** Returns and calendars of one run under the asset weights of another; a profile that the other lacks has no portfolio. */
function mixedLeaf(results: DeliveredRun, covariance: DeliveredRun): DeliveredRun {
  if (results === covariance) return results;
  const streams = new Map<RiskProfile, DeliveredStream>();
  for (const [risk, stream] of covariance.streams) streams.set(risk, { ...stream, weights: results.streams.get(risk)?.weights ?? null });
  return { ...covariance, streams };
}

/** A sleeve that a side does not have is taken from the side whose definition names it: its coming and going belong to the definition. */
function mixedLeaves({ sleeveResults, covariance, definition }: Mixture): Map<string, DeliveredRun> {
  const leaves = new Map<string, DeliveredRun>();
  for (const [path, own] of definition.request.leaves) {
    leaves.set(path, mixedLeaf(sleeveResults.request.leaves.get(path) ?? own, covariance.request.leaves.get(path) ?? own));
  }
  return leaves;
}

/** Why a mixture has no allocation: bounds that exclude one another, a profile that a run lacks, too few common rows. */
function reasonOf(error: unknown): string {
  if (error instanceof NodeFailure) return error.error.message;
  if (preventsAllocation(error)) return error.message;
  throw error;
}

/** Weights of a mixture of two runs' inputs, by the same joins, solves, projections and flattening that made the runs. */
export function evaluate(mixture: Mixture): Evaluated {
  const { definition, bounds } = mixture;
  const { risk, request } = definition;
  try {
    const node = withBoundsOf(request.node, bounds.request.node);
    const root = allocateNode({ risk, options: request.options, leaves: mixedLeaves(mixture), rules: request.rules }, node);
    const { assets } = flatten(root.leaves, request.rules);
    return {
      weights: { sleeves: sleeveShares(levelsOf(root)), assets: new Map(assets.map(({ symbol, weight }) => [symbol, weight])) },
      reason: null,
    };
  } catch (error) {
    return { weights: null, reason: reasonOf(error) };
  }
}
