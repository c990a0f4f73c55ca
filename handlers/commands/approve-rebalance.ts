import { draftEvent } from '../../domain/catalogue.ts';
import { metaPortfolioDecider } from '../../domain/meta/decider.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { runEvents } from '../load-sleeve-run.ts';
import { allocatedIn, proposalOf } from '../reactors/proposal.ts';
import { foldBy, foldOf, handleCommand } from '../record.ts';
import type { Session } from '../session.ts';

export interface ApprovedRebalance {
  readonly meta: string;
  readonly runId: string;
  /** Number of the publication. */
  readonly number: number;
  readonly already: boolean;
}

/**
 * Publishes a held allocation on the word of the session's actor, exactly as its run recorded it.
 * Errors: RunUnknown, PortfolioUndefined, NothingHeld, ApproverIsProposer, PublicationHalted.
 */
export async function approveRebalance(session: Session, runId: string, why: string): Promise<ApprovedRebalance> {
  const events = await runEvents(session.ports, 'metaRun', runId);
  const opened = events[0]!;
  invariant(opened.type === 'MetaRunOpened', 'a meta run that begins with something else', { runId });
  const { meta, asOf } = opened.data;
  const stream = `metaPortfolio-${meta}`;
  const { state: before } = await foldOf(session, stream, foldBy(metaPortfolioDecider));
  const { definition, held, published } = before;
  if (definition === null) throw new LedgerError('PortfolioUndefined', `${meta} is not defined in this ledger`, { at: { path: meta } });
  const about = held?.runId === runId ? held : published?.runId === runId ? published : null;
  const allocated = about === null ? null : allocatedIn(events, about.risk);
  if (about === null || allocated === null) {
    throw new LedgerError('NothingHeld', `run ${runId} of ${meta} waits for no approval${held === null ? '' : `: it is ${held.runId} that is held`}`, { evidence: { meta, runId, held: held?.runId ?? null } });
  }
  // Published under the policy and definition that it was held by, whatever has been applied since.
  const { inputs, inputsHash, rebalance, policy, definitionNumber, risk } = about;
  const proposal = proposalOf(runId, asOf, allocated, { definition: { ...definition, number: definitionNumber, policy, risk }, inputsHash, inputs, rebalance });
  const command = { kind: 'ApproveRebalance', proposal, approver: session.actor, why } as const;
  const { appended, state } = await handleCommand(session, { stream, decider: metaPortfolioDecider, command, identity: ['Approve', runId, before.decisions, session.actor, why] }, (event) => draftEvent(event.type, event.data as never));
  return { meta, runId, number: state.published!.number, already: appended.length === 0 };
}
