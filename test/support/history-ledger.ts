/** A ledger in memory that holds the facts of a history, in their streams. */
import type { Ports } from '../../handlers/ports/ports.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { memorySession } from './imported-run.ts';
import type { FactHistory } from './portfolio-events.ts';

/** Adds facts to a ledger that holds those before them. */
export async function continueLedger({ ports }: Session, history: FactHistory, from = 0): Promise<void> {
  for (const { stream, revision, position: _, ...event } of history.stored.slice(from))
    await ports.store.append(stream, [event], { expectedRevision: revision === 0n ? 'none' : revision - 1n });
}

export async function ledgerHolding(history: FactHistory): Promise<Session & { readonly ports: Ports }> {
  const session = memorySession();
  await continueLedger(session, history);
  return session;
}
