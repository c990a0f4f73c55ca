/**
 * C12 for deliveries: the server misbehaves towards the members of a group. Whatever it does, each event is delivered and settled at
 * last, nothing stays pending, no rejection goes unheard, and what an operator must know is logged.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import dbClient from '@eventstore/db-client';
import type { Delivery } from '../../../handlers/ports/ports.ts';
import { failingStatuses, type GroupFaults } from '../../support/fake-eventstoredb/faults.ts';
import { failure } from '../../support/fake-eventstoredb/messages.ts';
import { type FakeSubject, fakeSubject, quick } from '../../support/fake-eventstoredb/subject.ts';
import { isHung, refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';
import { sampleEvents } from '../../support/sample-events.ts';

const types = ['ThingSeen'];
const waitMsMax = 15_000;
/** By which a server says for certain that it has done nothing: gRPC's own definitions of these statuses. */
const certain = [
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.PERMISSION_DENIED,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
  status.UNAUTHENTICATED,
];
const uncertain = failingStatuses.filter((code) => !certain.includes(code) && code !== status.ALREADY_EXISTS);
const denials: readonly status[] = [status.PERMISSION_DENIED, status.UNAUTHENTICATED];
const codeOf = (code: status): string => (denials.includes(code) ? 'StoreAccessDenied' : 'StoreUnavailable');

let subject: FakeSubject;
let controller: AbortController;
refuseUnheardRejections();
beforeEach(async () => {
  subject = await fakeSubject(quick);
  controller = new AbortController();
});
afterEach(async () => {
  controller.abort();
  await subject.dispose();
});

async function append(from: number, count: number): Promise<void> {
  for (let index = from; index < from + count; index++) {
    const stream = `sleeveRun-${index}`;
    await subject.store.append(stream, sampleEvents({ stream, count: 1, type: 'ThingSeen' }), { expectedRevision: 'none' });
  }
}

