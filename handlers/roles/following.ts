import { wasInterrupted } from '../../domain/shared/error-kinds.ts';
import { limits } from '../../domain/shared/limits.ts';
import { everyProjection } from '../../projections/all.ts';
import type { Sealer } from '../ledger/sealer.ts';
import type { StoredEvent } from '../ports/ports.ts';
import { catchUp } from '../read-models/projector.ts';
import { ledgerStatus } from '../queries/status.ts';
import { pause } from '../runtime/pause.ts';
import type { Session } from '../runtime/session.ts';
import { runTogether } from '../runtime/together.ts';
import type { Role } from './role.ts';

/** Counts what is appended, for work that is done for many events at once. */
class Appended {
  count = 0;

  constructor(session: Session, relevant: (event: StoredEvent) => boolean = () => true) {
    this.#session = session;
    this.#relevant = relevant;
  }

  readonly #session: Session;
  readonly #relevant: (event: StoredEvent) => boolean;

  async follow(signal: AbortSignal): Promise<void> {
    const { store } = this.#session.ports;
    const after = await store.head();
    for await (const event of store.subscribeAll({ after, types: null, signal })) if (this.#relevant(event)) this.count++;
  }
}

export interface ProjectingOptions {
  /** Pause between two rounds. */
  readonly pauseMs: number;
  /** More events behind than this and the role is not ready. */
  readonly lagEventsMax: number;
}

const waitingStates: readonly string[] = ['waiting', 'scheduled', 'held', 'halted'];

/** What `status` shows, as figures. */
async function gauge({ ports }: Session): Promise<void> {
  const { portfolios, sleeves, unassignedLetters } = await ledgerStatus(ports, { meta: null, knownAt: null });
  const { metrics } = ports;
  metrics.set('sleeve_ledger_portfolios_waiting', portfolios.filter(({ state }) => waitingStates.includes(state)).length);
  metrics.set('sleeve_ledger_rebalances_held', portfolios.filter(({ held }) => held !== null).length);
  metrics.set('sleeve_ledger_sleeves_overdue', sleeves.filter(({ overdue }) => overdue.length > 0).length);
  metrics.set(
    'sleeve_ledger_dead_letters_open',
    sleeves.reduce((sum, { openLetters }) => sum + openLetters, unassignedLetters),
  );
  metrics.set(
    'sleeve_ledger_results_held',
    sleeves.reduce((sum, { heldResults }) => sum + heldResults, 0),
  );
}

/** Keeps the read models of this node up to date. */
export function projecting(session: Session, { pauseMs, lagEventsMax }: ProjectingOptions): Role {
  const appended = new Appended(session);
  let started = false;
  const round = async (signal: AbortSignal): Promise<void> => {
    const before = appended.count;
    for (const projection of everyProjection) await catchUp(session.ports, projection, signal);
    if (signal.aborted) return;
    appended.count -= before;
    started = true;
    for (const { name } of everyProjection)
      session.ports.metrics.set('sleeve_ledger_projection_lag_events', appended.count, { projection: name });
  };
  return {
    name: 'project',
    state: () => ({ ok: started && appended.count <= lagEventsMax, detail: started ? `${appended.count} events behind` : 'catching up' }),
    run: (signal) =>
      runTogether(
        signal,
        (working) => appended.follow(working),
        async (working) => {
          await round(working);
          while (!working.aborted) {
            if (appended.count > 0) await round(working);
            await pause(pauseMs, working);
          }
        },
        async (working) => {
          while (!working.aborted) {
            await gauge(session);
            await pause(limits.sweepRareMs, working);
          }
        },
      ),
  };
}

export interface SealingOptions {
  readonly everyEvents: number;
  readonly everySeconds: number;
}

/** Seals what was recorded, after so many events or so long; the last seal is made after all roles have ended. */
export function sealing(session: Session, sealer: Sealer, { everyEvents, everySeconds }: SealingOptions): Role {
  const appended = new Appended(session, ({ type }) => type !== 'LedgerSealed');
  let sealedAt = performance.now();
  const sealNow = async (signal: AbortSignal): Promise<void> => {
    const before = appended.count;
    try {
      await sealer.seal(signal);
    } catch (error) {
      // Asked to stop while it reads what is not sealed yet, which may be the whole ledger.
      if (!wasInterrupted(error)) throw error;
      return;
    }
    appended.count -= before;
    sealedAt = performance.now();
    session.ports.metrics.set('sleeve_ledger_unsealed_events', appended.count);
  };
  return {
    name: 'seal',
    state: () => ({ ok: true, detail: `${appended.count} events unsealed` }),
    run: (signal) =>
      runTogether(
        signal,
        (working) => appended.follow(working),
        async (working) => {
          await sealNow(working);
          while (!working.aborted) {
            const waited = (performance.now() - sealedAt) / 1000;
            if (appended.count >= everyEvents || (appended.count > 0 && waited >= everySeconds)) await sealNow(working);
            session.ports.metrics.set('sleeve_ledger_unsealed_events', appended.count);
            await pause(250, working);
          }
        },
      ),
  };
}
