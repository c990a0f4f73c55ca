import type { ParityWaiverGranted } from '../../domain/run/granted-waiver.ts';
import type { MetaPortfolioState } from '../../domain/publication/state.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import type { Ports } from '../ports/ports.ts';
import { foldUntil } from '../runtime/folds.ts';
import { foldOf } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';

/** The waivers of a portfolio in force, from its stream as it is now: for commands, which record. */
export async function waiversInStream(session: Session, meta: string): Promise<readonly ParityWaiverGranted[]> {
  return (await foldOf(session, metaPortfolioStream.name(meta), metaPortfolioStream)).state.waivers;
}

/** A portfolio as its stream says, of any store, when the event at a position was the last; null when there was none. */
export async function portfolioAt({ store }: Pick<Ports, 'store'>, meta: string, until: string | null): Promise<MetaPortfolioState> {
  return foldUntil(store, metaPortfolioStream.name(meta), metaPortfolioStream, until);
}
