import { limits } from '../../domain/shared/limits.ts';
import { millisecondsBetween } from '../../domain/shared/instants.ts';
import { OverdueSweep } from '../reaction/overdue.ts';
import { pause } from '../runtime/pause.ts';
import { keepPresent } from '../runtime/presence.ts';
import { Reaction } from '../reaction/reaction.ts';
import type { Reallocation } from '../reaction/reallocate.ts';
import type { Session } from '../runtime/session.ts';
import { runTogether } from '../runtime/together.ts';
import type { Role } from './role.ts';

export interface ReactingOptions {
  readonly group: string;
  readonly concurrency: number;
  /** More portfolios marked than this and the role is not ready. */
  readonly backlogMax: number;
}

const decisions = {
  AllocationPublished: 'published',
  RebalanceSkipped: 'skipped',
  RebalanceHeld: 'held',
  ReallocationRefused: 'refused',
} as const;

/** Counts and logs the outcome of a look. */
function report(session: Session, meta: string, outcome: Reallocation): void {
  const { metrics, log, clock } = session.ports;
  if (outcome.kind === 'scheduled') metrics.count('sleeve_ledger_decisions_total', 1, { decision: 'scheduled' });
  if (outcome.kind !== 'decided') return log.debug({ meta, ...outcome }, 'looked at a portfolio');
  const decision = decisions[outcome.decision as keyof typeof decisions];
  metrics.count('sleeve_ledger_decisions_total', 1, { decision });
  if (outcome.acceptedAt !== null)
    metrics.observe('sleeve_ledger_reaction_seconds', millisecondsBetween(outcome.acceptedAt, clock.now()) / 1000);
  log.info({ meta, runId: outcome.runId, decision }, 'decided on a portfolio');
}

/** Allocates when results arrive, and notes those that do not. */
export function reacting(session: Session, { group, concurrency, backlogMax }: ReactingOptions): Role {
  const { ports } = session;
  const reaction = new Reaction(session, { group, concurrency, onLook: (meta, outcome) => report(session, meta, outcome) });
  const sweep = async (signal: AbortSignal): Promise<void> => {
    const overdue = new OverdueSweep(session);
    while (!signal.aborted) {
      for (const { sleeve, session: day } of await overdue.sweep(ports.clock.now()))
        ports.log.warn({ sleeve, session: day }, 'a result is overdue');
      await pause(limits.sweepRareMs, signal);
    }
  };
  const gauge = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      ports.metrics.set('sleeve_ledger_due_portfolios', reaction.backlog);
      await pause(limits.sweepMs, signal);
    }
  };
  return {
    name: 'react',
    state: () => ({
      ok: reaction.started && reaction.backlog <= backlogMax,
      detail: reaction.started ? `${reaction.backlog} of ${reaction.portfolios} portfolios to look at` : 'starting',
    }),
    run: (signal) =>
      runTogether(
        signal,
        (working) => reaction.run(working),
        sweep,
        gauge,
        (working) => keepPresent(session, group, working),
      ),
  };
}
