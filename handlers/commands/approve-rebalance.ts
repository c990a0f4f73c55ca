import { draftEvent } from '../../domain/catalogue.ts';
import { metaPortfolioDecider } from '../../domain/meta/decider.ts';
import type { AllocationInput } from '../../domain/meta/publication-events.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { pathKey } from '../compute/leaf-run.ts';
import { runEvents } from '../load-sleeve-run.ts';
import { sleeveFold } from '../reactors/portfolio-fold.ts';
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

/** A sleeve may have been taken out of use while the allocation waited. */
async function refuseQuarantined(session: Session, inputs: readonly AllocationInput[]): Promise<void> {
  for (const { path, sleeve, runId } of inputs) {
    const { quarantinedWhy } = (await foldOf(session, `sleeve-${sleeve}`, sleeveFold)).state.sleeve;
    if (quarantinedWhy !== null) throw new LedgerError('SleeveQuarantined', `sleeve ${pathKey(path)} (${sleeve}) is quarantined: ${quarantinedWhy}`, { evidence: { path, runId, why: quarantinedWhy } });
  }
}

/**
 * Publishes a held allocation on the word of the session's actor, exactly as its run recorded it.
 * Errors: RunUnknown, PortfolioUndefined, NothingHeld, ApproverIsProposer, PublicationHalted, SleeveQuarantined.
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
  if (about === held) await refuseQuarantined(session, about.inputs);
  const { inputs, inputsHash, rebalance } = about;
  const proposal = proposalOf(runId, asOf, allocated, { definition, inputsHash, inputs, rebalance });
  const command = { kind: 'ApproveRebalance', proposal, approver: session.actor, why } as const;
  const { appended, state } = await handleCommand(session, { stream, decider: metaPortfolioDecider, command, identity: ['Approve', runId, before.decisions, session.actor, why] }, (event) => draftEvent(event.type, event.data as never));
  return { meta, runId, number: state.published!.number, already: appended.length === 0 };
}
