import type { Sha256 } from '../shared/hashing.ts';
import { dueTime } from './due-time.ts';
import type { MetaPortfolioDefined, ReallocationScheduled } from './events.ts';
import { inputsHashOf } from './inputs-hash.ts';
import type { NewestRuns } from './newest-runs.ts';
import { type AwaitedSleeve, judgeQuorum } from './quorum.ts';
import type { MetaPortfolioState } from './state.ts';
import type { TimedPortfolio } from './timed-portfolio.ts';

/** Why nothing can be allocated, whatever the sleeves have delivered. */
export type Inactive = { readonly kind: 'undefined' } | { readonly kind: 'halted'; readonly why: string };

/** The definition to allocate by, or why there is none in force. */
export function definitionInForce({
  definition,
  haltedWhy,
}: MetaPortfolioState): { readonly definition: MetaPortfolioDefined } | { readonly inactive: Inactive } {
  if (definition === null) return { inactive: { kind: 'undefined' } };
  return haltedWhy === null ? { definition } : { inactive: { kind: 'halted', why: haltedWhy } };
}

/** Whether a portfolio is due to be allocated on the newest results of its sleeves. */
export type DueStatus =
  | { readonly kind: 'waiting'; readonly awaited: readonly AwaitedSleeve[] }
  /** These inputs have been decided on. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'due_later'; readonly schedule: ReallocationScheduled }
  | { readonly kind: 'due'; readonly inputsHash: string };

/** Judges the quorum first, then whether anything is new, then the windows. */
export function dueStatusOf(
  definition: MetaPortfolioDefined,
  timed: TimedPortfolio,
  newest: NewestRuns,
  now: string,
  sha256: Sha256,
): DueStatus {
  const { waivers, decided } = timed.portfolio;
  const { awaited } = judgeQuorum(definition.policy.quorum, newest.leaves);
  if (awaited.length > 0) return { kind: 'waiting', awaited };
  const inputsHash = inputsHashOf(
    sha256,
    definition,
    newest.inputs,
    waivers.map(({ waiverId }) => waiverId),
  );
  if (decided?.inputsHash === inputsHash) return { kind: 'unchanged' };
  const due = dueTime(definition.policy, timed, newest.acceptedAt, now);
  return due === null ? { kind: 'due', inputsHash } : { kind: 'due_later', schedule: { meta: definition.meta, ...due } };
}
