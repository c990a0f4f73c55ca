/** The process manager over a store in memory: what marks, what is looked at, what is settled. */
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Deliveries, Delivery, EventStore, StoredEvent } from '../../../handlers/ports/ports.ts';
import { Reaction } from '../../../handlers/reaction/reaction.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { streams } from '../../../handlers/runtime/streams.ts';
import { type Desk, deliver, deliverAll, deskManifest, openDesk, recorded, until } from './desk.ts';

interface Running {
  readonly looks: string[];
  stop(): Promise<void>;
}

function start(session: Session): Running {
  const looks: string[] = [];
  const reaction = new Reaction(session, { group: 'test', concurrency: 2, onLook: (meta, { kind }) => looks.push(`${meta} ${kind}`) });
  const abort = new AbortController();
  const running = reaction.run(abort.signal);
  return {
    looks,
    stop: async () => {
      abort.abort();
      await running;
    },
  };
}

const published = async (desk: Desk): Promise<string[]> =>
  (await recorded(desk, 'AllocationPublished')).map(({ meta, number, asOf }) => `${meta} ${number} ${asOf}`).toSorted();

async function quarantine(session: Session, sleeve: string, number: number): Promise<void> {
  for (const kind of ['QuarantineSleeve', 'ReinstateSleeve'] as const) {
    await streams.sleeve.handle(session, sleeve, { kind, sleeve, number, why: 'a drill' });
  }
}

describe('the reaction', () => {
  test('publishes every portfolio of a sleeve, however deep, once its last sleeve has delivered', async () => {
    const desk = await openDesk();
    const running = start(desk.session);
    await deliver(desk, 'stocks', '2022-12-15');
    await deliver(desk, 'funds', '2022-12-15');
    await until('the listed sleeves are allocated', async () => (await published(desk)).length === 1);
    await deliver(desk, 'coins', '2022-12-15');
    await until('all three are published', async () => (await published(desk)).length === 3);
    expect(await published(desk)).toEqual(['listed 1 2022-12-15', 'nested 1 2022-12-15', 'whole 1 2022-12-15']);
    await running.stop();
  });

  test('looks at every portfolio when it starts: results that nobody reacted to are allocated', async () => {
    const desk = await openDesk();
    await deliverAll(desk, '2022-12-15');
    const running = start(desk.session);
    await until('all three are published', async () => (await published(desk)).length === 3);
    await running.stop();
    const again = start(desk.session);
    await until('each was looked at', () => again.looks.length >= 3);
    await again.stop();
    expect(again.looks.toSorted()).toEqual(['listed unchanged', 'nested unchanged', 'whole unchanged']);
  });

  test('allocates a portfolio that is defined while it works', async () => {
    const without = deskManifest((manifest) => {
      delete manifest.profiles['nested'];
      delete manifest.profiles['whole'];
    });
    const desk = await openDesk(without);
    await deliverAll(desk, '2022-12-15');
    const running = start(desk.session);
    await until('the first is published', async () => (await published(desk)).length === 1);
    const { applyManifest } = await import('../../../handlers/commands/apply-manifest.ts');
    await applyManifest(desk.session, deskManifest(), null);
    await until('the others are published', async () => (await published(desk)).length === 3);
    await running.stop();
  });

  test('looks few times at what was marked often', async () => {
    const desk = await openDesk();
    await deliverAll(desk, '2022-12-15');
    const running = start(desk.session);
    await until('all three are published', async () => (await published(desk)).length === 3);
    running.looks.length = 0;
    const marks = 300;
    for (let number = 1; number <= marks; number++) await quarantine(desk.session, 'stocks', number);
    await deliver(desk, 'stocks', '2022-12-16');
    await until('the newest run is waited for', () => running.looks.at(-1)?.includes('waiting') === true);
    await running.stop();
    // Every quarantine and reinstatement marks three portfolios.
    expect(running.looks.length).toBeLessThan(marks * 2 * 3);
    expect(await published(desk)).toHaveLength(3);
  });

  test('sweeps a portfolio whose window was opened by a worker that is gone', async () => {
    const windowed = deskManifest(({ profiles }) => {
      profiles['listed']!['publication'] = { coalescing_window_seconds: 60 };
      delete profiles['nested'];
      delete profiles['whole'];
    });
    const desk = await openDesk(windowed);
    await deliver(desk, 'stocks', '2022-12-15');
    const first = start(desk.session);
    await deliver(desk, 'funds', '2022-12-15');
    await until('it is scheduled', async () => (await recorded(desk, 'ReallocationScheduled')).length === 1);
    await first.stop();
    const second = start(desk.session);
    await until('it was looked at', () => second.looks.includes('listed scheduled'));
    expect(await published(desk)).toEqual([]);
    desk.clock.advance(61);
    await until('it is published', async () => (await published(desk)).length === 1);
    await second.stop();
    expect(await recorded(desk, 'ReallocationScheduled')).toHaveLength(1);
  });
});

