import { allocatedIn } from '../../domain/meta-run/allocated.ts';
import { metaRunEventsIn } from '../../domain/meta-run/slice.ts';
import type { AllocationInput } from '../../domain/publication/events.ts';
import { proposalOf } from '../../domain/publication/proposal.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { pathKey } from '../../domain/run/delivered-run.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

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
    const { quarantinedWhy } = await streams.sleeve.state(session, sleeve);
    if (quarantinedWhy !== null)
      throw new LedgerError('SleeveQuarantined', `sleeve ${pathKey(path)} (${sleeve}) is quarantined: ${quarantinedWhy}`, {
        evidence: { path, runId, why: quarantinedWhy },
      });
  }
}

/**
 * Publishes a held allocation on the word of the session's actor, exactly as its run recorded it.
 * Errors: RunUnknown, PortfolioUndefined, NothingHeld, ApproverIsProposer, ActorUnnamed, ActorUnseen, ActorConfusable, PublicationHalted,
 * SleeveQuarantined.
 */
export async function approveRebalance(session: Session, runId: string, why: string): Promise<ApprovedRebalance> {
  const events = await runEvents(session.ports, 'metaRun', runId);
  const opened = events[0]!;
  invariant(opened.type === 'MetaRunOpened', 'a meta run that begins with something else', { runId });
  const { meta, asOf } = opened.data;
  const { definition, held, published } = await streams.metaPortfolio.state(session, meta);
  if (definition === null) throw new LedgerError('PortfolioUndefined', `${meta} is not defined in this ledger`, { at: { path: meta } });
  const about = held?.runId === runId ? held : published?.runId === runId ? published : null;
  const allocated = about === null ? null : allocatedIn(metaRunEventsIn(events), about.risk);
  if (about === null || allocated === null) {
    throw new LedgerError(
      'NothingHeld',
      `run ${runId} of ${meta} waits for no approval${held === null ? '' : `: it is ${held.runId} that is held`}`,
      { evidence: { meta, runId, held: held?.runId ?? null } },
    );
  }
  if (about === held) await refuseQuarantined(session, about.inputs);
  const { inputs, inputsHash, rebalance } = about;
  const proposal = proposalOf(runId, asOf, allocated, { definition, inputsHash, inputs, rebalance });
  const { appended, state } = await streams.metaPortfolio.handle(session, meta, {
    kind: 'ApproveRebalance',
    proposal,
    approver: session.actor,
    why,
    localUser: session.localUser ?? null,
  });
  return { meta, runId, number: state.published!.number, already: appended.length === 0 };
}
