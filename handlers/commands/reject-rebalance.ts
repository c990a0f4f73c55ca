import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

export interface RejectedRebalance {
  readonly meta: string;
  readonly runId: string;
  readonly why: string;
  readonly already: boolean;
}

/**
 * Turns a held allocation down on the word of the session's actor: it is never published, and its inputs are decided on.
 * Errors: RunUnknown, PortfolioUndefined, NothingHeld.
 */
export async function rejectRebalance(session: Session, runId: string, why: string): Promise<RejectedRebalance> {
  const [opened] = dataOf(await runEvents(session.ports, 'metaRun', runId), 'MetaRunOpened');
  invariant(opened !== undefined, 'a meta run without its opening', { runId });
  const { meta } = opened;
  const { definition } = await streams.metaPortfolio.state(session, meta);
  if (definition === null) throw new LedgerError('PortfolioUndefined', `${meta} is not defined in this ledger`, { at: { path: meta } });
  const { appended, state } = await streams.metaPortfolio.handle(session, meta, {
    kind: 'RejectRebalance',
    meta,
    runId,
    who: session.actor,
    why,
    localUser: session.localUser ?? null,
  });
  return { meta, runId, why: state.rejected?.why ?? why, already: appended.length === 0 };
}
