/** The contract of deliveries: nothing missed after joining, at least once until settled, and shared out where the store has groups. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Deliveries, Delivery, EventStore } from '../../handlers/ports/ports.ts';
import { sampleEvents } from '../support/sample-events.ts';

export interface DeliveriesSubject {
  readonly store: EventStore;
  readonly deliveries: Deliveries;
  /** Another process at the same data. */
  another(): Promise<{ readonly store: EventStore; readonly deliveries: Deliveries }>;
  dispose(): Promise<void>;
}

const types = ['ThingSeen'];
const waitMsMax = 10_000;

/** Settles once it holds. */
async function until(condition: () => boolean): Promise<void> {
  const started = performance.now();
  while (!condition()) {
    if (performance.now() - started > waitMsMax) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A member that does with each delivery what it is told and remembers the streams. */
class Member {
  readonly seen: string[] = [];
  readonly leaving = new AbortController();
  readonly joined: Promise<void>;
  readonly over: Promise<void>;

  constructor(
    deliveries: Deliveries,
    group: string,
    handle: (delivery: Delivery, place: number) => Promise<unknown> = (delivery) => delivery.settle(),
    asked: readonly string[] = types,
  ) {
    const membership = deliveries.join(group, { types: asked, signal: this.leaving.signal });
    this.joined = membership.joined;
    this.over = (async () => {
      for await (const delivery of membership) {
        this.seen.push(delivery.event.stream);
        await handle(delivery, this.seen.length - 1);
      }
    })();
  }

  async leave(): Promise<void> {
    this.leaving.abort();
    await this.over;
  }
}

export function deliveriesContract(
  name: string,
  makeSubject: () => Promise<DeliveriesSubject>,
  supports: { readonly groups: boolean },
): void {
  describe(`${name}: deliveries`, () => {
    let subject: DeliveriesSubject;
    let members: Member[];
    let group: string;
    let groups = 0;
    beforeEach(async () => {
      subject = await makeSubject();
      members = [];
      group = `reaction-${++groups}`;
    });
    afterEach(async () => {
      await Promise.all(members.map((member) => member.leave()));
      await subject.dispose();
    });

    const append = async (from: number, count: number, type = 'ThingSeen', store = subject.store): Promise<string[]> => {
      const streams = Array.from({ length: count }, (_, index) => `sleeveRun-${from + index}`);
      for (const stream of streams) await store.append(stream, sampleEvents({ stream, count: 1, type }), { expectedRevision: 'none' });
      return streams;
    };
    const join = async (...given: ConstructorParameters<typeof Member>): Promise<Member> => {
      const member = new Member(...given);
      members.push(member);
      await member.joined;
      return member;
    };
    const all = (): string[] => members.flatMap((member) => member.seen).toSorted();

    describe('of any store', () => {
      test('bring what is appended once the member has joined, in order, and nothing from before', async () => {
        await append(0, 5);
        const member = await join(subject.deliveries, group);
        const later = await append(5, 20);
        await until(() => member.seen.length >= 20);
        expect(member.seen).toEqual(later);
      });

      test('of an empty store begin with its first event', async () => {
        const member = await join(subject.deliveries, group);
        const first = await append(0, 1);
        await until(() => member.seen.length >= 1);
        expect(member.seen).toEqual(first);
      });

      test('miss nothing that is appended between joining and asking for the first', async () => {
        await append(0, 1);
        const controller = new AbortController();
        const membership = subject.deliveries.join(group, { types, signal: controller.signal });
        await membership.joined;
        const [expected] = await append(1, 1);
        for await (const delivery of membership) {
          expect(delivery.event.stream).toBe(expected);
          await delivery.settle();
          break;
        }
      });

      test('carry the event as it is stored', async () => {
        const delivered: Delivery['event'][] = [];
        await join(subject.deliveries, group, async (delivery) => {
          delivered.push(delivery.event);
          await delivery.settle();
        });
        const [stream] = await append(0, 1);
        await until(() => delivered.length === 1);
        const [stored] = await subject.store.readStream(stream!, { from: 0n, maxCount: 1, direction: 'forwards' });
        expect({ ...delivered[0], bytes: Buffer.from(delivered[0]!.bytes) }).toEqual({ ...stored, bytes: Buffer.from(stored!.bytes) });
      });

      test('bring the types asked for only, not those that begin alike', async () => {
        const member = await join(subject.deliveries, group, undefined, ['ThingSeen', 'ThingHeard']);
        await append(0, 1, 'ThingSeenAgain');
        await append(1, 1, 'ThingHeard');
        await append(2, 1, 'Thing');
        await append(3, 1, 'ThingSeen');
        await until(() => member.seen.length >= 2);
        expect(member.seen).toEqual(['sleeveRun-1', 'sleeveRun-3']);
      });

      test('bring what another process appends', async () => {
        const other = await subject.another();
        const member = await join(subject.deliveries, group);
        const streams = await append(0, 3, 'ThingSeen', other.store);
        await until(() => member.seen.length >= 3);
        expect(member.seen).toEqual(streams);
      });

      test('handed back come again to the same member, while the others go on', async () => {
        const member = await join(subject.deliveries, group, (delivery, place) =>
          place === 0 ? delivery.retry('not yet') : delivery.settle(),
        );
        const streams = await append(0, 3);
        await until(() => member.seen.length >= 4);
        expect(member.seen).toEqual([...streams, streams[0]]);
      });

      test('handed back again and again come again and again', async () => {
        const member = await join(subject.deliveries, group, (delivery, place) =>
          place < 4 ? delivery.retry('not yet') : delivery.settle(),
        );
        const [stream] = await append(0, 1);
        await until(() => member.seen.length >= 5);
        const [last] = await append(1, 1);
        await until(() => member.seen.includes(last!));
        expect(member.seen).toEqual([stream, stream, stream, stream, stream, last]);
      });

      test('settled once stay settled: a second word is not heard', async () => {
        const member = await join(subject.deliveries, group, async (delivery) => {
          await delivery.settle();
          await delivery.settle();
          await delivery.retry('too late');
        });
        await append(0, 1);
        await until(() => member.seen.length >= 1);
        await new Promise((resolve) => setTimeout(resolve, 400));
        const [last] = await append(1, 1);
        await until(() => member.seen.includes(last!));
        expect(member.seen).toEqual(['sleeveRun-0', 'sleeveRun-1']);
      });

      test('may be settled later, in any order', async () => {
        const open: Delivery[] = [];
        const member = await join(subject.deliveries, group, async (delivery) => void open.push(delivery));
        const streams = await append(0, 5);
        await until(() => open.length === 5);
        for (const delivery of open.toReversed()) await delivery.settle();
        const [last] = await append(5, 1);
        await until(() => open.length === 6);
        await open[5]!.settle();
        expect(member.seen).toEqual([...streams, last]);
      });

      test('end without an error when aborted while waiting', async () => {
        const member = await join(subject.deliveries, group);
        await append(0, 1);
        await until(() => member.seen.length === 1);
        await member.leave();
        await append(1, 1);
        expect(member.seen).toHaveLength(1);
      });

      test('end at once when aborted before, and joining fails nobody', async () => {
        const signal = AbortSignal.abort();
        const membership = subject.deliveries.join(group, { types, signal });
        await membership.joined;
        for await (const _ of membership) throw new Error('delivered after the end');
      });

      test('end when the store is closed', async () => {
        const member = await join(subject.deliveries, group);
        await subject.store.close();
        await member.over;
      });

      test('of no types never come, and end when aborted', async () => {
        const member = await join(subject.deliveries, group, undefined, []);
        await append(0, 1);
        await member.leave();
        expect(member.seen).toEqual([]);
      });

      test('go to each group, whatever the others do', async () => {
        const one = await join(subject.deliveries, group);
        const other = await join(subject.deliveries, `${group}-other`);
        const streams = await append(0, 4);
        await until(() => one.seen.length >= 4 && other.seen.length >= 4);
        expect([one.seen, other.seen]).toEqual([streams, streams]);
      });

      test('of other types are another group, though it bears the same name', async () => {
        const seen = await join(subject.deliveries, group);
        const both = await join(subject.deliveries, group, undefined, ['ThingHeard', 'ThingSeen']);
        await append(0, 1, 'ThingHeard');
        await append(1, 1, 'ThingSeen');
        await until(() => both.seen.length >= 2 && seen.seen.length >= 1);
        expect([seen.seen, both.seen]).toEqual([['sleeveRun-1'], ['sleeveRun-0', 'sleeveRun-1']]);
      });

      (supports.groups ? test.skip : test)('go to every member where the store has no groups', async () => {
        const second = await subject.another();
        const both = [await join(subject.deliveries, group), await join(second.deliveries, group)];
        const streams = await append(0, 6);
        await until(() => both.every((member) => member.seen.length >= 6));
        expect(both.map((member) => member.seen)).toEqual([streams, streams]);
      });
    });

    (supports.groups ? describe : describe.skip)('shared by the members of a group', () => {
      test('go to one member each, and the load of one that is busy to the other', async () => {
        const second = await subject.another();
        const busy = new AbortController();
        const slow = await join(subject.deliveries, group, async (delivery) => {
          if (!busy.signal.aborted) await new Promise((resolve) => busy.signal.addEventListener('abort', resolve));
          await delivery.settle();
        });
        const quick = await join(second.deliveries, group);
        const streams = await append(0, 150);
        await until(() => quick.seen.length > 0 && slow.seen.length > 0);
        busy.abort();
        await until(() => all().length >= 150);
        expect(all()).toEqual(streams.toSorted());
      });

      test('not settled by a member that leaves go to the other', async () => {
        const second = await subject.another();
        const dying = await join(subject.deliveries, group, () => Promise.resolve());
        const streams = await append(0, 3);
        await until(() => dying.seen.length === 3);
        const heir = await join(second.deliveries, group);
        await dying.leave();
        await until(() => heir.seen.length >= 3);
        expect(heir.seen).toEqual(streams);
      });

      test('not settled when a process dies go to the other', async () => {
        const second = await subject.another();
        const dying = await join(second.deliveries, group, () => Promise.resolve());
        const streams = await append(0, 3);
        await until(() => dying.seen.length === 3);
        const heir = await join(subject.deliveries, group);
        await second.store.close();
        await until(() => heir.seen.length >= 3);
        expect(heir.seen).toEqual(streams);
      });

      test('appended while nobody was there wait for the next member, and what was settled does not come again', async () => {
        const first = await join(subject.deliveries, group);
        await append(0, 2);
        await until(() => first.seen.length === 2);
        await first.leave();
        const waiting = await append(2, 3);
        const second = await join((await subject.another()).deliveries, group);
        await until(() => second.seen.length >= 3);
        expect(second.seen).toEqual(waiting);
      });

      test('join two members at once: one makes the group, both are in it', async () => {
        const second = await subject.another();
        members.push(new Member(subject.deliveries, group), new Member(second.deliveries, group));
        await Promise.all(members.map((member) => member.joined));
        const streams = await append(0, 10);
        await until(() => all().length >= 10);
        expect(all()).toEqual(streams.toSorted());
      });
    });
  });
}
