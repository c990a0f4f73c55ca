/**
 * Traps of the persistent subscriptions of `@eventstore/db-client` 6.2.1, numbered on from `traps.test.ts`. Each test first walks the
 * obvious way and shows how that fails; then our adapter on the same server in the same mood.
 *
 * 12 the client asks what the server can do without a deadline, and remembers the unanswered question: one silence is forever 13 "from the
 * end" is the end of whenever the server starts the group: a restart before its first note skips events 14 an event is parked after ten
 * tries, and a lost connection is a try: nobody is told 15 a subscription that ends is over, without an error 16 a group that is there
 * keeps its filter: who asks for more types is told that it exists, and never gets them 17 an event behind a link may be gone: reading it
 * fails
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import dbClient, { type EventStoreDBClient } from '@eventstore/db-client';
import type { Delivery } from '../../../handlers/ports/ports.ts';
import { type FakeSubject, fakeSubject, quick } from '../../support/fake-eventstoredb/subject.ts';
import { isHung, refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';
import { sampleEvents } from '../../support/sample-events.ts';

const long = 600;
refuseUnheardRejections();

let subject: FakeSubject;
let naive: EventStoreDBClient;
let controller: AbortController;
beforeEach(async () => {
  subject = await fakeSubject(quick);
  naive = dbClient.EventStoreDBClient.connectionString(subject.fake.location);
  controller = new AbortController();
});
afterEach(async () => {
  controller.abort();
  await subject.dispose();
});

async function until(condition: () => boolean): Promise<void> {
  const started = performance.now();
  while (!condition()) {
    if (performance.now() - started > 4_000) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function append(name: string, type = 'ThingSeen'): Promise<void> {
  const stream = `sleeveRun-${name}`;
  await subject.store.append(stream, sampleEvents({ stream, count: 1, type }), { expectedRevision: 'none' });
}

const filterOf = (...prefixes: string[]): ReturnType<typeof dbClient.eventTypeFilter> => dbClient.eventTypeFilter({ prefixes });
const create = (...types: string[]): Promise<void> =>
  naive.createPersistentSubscriptionToAll(
    'reaction',
    dbClient.persistentSubscriptionToAllSettingsFromDefaults({ startFrom: dbClient.END }),
    { filter: filterOf(...types) },
  );

/** Settles nothing. The promise settles when the loop is over. */
function subscribe(seen: string[]): Promise<void> {
  const over = (async () => {
    for await (const { event } of naive.subscribeToPersistentSubscriptionToAll('reaction')) seen.push(event!.streamId);
  })();
  over.catch(() => undefined);
  return over;
}

/** Ours, settling everything unless told otherwise. */
async function join(
  seen: string[],
  types: readonly string[] = ['ThingSeen'],
  handle: (delivery: Delivery) => Promise<unknown> = (delivery) => delivery.settle(),
): Promise<void> {
  const membership = subject.deliveries.join('reaction', { types, signal: controller.signal });
  await membership.joined;
  void (async () => {
    for await (const delivery of membership) {
      seen.push(delivery.event.stream);
      await handle(delivery);
    }
  })();
}

describe('trap 12, what the server can do', () => {
  test('naive: once it did not answer, nothing works any more, though it answers again', async () => {
    subject.fake.faults.featuresSilent = true;
    expect(await isHung(create('ThingSeen'), long)).toBe(true);
    subject.fake.faults.featuresSilent = false;
    expect(await isHung(create('ThingSeen'), long)).toBe(true);
  });

  test('ours: does not ask', async () => {
    subject.fake.faults.featuresSilent = true;
    const seen: string[] = [];
    await join(seen);
    await append('a');
    await until(() => seen.length === 1);
  });
});

