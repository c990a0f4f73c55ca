/** The relay over a store in memory, with a broker that tests command. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { LedgerError, type ErrorCode } from '../../../domain/shared/errors.ts';
import { createLease } from '../../../handlers/runtime/lease.ts';
import type { MessageSink, MessageToSend, StoredEvent } from '../../../handlers/ports/ports.ts';
import { RecordedInputs } from '../../../handlers/runs/recorded-inputs.ts';
import { reallocate } from '../../../handlers/reaction/reallocate.ts';
import { Relay } from '../../../handlers/reaction/relay.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { systemClock } from '../../../infra/system/clock.ts';
import { recordingLog } from '../../support/kafka/members.ts';
import { deliverAll, type Desk, openDesk, until } from './desk.ts';

const ttlMs = 300;
let desk: Desk;
let publications: StoredEvent[];

/** Two rounds over three portfolios: six publications. */
beforeAll(async () => {
  desk = await openDesk();
  const loaded = new RecordedInputs(desk.session.ports);
  for (const asOf of ['2022-12-15', '2022-12-16']) {
    await deliverAll(desk, asOf);
    for (const meta of ['whole', 'nested', 'listed']) await reallocate(desk.session, loaded, meta);
  }
  publications = [...(await desk.session.ports.store.readAll({ after: null, maxCount: 100, types: ['AllocationPublished'] }))];
  expect(publications).toHaveLength(6);
});

class Broker implements MessageSink {
  readonly taken: string[] = [];
  readonly sequences: string[] = [];
  /** Refuses the next sends, each with a code. */
  readonly refusals: ErrorCode[] = [];

  async send(_topic: string, messages: readonly MessageToSend[]): Promise<void> {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw new LedgerError(refusal, 'as commanded');
    for (const { key, value } of messages) {
      const { id, subject, sequence } = JSON.parse(new TextDecoder().decode(value)) as { id: string; subject: string; sequence: string };
      this.taken.push(id);
      this.sequences.push(`${key} ${subject} ${Number(sequence)}`);
    }
  }

  close = async (): Promise<void> => undefined;
}

/** The same publications, each test with checkpoints of its own. */
function world(): {
  readonly session: Session;
  relay(broker: Broker, holder: string): { readonly relay: Relay; readonly abort: AbortController; readonly done: Promise<void> };
} {
  const { checkpoints } = createMemoryStore();
  const session: Session = { ...desk.session, ports: { ...desk.session.ports, checkpoints, clock: systemClock } };
  return {
    session,
    relay: (broker, holder) => {
      const lease = createLease(checkpoints, systemClock, { name: 'relay-allocations', holder, ttlMs });
      const relay = new Relay(session, { lease, sink: broker, topic: 'allocations.v1' });
      const abort = new AbortController();
      return { relay, abort, done: relay.run(abort.signal) };
    },
  };
}

const ids = (): string[] => publications.map(({ id }) => id);

/** One that works until all is sent. */
async function relayed(broker: Broker): Promise<{ readonly lines: readonly unknown[]; readonly measured: readonly unknown[][] }> {
  const { log, lines } = recordingLog();
  const measured: unknown[][] = [];
  const note = (...given: unknown[]): void => void measured.push(given);
  const { checkpoints } = createMemoryStore();
  const metrics = { count: note, set: note, observe: note };
  const session: Session = { ...desk.session, ports: { ...desk.session.ports, checkpoints, clock: systemClock, log, metrics } };
  const lease = createLease(checkpoints, systemClock, { name: 'relay-allocations', holder: 'one', ttlMs });
  const abort = new AbortController();
  const done = new Relay(session, { lease, sink: broker, topic: 'allocations.v1' }).run(abort.signal);
  await until('all are sent', () => broker.taken.length >= 6);
  await until('the lag is measured', () => measured.some(([name, figure]) => name === 'sleeve_ledger_relay_lag_events' && figure === 0));
  abort.abort();
  await done;
  expect((await checkpoints.read('relay-allocations'))!.value).toMatchObject({
    holder: null,
    state: { position: publications.at(-1)!.position },
  });
  return { lines, measured };
}

