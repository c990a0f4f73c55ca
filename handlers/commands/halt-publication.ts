import { draftEvent } from '../../domain/catalogue.ts';
import { metaPortfolioDecider } from '../../domain/meta/decider.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { foldBy, foldOf, handleCommand } from '../record.ts';
import type { Session } from '../session.ts';

export interface PublicationSwitch {
  readonly meta: string;
  readonly state: 'halted' | 'running';
  readonly why: string;
  readonly already: boolean;
}

/** Stops the publications of a portfolio, or lets them go on; results are taken in all the while. Errors: PortfolioUndefined. */
export async function switchPublication(session: Session, kind: 'HaltPublication' | 'ResumePublication', meta: string, why: string): Promise<PublicationSwitch> {
  const stream = `metaPortfolio-${meta}`;
  const { state: before } = await foldOf(session, stream, foldBy(metaPortfolioDecider));
  if (before.definition === null) throw new LedgerError('PortfolioUndefined', `${meta} is not defined in this ledger`, { at: { path: meta } });
  const number = kind === 'HaltPublication' ? before.halts + 1 : before.halts;
  const command = { kind, meta, number, who: session.actor, why } as const;
  const { appended, state } = await handleCommand(session, { stream, decider: metaPortfolioDecider, command, identity: [kind, number, session.actor, why] }, (event) => draftEvent(event.type, event.data as never));
  return { meta, state: state.haltedWhy === null ? 'running' : 'halted', why: state.haltedWhy ?? why, already: appended.length === 0 };
}