async function until(condition: () => boolean): Promise<void> {
  const started = performance.now();
  while (!condition()) {
    if (performance.now() - started > waitMsMax) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Watched {
  readonly seen: string[];
  readonly over: Promise<void>;
}

async function member(
  handle: (delivery: Delivery) => Promise<unknown> = (delivery) => delivery.settle(),
  deliveries = subject.deliveries,
): Promise<Watched> {
  const membership = deliveries.join('reaction', { types, signal: controller.signal });
  const seen: string[] = [];
  await membership.joined;
  const over = (async () => {
    for await (const delivery of membership) {
      seen.push(delivery.event.stream);
      await handle(delivery);
    }
  })();
  over.catch(() => undefined);
  return { seen, over };
}

const settledEach = (): string[] => [...new Set(subject.fake.groups.only.settled)];

describe('a server that misbehaves while it delivers', () => {
  const ways: readonly GroupFaults[] = [
    ...uncertain.map((code) => ({ dropEvery: 7, dropBy: 'status' as const, code })),
    ...[1, 3].flatMap((dropEvery) => (['status', 'end', 'silence'] as const).map((dropBy) => ({ dropEvery, dropBy }))),
    { double: true },
    { unresolvedLinks: true },
    { dropEvery: 3, dropBy: 'end', double: true, unresolvedLinks: true },
  ];

  test.each(ways.map((faults) => [JSON.stringify(faults), faults] as const))(
    '%s: each event comes and is settled once, stored and live',
    async (_name, faults) => {
      const count = faults.dropBy === 'silence' ? 8 : 20;
      const { seen, over } = await member();
      subject.fake.faults.groups = faults;
      await append(0, count);
      await until(() => settledEach().length === count);
      expect(new Set(seen).size).toBe(count);
      expect(subject.fake.groups.only.settled).toHaveLength(count);
      expect(subject.fake.groups.only.parked).toEqual([]);
      controller.abort();
      await over;
    },
  );

  test('deaf to acknowledgements: settling ends, and what it did not hear comes again', async () => {
    const { seen } = await member();
    subject.fake.faults.groups = { deaf: true };
    await append(0, 3);
    await until(() => seen.length === 3);
    subject.fake.faults.groups = {};
    subject.fake.groups.only.drop(failure(status.UNAVAILABLE));
    await until(() => settledEach().length === 3);
    expect(seen).toHaveLength(6);
  });

  test('settled when the connection is long gone: the promise settles, the event comes again', async () => {
    const open: Delivery[] = [];
    await member(async (delivery) => void open.push(delivery));
    await append(0, 1);
    await until(() => open.length === 1);
    subject.fake.groups.only.drop(failure(status.UNAVAILABLE));
    expect(await isHung(open[0]!.settle(), 1_000)).toBe(false);
    await until(() => open.length === 2);
    await open[1]!.settle();
    await until(() => settledEach().length === 1);
  });

  test('with nothing to say, it is asked again and again without a growing pause, and the next event comes', async () => {
    const { seen } = await member();
    await until(() => subject.fake.groups.calls.join > 4);
    await append(0, 1);
    await until(() => seen.length === 1);
    expect(subject.fake.groups.only.members).toBe(1);
  });

  test('mute after the confirmation: joined again until it speaks', async () => {
    subject.fake.faults.groups = { mute: true };
    const { seen } = await member();
    await append(0, 2);
    await until(() => subject.fake.groups.calls.join > 2);
    expect(seen).toEqual([]);
    subject.fake.faults.groups = {};
    await until(() => seen.length === 2);
  });

  test('stopping and starting before it noted any place: what was under way comes again', async () => {
    const { seen } = await member(async () => undefined);
    await append(0, 3);
    await until(() => seen.length === 3);
    subject.fake.groups.only.restart();
    await until(() => seen.length === 6);
    expect(seen.slice(3)).toEqual(seen.slice(0, 3));
  });

  test('impatient with a member that is connected and slow: the event comes again, forever, and a log line says so', async () => {
    const open: Delivery[] = [];
    await member(async (delivery) => void open.push(delivery));
    subject.fake.groups.only.timeoutMs = 20;
    await append(0, 1);
    await until(() => open.length > 12);
    expect(subject.fake.groups.only.parked).toEqual([]);
    expect(subject.logged).toContain('warn: an event is delivered again and again');
    subject.fake.groups.only.timeoutMs = 60_000;
    await until(() => open.length > 13);
    await open.at(-1)!.settle();
    await until(() => settledEach().length === 1);
  });

  test.each(uncertain.map((code) => [status[code], code] as const))('turning members away with %s: asked again', async (_name, code) => {
    const { seen } = await member();
    subject.fake.faults.groups = { refuse: code };
    subject.fake.groups.only.drop(failure(code));
    await until(() => subject.fake.groups.calls.join > 2);
    subject.fake.faults.groups = {};
    await append(0, 1);
    await until(() => seen.length === 1);
  });

  test.each(certain.map((code) => [status[code], code] as const))(
    'refusing with %s: the iteration ends with StoreUnavailable, or StoreAccessDenied',
    async (_name, code) => {
      subject.fake.faults.groups = { refuse: code };
      const { over } = await member();
      await expect(over).rejects.toMatchObject({ code: codeOf(code) });
    },
  );

  test('deleting the group: the iteration ends with StoreUnavailable, and joining begins another', async () => {
    const { over } = await member();
    await append(0, 1);
    const operator = dbClient.EventStoreDBClient.connectionString(subject.fake.location);
    await operator.deletePersistentSubscriptionToAll([...subject.fake.groups.byName.keys()][0]!);
    await expect(over).rejects.toMatchObject({ code: 'StoreUnavailable' });
    const next = await member();
    await append(1, 1);
    await until(() => next.seen.length === 1);
    expect(next.seen).toEqual(['sleeveRun-1']);
    await operator.dispose();
  });

  test('closing the store while a member waits, and while one joins a silent server, ends both', async () => {
    const { over } = await member();
    subject.fake.faults.creations.push({ kind: 'silent' });
    const joining = subject.deliveries.join('another', { types, signal: controller.signal });
    setTimeout(() => void subject.store.close(), 20);
    await Promise.all([over, joining.joined]);
    for await (const _ of joining) throw new Error('delivered after the end');
  });

  test('aborting while it joins a silent server ends at once', async () => {
    subject.fake.faults.everyRead = { kind: 'silent' };
    const joining = subject.deliveries.join('reaction', { types, signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    expect(await isHung(joining.joined, 100)).toBe(false);
  });
});

describe('leaving a group', () => {
  test('right after an acknowledgement: it is heard, also by a server that takes its time', async () => {
    await subject.dispose();
    subject = await fakeSubject();
    subject.fake.faults.hearMs = 120;
    const first = await member(async (delivery) => {
      await delivery.settle();
      controller.abort();
    });
    await append(0, 1);
    await first.over;
    expect(subject.fake.groups.only.settled).toHaveLength(1);
  });

  test('with events handed back a moment ago: the server hears every one of them', async () => {
    await subject.dispose();
    subject = await fakeSubject();
    subject.fake.faults.hearMs = 60;
    const count = 30;
    let seen = 0;
    const first = await member(async (delivery) => {
      await delivery.retry('not mine');
      if (++seen >= count) controller.abort();
    });
    await append(0, count);
    await first.over;
    expect(seen).toBeGreaterThanOrEqual(count);
    expect(subject.fake.groups.only.refused).toHaveLength(seen);
  });
});

describe('making a group', () => {
  // A group that is made is never "not found".
  const faults = [...uncertain, status.NOT_FOUND].flatMap((code) => [
    { kind: 'status', code } as const,
    { kind: 'status', code, after: 'commit' } as const,
  ]);

  test.each([...faults, { kind: 'silent' } as const].map((fault) => [JSON.stringify(fault), fault] as const))(
    '%s: it is there once, and nothing is missed',
    async (_name, fault) => {
      await append(0, 2);
      subject.fake.faults.creations.push(fault);
      const { seen } = await member();
      await append(2, 2);
      await until(() => settledEach().length >= 2 && seen.includes('sleeveRun-3'));
      // Whether the first try made it is not known: then the newest event from before may come too.
      expect(seen.filter((stream) => stream !== 'sleeveRun-1')).toEqual(['sleeveRun-2', 'sleeveRun-3']);
    },
  );

  test.each(certain.filter((code) => code !== status.NOT_FOUND).map((code) => [status[code], code] as const))(
    '%s: StoreUnavailable or StoreAccessDenied at once, for whoever waits to have joined and whoever iterates',
    async (_name, code) => {
      subject.fake.faults.creations.push({ kind: 'status', code });
      const membership = subject.deliveries.join('reaction', { types, signal: controller.signal });
      await expect(membership.joined).rejects.toMatchObject({ code: codeOf(code) });
      await expect(membership[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: codeOf(code) });
      expect(subject.fake.groups.calls.create).toBe(1);
    },
  );

  test('a closed store: StoreUnavailable, and nothing unheard where nobody waits', async () => {
    await subject.store.close();
    const membership = subject.deliveries.join('reaction', { types, signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(membership.joined).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });
});

describe('what an operator must know', () => {
  test('events that are parked are said at the next joining', async () => {
    const first = await member();
    await append(0, 1);
    await until(() => first.seen.length === 1);
    const group = subject.fake.groups.only;
    group.retriesMax = 0;
    group.drop(failure(status.UNAVAILABLE));
    group.parked.push(subject.fake.log.records[0]!);
    await until(() => subject.logged.length >= 2);
    expect(subject.logged).toContain('error: events of this group are parked: nobody reacts to them until an operator replays them');
    expect(subject.logged).toContain('error: this group was changed: it parks an event after a number of tries');
  });

  test.each([{ kind: 'silent' }, { kind: 'status', code: status.PERMISSION_DENIED }] as const)(
    'where the server does not tell ($kind), that is said and the deliveries come',
    async (fault) => {
      subject.fake.faults.everyInfo = fault;
      const { seen } = await member();
      await append(0, 1);
      await until(() => seen.length === 1 && subject.logged.length > 0);
      expect(subject.logged[0]).toBe('warn: whether events of this group are parked is not known');
    },
  );

  test('a server that will not tell whom it does not trust is asked once', async () => {
    subject.fake.faults.everyInfo = { kind: 'status', code: status.PERMISSION_DENIED };
    await member();
    await until(() => subject.fake.groups.calls.join > 3);
    expect(subject.fake.groups.calls.info).toBe(1);
  });
});
