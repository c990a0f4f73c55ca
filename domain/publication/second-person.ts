import { LedgerError } from '../shared/errors.ts';
import { looksLike, personOf, requirePerson } from '../people/identity.ts';
import type { MetaPortfolioState } from './state.ts';

interface Approval {
  /** What is approved, in words. */
  readonly what: string;
  readonly proposer: string;
  readonly approver: string;
}

/**
 * Nobody acts under a name that is easily taken for another name of this portfolio. Errors: ActorUnseen, ActorUnnamed, ActorConfusable.
 */
export function requireDistinctName(name: string, does: string, { people }: Pick<MetaPortfolioState, 'people'>): void {
  const person = requirePerson(name, does);
  for (const known of people) {
    const other = personOf(known);
    if (other.canonical !== person.canonical && looksLike(person, other))
      throw new LedgerError(
        'ActorConfusable',
        `${name} looks like ${known}, whom this portfolio knows, and is another name: it cannot ${does}`,
        {
          evidence: { name, known },
        },
      );
  }
}

/**
 * An approver is a person with a name; where a second one is asked for, another person than the proposer, however their names are written.
 * Errors: ActorUnseen, ActorUnnamed, ActorConfusable, ApproverIsProposer.
 */
export function requireApprover({ what, proposer, approver }: Approval, isSecondAsked: boolean, state: MetaPortfolioState): void {
  const person = requirePerson(approver, 'approve');
  const maker = personOf(proposer);
  if (isSecondAsked && person.canonical === maker.canonical)
    throw new LedgerError(
      'ApproverIsProposer',
      `${approver} proposed ${what}${approver === proposer ? '' : ` as ${proposer}`} and cannot approve it`,
      {
        evidence: { what, proposer, approver },
      },
    );
  requireDistinctName(approver, 'approve', state);
}