/** Deliveries that a test hands over itself, and watches being settled. */
class ByHand implements Deliveries {
  readonly settled: string[] = [];
  readonly #queue: StoredEvent[] = [];
  #wake: () => void = () => undefined;

  push(event: StoredEvent): void {
    this.#queue.push(event);
    this.#wake();
  }

  join: Deliveries['join'] = (_group, { signal }) => ({ joined: Promise.resolve(), [Symbol.asyncIterator]: () => this.#deliver(signal) });

  async *#deliver(signal: AbortSignal): AsyncGenerator<Delivery> {
    while (!signal.aborted) {
      const event = this.#queue.shift();
      if (event !== undefined) {
        yield { event, settle: async () => void this.settled.push(event.id), retry: async () => undefined };
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }
}

/** A store whose reads of one stream fail while told to. */
function failing(store: EventStore, stream: string): { readonly store: EventStore; broken: boolean; failures: number } {
  const state = { broken: true, failures: 0, store };
  state.store = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'readStream') return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(target) : member;
      return async (...args: Parameters<EventStore['readStream']>) => {
        if (state.broken && args[0] === stream) {
          state.failures++;
          throw new LedgerError('StoreUnavailable', 'gone for a while');
        }
        return target.readStream(...args);
      };
    },
  });
  return state;
}

describe('deliveries to the reaction', () => {
  test('are settled after the look that they caused, not before, and survive a store that is away', async () => {
    const byHand = new ByHand();
    const desk = await openDesk(
      deskManifest(({ profiles }) => {
        delete profiles['nested'];
        delete profiles['whole'];
      }),
      { deliveries: byHand },
    );
    await deliver(desk, 'stocks', '2022-12-15');
    await deliver(desk, 'funds', '2022-12-15');
    const [accepted] = await desk.session.ports.store.readAll({ after: null, maxCount: 1, types: ['SleeveRunAccepted'] });
    const faulty = failing(desk.session.ports.store, 'metaPortfolio-listed');
    const { folds: _, ...session } = desk.session;
    const running = start({ ...session, ports: { ...session.ports, store: faulty.store } });
    byHand.push(accepted!);
    await until('the look has failed twice', () => faulty.failures >= 2);
    expect(byHand.settled).toEqual([]);
    faulty.broken = false;
    await until('it is settled', () => byHand.settled.length === 1);
    expect(await published(desk)).toEqual(['listed 1 2022-12-15']);
    await running.stop();
  });

  test('that concern no portfolio are settled at once', async () => {
    const byHand = new ByHand();
    const desk = await openDesk(
      deskManifest(({ profiles }) => {
        delete profiles['nested'];
        delete profiles['whole'];
      }),
      { deliveries: byHand },
    );
    await deliver(desk, 'coins', '2022-12-15');
    const [accepted] = await desk.session.ports.store.readAll({ after: null, maxCount: 1, types: ['SleeveRunAccepted'] });
    const running = start(desk.session);
    byHand.push(accepted!);
    await until('it is settled', () => byHand.settled.length === 1);
    await running.stop();
  });
});

test('a look that failed is not tried again before its pause is over', async () => {
  const desk = await openDesk();
  const faulty = failing(desk.session.ports.store, 'metaPortfolio-listed');
  const pauses: number[] = [];
  const log = { ...desk.session.ports.log, debug: (fields: object) => void pauses.push((fields as { pauseMs: number }).pauseMs) };
  const { folds: _, ...session } = desk.session;
  const from = performance.now();
  const running = start({ ...session, ports: { ...session.ports, store: faulty.store, log } });
  await until('the look has failed three times', () => faulty.failures >= 3);
  const tookMs = performance.now() - from;
  await running.stop();
  // What is away has waited already, so each failure is a first one: the pause between two is the shortest there is.
  const [first, second] = pauses.filter((pauseMs) => pauseMs !== undefined);
  expect(tookMs).toBeGreaterThanOrEqual(0.9 * (first! + second!));
  expect(faulty.failures).toBeLessThanOrEqual(4);
});
