import { limits } from '../../domain/shared/limits.ts';
import { createIntake, type IntakeOptions, releaseHeld } from '../intake/intake.ts';
import type { MessageBroker } from '../ports/ports.ts';
import { pause } from '../runtime/pause.ts';
import type { Session } from '../runtime/session.ts';
import { SleevesTold } from '../runtime/sleeves-told.ts';
import { runTogether } from '../runtime/together.ts';
import type { Role } from './role.ts';

export interface ConsumingOptions extends IntakeOptions {
  readonly broker: MessageBroker;
  readonly group: string;
  /** More messages behind than this on a partition and the role is not ready. */
  readonly lagMessagesMax: number;
}

/** Releases results that were held when another process died: each sleeve's stream says whether there are any, and whether they may go. */
async function sweepHeld(session: Session, options: ConsumingOptions, signal: AbortSignal): Promise<void> {
  const held = new SleevesTold(session.ports.store, 'SleeveResultHeld');
  while (!signal.aborted) {
    await held.since();
    for (const sleeve of held.all()) await releaseHeld(session, sleeve, options);
    await pause(limits.sweepRareMs, signal);
  }
}

/** Consumes sleeve results from the broker. */
export function consuming(session: Session, options: ConsumingOptions): Role {
  const { broker, group, resultsTopic: topic, lagMessagesMax } = options;
  const intake = createIntake(session, options);
  const lag = new Map<number, number>();
  return {
    name: 'intake',
    state: () => {
      const behind = Math.max(0, ...lag.values());
      return { ok: behind <= lagMessagesMax, detail: `${behind} messages behind` };
    },
    run: (signal) =>
      runTogether(
        signal,
        (working) =>
          broker.source.consume({
            topic,
            group,
            signal: working,
            inFlightMax: limits.resultsInFlightMax,
            handle: async (message, beat) => {
              const { outcome } = await intake.handle(message, beat);
              return outcome === 'gathered' ? 'gathered' : undefined;
            },
            flush: () => intake.flush(),
            onLag: (partition, messages) => {
              lag.set(partition, messages);
              session.ports.metrics.set('sleeve_ledger_consumer_lag_messages', messages, { partition: String(partition) });
            },
          }),
        (working) => sweepHeld(session, options, working),
      ),
  };
}
