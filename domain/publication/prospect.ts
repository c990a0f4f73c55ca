import type { Sha256 } from '../shared/hashing.ts';
import { dueTime } from './due-time.ts';
import type { MetaPortfolioDefined, ReallocationScheduled } from './events.ts';
import { inputsHashOf } from './inputs-hash.ts';
import type { NewestRuns } from './newest-runs.ts';
import { type AwaitedSleeve, judgeQuorum } from './quorum.ts';
import type { MetaPortfolioState } from './state.ts';
import type { TimedPortfolio } from './timed-portfolio.ts';

/** Why nothing can be allocated, whatever the sleeves have delivered. */
export type Closed = { readonly kind: 'undefined' } | { readonly kind: 'halted'; readonly why: string };

/** The definition to allocate by, or why there is none in force. */
export function openDefinition({
  definition,
  haltedWhy,
}: MetaPortfolioState): { readonly definition: MetaPortfolioDefined } | { readonly closed: Closed } {
  if (definition === null) return { closed: { kind: 'undefined' } };
  return haltedWhy === null ? { definition } : { closed: { kind: 'halted', why: haltedWhy } };
}

/** What the newest results of a portfolio ask for. */
export type Prospect =
  | { readonly kind: 'waiting'; readonly awaited: readonly AwaitedSleeve[] }
  /** These inputs have been decided on. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'due_later'; readonly schedule: ReallocationScheduled }
  | { readonly kind: 'due'; readonly inputsHash: string };

/** Whether a portfolio is to be allocated now: its quorum first, then whether anything is new, then its windows. */
export function prospectOf(
  definition: MetaPortfolioDefined,
  timed: TimedPortfolio,
  newest: NewestRuns,
  now: string,
  sha256: Sha256,
): Prospect {
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