describe('the relay', () => {
  test('sends every publication in ledger order, and none again after a restart', async () => {
    const { relay } = world();
    const broker = new Broker();
    const first = relay(broker, 'first');
    await until('all are sent', () => broker.taken.length === 6);
    first.abort.abort();
    await first.done;
    const second = relay(broker, 'second');
    await until('it holds the lease', () => second.relay.state.detail === 'holds the lease');
    second.abort.abort();
    await second.done;
    expect(broker.taken).toEqual(ids());
    // The key and the subject are the portfolio, the sequence its publication's number.
    expect(broker.sequences).toEqual([
      'whole whole 1',
      'nested nested 1',
      'listed listed 1',
      'whole whole 2',
      'nested nested 2',
      'listed listed 2',
    ]);
  });

  test('stops where somebody has put it beyond the ledger, instead of sending nothing for ever', async () => {
    const { relay, session } = world();
    const left = { holder: null, expiresAt: '2026-11-21T08:00:00.000Z', state: { position: '999999999' } };
    await session.ports.checkpoints.write('relay-allocations', left, 'none');
    const broker = new Broker();
    await expect(relay(broker, 'first').done).rejects.toMatchObject({ code: 'ChainBroken', evidence: { position: '999999999' } });
    expect(broker.taken).toEqual([]);
  });

  test('is one at a time: the others stand by and take over when it is gone', async () => {
    const { relay } = world();
    const broker = new Broker();
    const [first, second] = [relay(broker, 'first'), relay(broker, 'second')];
    await until('all are sent', () => broker.taken.length === 6);
    expect([first, second].map((one) => one.relay.state.detail).toSorted()).toEqual(['holds the lease', 'stands by']);
    const [holder, other] = first.relay.state.detail === 'holds the lease' ? [first, second] : [second, first];
    holder.abort.abort();
    await holder.done;
    await until('the other took over', () => other.relay.state.detail === 'holds the lease');
    other.abort.abort();
    await other.done;
    expect(broker.taken).toEqual(ids());
  });

  test('tries a broker that cannot be reached again, and loses nothing', async () => {
    const { relay } = world();
    const broker = new Broker();
    broker.refusals.push('BrokerUnavailable', 'BrokerUnavailable');
    const { relay: one, abort, done } = relay(broker, 'first');
    await until('it says that it fails', () => !one.state.ok);
    await until('all are sent', () => broker.taken.length === 6);
    await until('it says that it is well again', () => one.state.ok);
    abort.abort();
    await done;
    expect(broker.taken).toEqual(ids());
  });

  test('ends the process when the broker refuses', async () => {
    const broker = new Broker();
    broker.refusals.push('BrokerRefused');
    await expect(world().relay(broker, 'first').done).rejects.toMatchObject({ code: 'BrokerRefused' });
    expect(broker.taken).toEqual([]);
  });

  test('that stood still and was overtaken stops where its record is, and repeats no more than what it had in hand', async () => {
    const { session, relay } = world();
    const broker = new Broker();
    // A relay that held the lease, sent two and died without letting go.
    const dead = await createLease(session.ports.checkpoints, systemClock, { name: 'relay-allocations', holder: 'dead', ttlMs }).hold();
    await dead!.write({ position: publications[1]!.position });
    const next = relay(broker, 'next');
    await until('the rest is sent', () => broker.taken.length === 4);
    expect(broker.taken).toEqual(ids().slice(2));
    await expect(dead!.write({ position: publications[5]!.position })).rejects.toMatchObject({ code: 'LeaseLost' });
    next.abort.abort();
    await next.done;
  });
});

describe('what is said of the relay', () => {
  test('is each publication that was taken, and how many are not sent yet', async () => {
    const { lines, measured } = await relayed(new Broker());
    expect(measured.filter(([name]) => name === 'sleeve_ledger_publications_relayed_total').length).toBe(6);
    expect(measured.filter(([name]) => name === 'sleeve_ledger_relay_lag_events').at(-1)).toEqual(['sleeve_ledger_relay_lag_events', 0]);
    expect(lines).toEqual([]);
  });

  test('is a broker that is away, once in the time that a repeated line has', async () => {
    const broker = new Broker();
    broker.refusals.push('BrokerUnavailable', 'BrokerUnavailable');
    const { lines } = await relayed(broker);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'the relay stops, and tries again',
        fields: { code: 'BrokerUnavailable', error: 'as commanded' },
      },
    ]);
  });
});
