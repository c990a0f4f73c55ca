import { LedgerError } from '../../domain/shared/errors.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

export interface PublicationSwitch {
  readonly meta: string;
  readonly state: 'halted' | 'running';
  readonly why: string;
  readonly already: boolean;
}

/** Stops the publications of a portfolio, or lets them go on; results are taken in all the while. Errors: PortfolioUndefined. */
export async function switchPublication(
  session: Session,
  kind: 'HaltPublication' | 'ResumePublication',
  meta: string,
  why: string,
): Promise<PublicationSwitch> {
  const before = await streams.metaPortfolio.state(session, meta);
  if (before.definition === null)
    throw new LedgerError('PortfolioUndefined', `${meta} is not defined in this ledger`, { at: { path: meta } });
  const number = kind === 'HaltPublication' ? before.halts + 1 : before.halts;
  const { appended, state } = await streams.metaPortfolio.handle(session, meta, { kind, meta, number, who: session.actor, why });
  return { meta, state: state.haltedWhy === null ? 'running' : 'halted', why: state.haltedWhy ?? why, already: appended.length === 0 };
}
