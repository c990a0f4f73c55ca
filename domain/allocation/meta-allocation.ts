import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import type { ParityDecision } from '../parity/comparison.ts';
import { hardenedFlag } from '../risk/profiles.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import type { AcceptanceVerdict } from '../run/acceptance-verdict.ts';
import type { DeliveredRun } from '../run/delivered-run.ts';
import type { MetaRunOptions } from '../run/meta-run-options.ts';
import { endsProfile } from '../shared/error-kinds.ts';
import type { LedgerError } from '../shared/errors.ts';
import { measureAcceptance } from './acceptance.ts';
import { flatten, type FlattenedPortfolio } from './flatten.ts';
import { allocateNode, type NodeAllocation, NodeFailure } from './node.ts';

export interface MetaAllocationInput {
  readonly node: MetaNode;
  readonly options: MetaRunOptions;
  /** By path from the root: every atomic sleeve of the nest. */
  readonly leaves: ReadonlyMap<string, DeliveredRun>;
  /** Version of the rules to compute under. */
  readonly rules: number;
}

export interface ProfileAllocation {
  readonly status: 'allocated';
  readonly risk: RiskProfile;
  /** The portfolio itself, with those below it. */
  readonly root: NodeAllocation;
  readonly flattened: FlattenedPortfolio;
  readonly acceptance: readonly AcceptanceVerdict[];
  /** DEGRADED when a stand-in was delivered for a sleeve's profile, or a solve was hardened. */
  readonly grade: 'NATIVE' | 'DEGRADED';
}

export interface ProfileFailure {
  readonly status: 'failed';
  readonly risk: RiskProfile;
  /** Of the portfolio that failed. */
  readonly meta: string;
  readonly path: readonly string[];
  readonly error: LedgerError;
}

export type ProfileOutcome = ProfileAllocation | ProfileFailure;

/** The allocation of a portfolio. */
export interface MetaAllocation {
  /** In the order that was asked for; none where parity was rejected. */
  readonly profiles: readonly ProfileOutcome[];
  /** Greatest difference between two allocated profiles' sleeve weights: 0 means that the profiles have converged. */
  readonly profileSpreadMax: number;
}

export function isAllocated(outcome: ProfileOutcome): outcome is ProfileAllocation {
  return outcome.status === 'allocated';
}

function integrityOf({ joinVerdict }: NodeAllocation): { errors: number; checked: number } {
  return { errors: joinVerdict.errors, checked: joinVerdict.checks.reduce((sum, check) => sum + check.checked, 0) };
}

/** Solves of a portfolio and those below it that took more correlation shrinkage than was asked for. */
function hardenedSolves({ meta, solve, below }: NodeAllocation): { name: string; value: number }[] {
  const own = solve.flags.includes(hardenedFlag) ? [{ name: meta, value: solve.attempts.at(-1)!.correlationShrinkage }] : [];
  return [...own, ...below.flatMap(hardenedSolves)];
}

/** One profile from the joins to the acceptance. Errors: BoundsInfeasible, OverlapTooShort, IntegrityFailed. */
export function allocateProfile({ node, options, leaves, rules }: MetaAllocationInput, risk: RiskProfile): ProfileOutcome {
  try {
    const root = allocateNode({ risk, options, leaves, rules }, node);
    const flattened = flatten(root.leaves, rules);
    const hardened = hardenedSolves(root);
    const acceptance = measureAcceptance({
      matrix: root.join.matrix,
      stream: root.stream,
      weights: root.bounded,
      bounds: root.bounds,
      determined: root.projection.determined,
      covariance: root.covariance,
      annualisationDays: root.parameters.annualisationDays,
      integrity: integrityOf(root),
      flattened,
      concentration: { warn: node.acceptance.concentration_warn, fail: node.acceptance.concentration_fail },
      ...(rules < 2 ? {} : { hardened }),
      rules,
    });
    return { status: 'allocated', risk, root, flattened, acceptance, grade: root.degraded || hardened.length > 0 ? 'DEGRADED' : 'NATIVE' };
  } catch (error) {
    if (error instanceof NodeFailure) return { status: 'failed', risk, meta: error.meta, path: error.path, error: error.error };
    if (endsProfile(error)) return { status: 'failed', risk, meta: node.requested, path: [], error };
    throw error;
  }
}

/** Greatest difference between two profiles' sleeve weights, in the order of the same columns: profiles that have converged say so. */
export function spreadOf(weights: readonly (readonly number[])[]): number {
  let spread = 0;
  for (const left of weights) {
    for (const right of weights) {
      left.forEach((weight, index) => {
        spread = Math.max(spread, Math.abs(weight - right[index]!));
      });
    }
  }
  return spread;
}

/**
 * Allocates a portfolio whose parity was decided: for each profile joins, weights, guardrails, flattening and acceptance. Pure except
 * for the progress that it reports. Errors: BoundsInfeasible, OverlapTooShort, IntegrityFailed.
 */
export function allocateMeta(
  input: MetaAllocationInput,
  parity: ParityDecision,
  advance: (risk: RiskProfile) => void = () => undefined,
): MetaAllocation {
  if (parity.outcome.outcome === 'rejected') return { profiles: [], profileSpreadMax: 0 };
  const profiles = input.options.risks.map((risk) => {
    advance(risk);
    return allocateProfile(input, risk);
  });
  return { profiles, profileSpreadMax: spreadOf(profiles.filter(isAllocated).map(({ root }) => root.bounded)) };
}