describe('trap 13, from the end', () => {
  test('naive: what was not settled when the server went down is skipped when it is back', async () => {
    const seen: string[] = [];
    await create('ThingSeen');
    await append('a');
    subject.fake.groups.only.restart();
    void subscribe(seen);
    await append('b');
    await until(() => seen.length === 1);
    expect(seen).toEqual(['sleeveRun-b']);
  });

  test('ours: the group begins at a position, which stays where it is', async () => {
    const seen: string[] = [];
    await append('before');
    await subject.deliveries.join('reaction', { types: ['ThingSeen'], signal: controller.signal }).joined;
    await append('a');
    subject.fake.groups.only.restart();
    await join(seen);
    await append('b');
    await until(() => seen.includes('sleeveRun-b'));
    expect(seen.filter((stream) => stream !== 'sleeveRun-before')).toEqual(['sleeveRun-a', 'sleeveRun-b']);
  });
});

describe('trap 14, parking', () => {
  test('naive: a handler that is slow eleven times never sees the event again', async () => {
    const seen: string[] = [];
    await create('ThingSeen');
    subject.fake.groups.only.timeoutMs = 10;
    void subscribe(seen);
    await append('a');
    await until(() => subject.fake.groups.only.parked.length === 1);
    expect(seen).toHaveLength(11);
  });

  test('ours: it comes until it is settled', async () => {
    const seen: string[] = [];
    await join(seen, ['ThingSeen'], async (delivery) => (seen.length > 20 ? delivery.settle() : undefined));
    subject.fake.groups.only.timeoutMs = 10;
    await append('a');
    await until(() => subject.fake.groups.only.settled.length === 1);
    expect(subject.fake.groups.only.parked).toEqual([]);
  });
});

describe('trap 15, subscriptions that end', () => {
  test('naive: the loop is over after the first end, and nothing says so', async () => {
    const seen: string[] = [];
    await create('ThingSeen');
    subject.fake.faults.groups = { dropEvery: 1, dropBy: 'end' };
    const over = subscribe(seen);
    await append('a');
    await append('b');
    await over;
    expect(seen).toEqual(['sleeveRun-a']);
  });

  test.each(['end', 'status', 'silence'] as const)('ours: %s is a reason to join again', async (dropBy) => {
    const seen: string[] = [];
    subject.fake.faults.groups = { dropEvery: 1, dropBy };
    await join(seen);
    for (const name of ['a', 'b', 'c']) await append(name);
    await until(() => new Set(subject.fake.groups.only.settled).size === 3);
    expect(new Set(seen)).toEqual(new Set(['sleeveRun-a', 'sleeveRun-b', 'sleeveRun-c']));
  });
});

describe('trap 16, the filter of a group', () => {
  test('naive: "exists already" taken for success leaves the new type unheard', async () => {
    const seen: string[] = [];
    await create('ThingSeen');
    await expect(create('ThingSeen', 'ThingHeard')).rejects.toMatchObject({ type: 'persistent-subscription-exists' });
    void subscribe(seen);
    await append('heard', 'ThingHeard');
    await append('seen');
    await until(() => seen.length === 1);
    expect(seen).toEqual(['sleeveRun-seen']);
  });

  test('ours: other types are another group; their order, or one named twice, is none', async () => {
    const seen: string[] = [];
    await join([]);
    await join(seen, ['ThingSeen', 'ThingHeard']);
    await append('heard', 'ThingHeard');
    await append('seen');
    await until(() => seen.length === 2);
    expect(subject.fake.groups.byName.size).toBe(2);
    await join([], ['ThingHeard', 'ThingSeen', 'ThingHeard']);
    expect(subject.fake.groups.byName.size).toBe(2);
  });
});

describe('trap 17, links whose event is gone', () => {
  test('naive: taking the event fails', async () => {
    await create('ThingSeen');
    subject.fake.faults.groups = { unresolvedLinks: true };
    const over = subscribe([]);
    over.catch(() => undefined);
    await append('a');
    await expect(over).rejects.toThrow(TypeError);
  });

  test('ours: the link is settled and passed over', async () => {
    const seen: string[] = [];
    subject.fake.faults.groups = { unresolvedLinks: true };
    await join(seen);
    await append('a');
    await until(() => seen.length === 1);
    expect(seen).toEqual(['sleeveRun-a']);
  });
});
