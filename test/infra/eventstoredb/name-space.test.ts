/** One server, several ledgers: neither sees anything of the other. `name-space-contract.test.ts` runs the contracts in a name space. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import dbClient from '@eventstore/db-client';
import { parseConnectionString } from '../../../infra/eventstoredb/connection-string.ts';
import { LedgerClient } from '../../../infra/eventstoredb/client.ts';
import { groupName } from '../../../infra/eventstoredb/group.ts';
import { NameSpace } from '../../../infra/eventstoredb/name-space.ts';
import { besideStore } from '../../../handlers/runtime/settings.ts';
import { everything, forwards, ids, take } from '../../contract/event-store-bench.ts';
import { clearLedger } from '../../support/clear-ledger.ts';
import { addressesIn } from '../../support/artifact-addresses.ts';
import { type FakeSubject, fakeSubject } from '../../support/fake-eventstoredb/subject.ts';
import { sampleEvents } from '../../support/sample-events.ts';

function recorded(streamId: string): { readonly event: { readonly streamId: string; readonly type: string } } {
  return { event: { streamId, type: 'desk.ThingSeen' } };
}

describe('two ledgers on one server', () => {
  let subject: FakeSubject;
  beforeEach(async () => {
    subject = await fakeSubject({}, 'desk');
  });
  afterEach(async () => {
    await subject.dispose();
  });

  test('hold the same streams, artifacts and checkpoints, each its own', async () => {
    const stream = 'sleeveRun-a';
    const named = ['desk', 'lab', ''].map((name) => subject.second(name));
    const own = [];
    for (const [index, { store }] of named.entries()) {
      const { events } = await store.append(stream, sampleEvents({ stream, count: 1 + index, commandId: `${index}` }), {
        expectedRevision: 'none',
      });
      own.push(ids(events));
    }
    for (const [index, { store, artifacts, checkpoints }] of named.entries()) {
      expect(ids(await store.readAll(everything))).toEqual(own[index]);
      expect(ids(await store.readAll({ ...everything, types: ['SampleRecorded'] }))).toEqual(own[index]);
      expect(ids(await store.readStream(stream, forwards))).toEqual(own[index]);
      const live = store.subscribeAll({ after: null, types: null, signal: new AbortController().signal });
      expect(ids(await take(live, 1 + index))).toEqual(own[index]);
      expect((await store.readAll(everything)).every((event) => event.stream === stream && event.type === 'SampleRecorded')).toBe(true);
      const { sha256 } = await artifacts.put(new Uint8Array([index]));
      expect(await addressesIn(artifacts)).toEqual([sha256]);
      await expect(checkpoints.write('relay', { place: `${index}` }, 'none')).resolves.toMatchObject({ version: 0n });
    }
  });

  test('report the cuts of their own streams only', async () => {
    const operator = dbClient.EventStoreDBClient.connectionString(subject.fake.location);
    const credentials = { username: 'admin', password: '' };
    await operator.setStreamMetadata('desk.sleeveRun-a', { maxCount: 1 }, { credentials });
    await operator.setStreamMetadata('lab.sleeveRun-b', { maxCount: 1 }, { credentials });
    await operator.setStreamMetadata('sleeveRun-c', { maxCount: 1 }, { credentials });
    const cutsOf = async (name: string): Promise<string[]> =>
      (await subject.second(name).truncatedStreams()).map(({ detail }) => detail.split(' ')[1]!);
    expect([await cutsOf('desk'), await cutsOf('lab'), await cutsOf('')]).toEqual([['sleeveRun-a'], ['sleeveRun-b'], ['sleeveRun-c']]);
    await operator.dispose();
  });

  test('have groups of their own, which deliver nothing of the other', async () => {
    const controller = new AbortController();
    const lab = subject.second('lab');
    const membership = subject.deliveries.join('reaction', { types: ['ThingSeen'], signal: controller.signal });
    await membership.joined;
    await lab.deliveries.join('reaction', { types: ['ThingSeen'], signal: controller.signal }).joined;
    expect([...subject.fake.groups.byName.keys()].map((name) => name.replace(/-[0-9a-f]{12}$/, ''))).toEqual([
      'desk.reaction',
      'lab.reaction',
    ]);
    for (const { store } of [lab, subject])
      await store.append('sleeveRun-a', sampleEvents({ stream: 'sleeveRun-a', count: 1, type: 'ThingSeen' }), { expectedRevision: 'none' });
    for await (const { event } of membership) {
      expect(event).toMatchObject({ stream: 'sleeveRun-a', type: 'ThingSeen' });
      break;
    }
    expect(subject.fake.groups.byName.get([...subject.fake.groups.byName.keys()][0]!)!.settled).toEqual([]);
    controller.abort();
  });

  test('go one without the other: a cleared ledger leaves nothing behind, and takes nothing along', async () => {
    const stream = 'sleeveRun-a';
    const lab = subject.second('lab');
    for (const { store, artifacts, checkpoints } of [subject, lab]) {
      await store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' });
      await artifacts.put(new Uint8Array(3));
      await checkpoints.write('relay', { place: 'a' }, 'none');
    }
    const joined = { types: ['ThingSeen'], signal: AbortSignal.timeout(5_000) };
    for (const { deliveries } of [subject, lab]) await deliveries.join('reaction', joined).joined;
    const operator = new LedgerClient(parseConnectionString(`${subject.fake.location}&ledger=desk`));
    // A group that was asked for and never made stops nobody.
    await clearLedger(operator, ['desk.never-made', operator.names.outer(groupName('reaction', joined.types))]);
    await operator.shutDown();
    const left = new Set(subject.fake.log.records.filter((record) => subject.fake.log.isVisible(record)).map((record) => record.stream));
    expect([...left].filter((name) => name.startsWith('desk.'))).toEqual([]);
    expect([...subject.fake.groups.byName.keys()]).toEqual([`lab.${groupName('reaction', joined.types)}`]);
    expect(await lab.store.readStream(stream, forwards)).toHaveLength(2);
    expect(await addressesIn(lab.artifacts)).toHaveLength(1);
  });

  test('keep their files apart', () => {
    expect(['tls=true', 'tls=true&ledger=desk', 'ledger=lab'].map((query) => besideStore(`esdb://ops:secret@one:2113?${query}`))).toEqual([
      'esdb-one-2113',
      'esdb-one-2113-desk',
      'esdb-one-2113-lab',
    ]);
  });

  test.each(['a-b', 'a.b', '1a', 'a/b', '', 'x'.repeat(65), '$a'])('a ledger named %j is refused', (name) => {
    expect(() => parseConnectionString(`esdb://127.0.0.1?tls=false&ledger=${encodeURIComponent(name)}`)).toThrow(
      expect.objectContaining({ code: 'ConfigInvalid' }),
    );
  });

  test('whatever stands in another name space is passed over, as a link is whose event is gone', () => {
    const names = new NameSpace('desk');
    expect(names.inner(recorded('desk.sleeveRun-a'))).toMatchObject({ event: { streamId: 'sleeveRun-a', type: 'ThingSeen' } });
    for (const foreign of ['sleeveRun-a', 'desk2.sleeveRun-a', 'deskXsleeveRun-a', '$$lab.sleeveRun-a'])
      expect(names.inner(recorded(foreign))).toMatchObject({ event: undefined, link: { streamId: foreign } });
  });
});
