import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

export interface ApprovedDefinition {
  readonly meta: string;
  /** Such as `desk/2`. */
  readonly proposal: string;
  /** Number of the definition in force. */
  readonly number: number;
  readonly proposer: string;
  /** Sleeves whose definitions changed with it. */
  readonly sleeves: readonly string[];
  readonly already: boolean;
}

export interface RejectedDefinition {
  readonly meta: string;
  readonly proposal: string;
  readonly proposer: string;
  readonly why: string;
  readonly already: boolean;
}

/** Errors: Usage; NothingProposed where the portfolio never had such a proposal. */
async function proposedIn(session: Session, name: string) {
  const [, meta, digits] = /^([a-zA-Z0-9_-]+)\/([1-9]\d{0,8})$/.exec(name) ?? [];
  if (meta === undefined || digits === undefined)
    throw new LedgerError('Usage', `${name} names no proposal: give the portfolio and its number, such as desk/2`, {
      at: { path: 'proposal' },
    });
  const events = toDomainEvents(await readWholeStream(session.ports.store, metaPortfolioStream.name(meta)));
  const found = dataOf(events, 'DefinitionProposed').find(({ proposal }) => proposal === Number(digits));
  if (found !== undefined) return found;
  throw new LedgerError('NothingProposed', `${meta} has no proposal ${digits}`, { evidence: { meta, proposal: Number(digits) } });
}

/**
 * Puts a proposed definition in force on the word of the session's actor, and then the definitions of sleeves that it carries: a crash in
 * between is completed by the next try. Errors: Usage, NothingProposed, ApproverIsProposer, ActorUnnamed, ActorUnseen, ActorConfusable.
 */
export async function approveDefinition(session: Session, name: string, why: string): Promise<ApprovedDefinition> {
  const { meta, proposal, proposer, sleeveDefinitions } = await proposedIn(session, name);
  const { appended, state } = await streams.metaPortfolio.handle(session, meta, {
    kind: 'ApproveDefinition',
    meta,
    proposal,
    approver: session.actor,
    why,
    localUser: session.localUser ?? null,
  });
  const sleeves: string[] = [];
  for (const definition of sleeveDefinitions) {
    const defined = await streams.sleeve.handle(session, definition.sleeve, { kind: 'DefineSleeve', ...definition });
    if (defined.appended.length > 0) sleeves.push(definition.sleeve);
  }
  const already = appended.length === 0 && sleeves.length === 0;
  return { meta, proposal: name, number: state.definition!.number, proposer, sleeves, already };
}

/** Turns a proposed definition down: the one in force stays. Errors: Usage, NothingProposed. */
export async function rejectDefinition(session: Session, name: string, why: string): Promise<RejectedDefinition> {
  const { meta, proposal, proposer } = await proposedIn(session, name);
  const { appended } = await streams.metaPortfolio.handle(session, meta, {
    kind: 'RejectDefinition',
    meta,
    proposal,
    who: session.actor,
    why,
    localUser: session.localUser ?? null,
  });
  return { meta, proposal: name, proposer, why, already: appended.length === 0 };
}
