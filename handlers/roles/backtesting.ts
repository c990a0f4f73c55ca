import { Answering } from '../remote-jobs/answering.ts';
import { backtestCrossing } from '../remote-jobs/crossing.ts';
import type { RemotePlace } from '../remote-jobs/place.ts';
import type { MessageBroker } from '../ports/ports.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';
import type { Session } from '../runtime/session.ts';
import type { Role } from './role.ts';

export interface BacktestingOptions {
  readonly broker: MessageBroker;
  readonly place: RemotePlace;
}

/** Computes the walk-forwards that backtests on other machines ask for. */
export function backtesting({ ports }: Session, { broker, place }: BacktestingOptions): Role {
  const { compute, crypto } = ports;
  const answering = new Answering(ports, { compute, crossing: backtestCrossing(crypto.sha256), sink: broker.sink, place });
  let done = 0;
  let inHand = 0;
  return {
    name: 'backtest',
    state: () => ({ ok: true, detail: `${done} jobs done, ${inHand} in hand` }),
    run: (signal) =>
      broker.source.consume({
        topic: place.jobsTopic,
        group: place.group,
        signal,
        handle: async (message) => {
          await yieldToEventLoop();
          inHand++;
          try {
            await answering.handle(message, signal);
            done++;
          } finally {
            inHand--;
          }
        },
      }),
  };
}
