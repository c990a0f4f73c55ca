/**
 * Between two leaders. The server answers calls that require one with status 5 and the words "Leader info available", without the details
 * from which the client makes its NotLeaderError, and others with 14 "Server Is Not Ready". Nothing of it is final: each call is made again
 * until a leader is there.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { noLeader } from '../../support/fake-eventstoredb/messages.ts';
import { type FakeSubject, fakeSubject, quick } from '../../support/fake-eventstoredb/subject.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';
import { sampleEvents } from '../../support/sample-events.ts';

const stream = 'sleeveRun-a';
const electionMs = 300;
refuseUnheardRejections();

let subject: FakeSubject;
let controller: AbortController;
beforeEach(async () => {
  subject = await fakeSubject(quick);
  controller = new AbortController();
});
afterEach(async () => {
  controller.abort();
  await subject.dispose();
});

function elect(): void {
  subject.fake.faults.isElecting = true;
  setTimeout(() => {
    subject.fake.faults.isElecting = false;
  }, electionMs);
}

const append = (name: string): Promise<unknown> =>
  subject.store.append(name, sampleEvents({ stream: name, count: 1, type: 'ThingSeen' }), { expectedRevision: 'none' });

describe('an election', () => {
  test('holds an append up, and does not end it', async () => {
    elect();
    expect(await append(stream)).toMatchObject({ already: false });
    expect(subject.fake.log.visible(stream)).toHaveLength(1);
    expect(subject.fake.calls.append).toBeGreaterThan(1);
  });

  test('holds an upload and a checkpoint up', async () => {
    elect();
    await expect(subject.artifacts.put(new Uint8Array(3))).resolves.toMatchObject({ bytes: 3 });
    elect();
    await expect(subject.checkpoints.write('relay', { place: 'a' }, 'none')).resolves.toMatchObject({ version: 0n });
  });

  test('holds the making of a group up', async () => {
    elect();
    await subject.deliveries.join('reaction', { types: ['ThingSeen'], signal: controller.signal }).joined;
    expect(subject.fake.groups.byName.size).toBe(1);
  });

  test('holds a member up that has lost its call, and the next event reaches it', async () => {
    const seen: string[] = [];
    const membership = subject.deliveries.join('reaction', { types: ['ThingSeen'], signal: controller.signal });
    await membership.joined;
    const over = (async () => {
      for await (const { event, settle } of membership) {
        seen.push(event.stream);
        await settle();
      }
    })();
    while (subject.fake.groups.only.members === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    elect();
    subject.fake.groups.only.drop(noLeader);
    await append(stream);
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toEqual([stream]);
    controller.abort();
    await over;
  });
});
