import { canonicalJson } from '../shared/canonical-json.ts';
import { LedgerError } from '../shared/errors.ts';
import type { MetaPortfolioCommand } from './commands.ts';
import type { DefinitionProposed, MetaPortfolioDefined } from './events.ts';
import { requireApprover, requireDistinctName } from './second-person.ts';
import { draftMetaPortfolio, type MetaPortfolioDraft } from './slice.ts';
import type { MetaPortfolioState } from './state.ts';

type Unnumbered = Omit<MetaPortfolioDefined, 'number'>;

/** Neither a number nor the policy differs. */
export function isSameDefinition(left: Unnumbered | null, right: Unnumbered): boolean {
  return (
    left !== null &&
    left.definitionHash === right.definitionHash &&
    left.risk === right.risk &&
    canonicalJson(left.policy) === canonicalJson(right.policy)
  );
}

/**
 * Whether a definition needs a second person. It does under maker_checker as it is in force, so also to turn it off, and as it would be, so
 * also the first one: what is published rests on a definition that two people have seen, and nobody asks for a second person who is not
 * there.
 */
export function isCheckedDefinition(inForce: Unnumbered | null, next: Unnumbered): boolean {
  return inForce?.policy.maker_checker === true || next.policy.maker_checker;
}

type Define = Extract<MetaPortfolioCommand, { kind: 'DefineMetaPortfolio' }>;

/** What is proposed already, by whomever, is not proposed again. Errors: those of `requireDistinctName`. */
function proposed({ definition, sleeves, proposer, localUser }: Define, state: MetaPortfolioState): readonly MetaPortfolioDraft[] {
  const open = state.proposed;
  const sleeveDefinitions = [...sleeves];
  if (open !== null && isSameDefinition(open, definition) && canonicalJson(open.sleeveDefinitions) === canonicalJson(sleeveDefinitions))
    return [];
  requireDistinctName(proposer, 'propose', state);
  const proposal = state.proposals + 1;
  const against = state.definition?.number ?? null;
  return [draftMetaPortfolio('DefinitionProposed', { ...definition, proposal, proposer, against, sleeveDefinitions, localUser })];
}

/**
 * A definition that changes neither a number nor the policy is the definition in force. Under maker_checker one that does is proposed.
 * Errors: those of `requireDistinctName`.
 */
export function define(command: Define, state: MetaPortfolioState): readonly MetaPortfolioDraft[] {
  const { definition, sleeves } = command;
  const before = state.definition;
  if (isSameDefinition(before, definition) && sleeves.length === 0) return [];
  if (isCheckedDefinition(before, definition)) return proposed(command, state);
  return [draftMetaPortfolio('MetaPortfolioDefined', { ...definition, number: (before?.number ?? 0) + 1 })];
}

/** Errors: NothingProposed. */
function requireProposed(meta: string, proposal: number, { proposed: open }: MetaPortfolioState): DefinitionProposed {
  if (open !== null && open.proposal === proposal) return open;
  const instead = open === null ? 'nothing is proposed' : `it is ${meta}/${open.proposal} that is proposed`;
  throw new LedgerError('NothingProposed', `the definition ${meta}/${proposal} waits for no approval: ${instead}`, {
    evidence: { meta, proposal, proposed: open?.proposal ?? null },
  });
}

const wasSettled = ({ settled }: MetaPortfolioState, proposal: number, as: 'approved' | 'rejected'): boolean =>
  settled?.proposal === proposal && settled.as === as;

type ApproveDefinition = Extract<MetaPortfolioCommand, { kind: 'ApproveDefinition' }>;

/**
 * Puts a proposed definition in force. Approving again what was approved last changes nothing. Errors: NothingProposed, and those of
 * `requireApprover`.
 */
export function approveDefinition(
  { meta, proposal, approver, why, localUser }: ApproveDefinition,
  state: MetaPortfolioState,
): readonly MetaPortfolioDraft[] {
  if (wasSettled(state, proposal, 'approved')) return [];
  const open = requireProposed(meta, proposal, state);
  const { profile, definition, definitionHash, sleeves, risk, policy, proposer } = open;
  requireApprover({ what: `the definition ${meta}/${proposal}`, proposer, approver }, true, state);
  const defined = { meta, profile, definition, definitionHash, sleeves, risk, policy };
  const approved = draftMetaPortfolio('DefinitionApproved', { meta, proposal, proposer, approver, why, localUser });
  // Where only sleeves change, the portfolio keeps the definition that it has.
  if (isSameDefinition(state.definition, defined)) return [approved];
  return [approved, draftMetaPortfolio('MetaPortfolioDefined', { ...defined, number: (state.definition?.number ?? 0) + 1 })];
}

type RejectDefinition = Extract<MetaPortfolioCommand, { kind: 'RejectDefinition' }>;

/** Rejecting again what was rejected last changes nothing. Errors: NothingProposed. */
export function rejectDefinition(
  { meta, proposal, who, why, localUser }: RejectDefinition,
  state: MetaPortfolioState,
): readonly MetaPortfolioDraft[] {
  if (wasSettled(state, proposal, 'rejected')) return [];
  const { proposer } = requireProposed(meta, proposal, state);
  return [draftMetaPortfolio('DefinitionRejected', { meta, proposal, proposer, who, why, localUser })];
}
