/**
 * Two appends of the same events under way together. The server drops the second: it answers after two seconds that the commit timed out,
 * or never. The stream itself has the answer as soon as the first is stored.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventStoreDbLedger } from '../../../infra/eventstoredb/open.ts';
import { type FakeSubject, fakeSubject } from '../../support/fake-eventstoredb/subject.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';
import { sampleEvents } from '../../support/sample-events.ts';

const stream = 'sleeveRun-a';
const loserMsMax = 200;
refuseUnheardRejections();

let subject: FakeSubject;
let other: EventStoreDbLedger;
beforeEach(async () => {
  subject = await fakeSubject();
  other = subject.second();
  // Both have connected, and the server takes its time.
  await Promise.all([subject.store.head(), other.store.head()]);
  subject.fake.faults.commitMs = 25;
});
afterEach(async () => {
  await subject.dispose();
});

async function timed<T>(work: Promise<T>): Promise<{ readonly answer: T; readonly ms: number }> {
  const started = performance.now();
  const answer = await work;
  return { answer, ms: performance.now() - started };
}

describe.each(['commit timeout', 'silence'] as const)('the loser of a race, answered by %s,', (dropped) => {
  beforeEach(() => {
    subject.fake.faults.dropped = dropped;
  });

  test('finds the events of the winner in the stream, and says that they were there', async () => {
    const slowest: number[] = [];
    for (const [index, name] of ['sleeveRun-a', 'sleeveRun-b', 'sleeveRun-c'].entries()) {
      const events = sampleEvents({ stream: name, count: 3 });
      const both = await Promise.all([subject, other].map(({ store }) => timed(store.append(name, events, { expectedRevision: 'none' }))));
      expect(subject.fake.calls.dropped).toBe(index + 1);
      expect(both.filter(({ answer }) => answer.already)).toHaveLength(1);
      expect(both[0]!.answer.events).toEqual(both[1]!.answer.events);
      expect(subject.fake.log.visible(name)).toHaveLength(3);
      slowest.push(Math.max(...both.map(({ ms }) => ms)));
    }
    // The quickest of three: the machine may be busy with something else.
    expect(Math.min(...slowest)).toBeLessThan(loserMsMax);
  });

  test('finds an artifact that both upload', async () => {
    const bytes = new Uint8Array(600_000).fill(7);
    const both = await Promise.all([subject, other].map(({ artifacts }) => timed(artifacts.put(bytes))));
    expect(both[0]!.answer).toEqual(both[1]!.answer);
    // Whoever lost the race for one piece may meet the winner at the next one again.
    expect(subject.fake.calls.dropped).toBeGreaterThan(0);
    expect(Math.max(...both.map(({ ms }) => ms))).toBeLessThan(1_900);
  });
});

test('an append that is slow and alone is answered by the server, though its stream is looked at meanwhile', async () => {
  subject.fake.faults.commitMs = 180;
  expect(await subject.store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 'none' })).toMatchObject({
    already: false,
  });
  expect(subject.fake.calls.append).toBe(1);
});

test('other events in their place are a conflict, not an answer', async () => {
  subject.fake.faults.commitMs = 120;
  const appends = ['x', 'y'].map((commandId) =>
    subject.store.append(stream, sampleEvents({ stream, count: 1, commandId }), { expectedRevision: 'none' }),
  );
  const outcomes = await Promise.allSettled(appends);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'WrongExpectedRevision' } });
});
