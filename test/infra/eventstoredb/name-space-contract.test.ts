/** The contracts of the store inside a name space, beside ledgers of other names that write meanwhile. */
import { randomUUID } from 'node:crypto';
import dbClient from '@eventstore/db-client';
import { artifactsContract } from '../../contract/artifacts.contract.ts';
import { checkpointsContract } from '../../contract/checkpoints.contract.ts';
import { deliveriesContract } from '../../contract/deliveries.contract.ts';
import { eventStoreContract } from '../../contract/event-store.contract.ts';
import { type FakeSubject, fakeSubject } from '../../support/fake-eventstoredb/subject.ts';
import { sampleEvents } from '../../support/sample-events.ts';

/** The ledger `desk`, and before and during its life one without a name and one whose name begins alike, full of the same names. */
async function besideNoise(): Promise<FakeSubject> {
  const subject = await fakeSubject({}, 'desk');
  const foreign = [subject.second(''), subject.second('desk2')];
  for (const [index, { store, artifacts, checkpoints }] of foreign.entries()) {
    for (const stream of ['ledger', 'sleeveRun-a', 'sleeveRun-0', 'sleeveRun-1'])
      await store.append(stream, sampleEvents({ stream, count: 3, commandId: `foreign-${index}`, type: 'ThingSeen' }), {
        expectedRevision: 'none',
      });
    await artifacts.put(new Uint8Array([1, 2, 3]));
    await checkpoints.write('relay', { place: 'foreign' }, 'none');
  }
  let count = 0;
  const noise = setInterval(() => {
    for (const begin of ['', 'desk2.']) {
      const record = {
        id: randomUUID(),
        type: `${begin}ThingSeen`,
        contentType: 'text',
        metadata: new Uint8Array(0),
        data: new Uint8Array(9),
      };
      subject.fake.log.append(`${begin}sleeveRun-noise${count++}`, [record], 'any');
    }
  }, 5);
  return {
    ...subject,
    dispose: async () => {
      clearInterval(noise);
      await subject.dispose();
    },
  };
}

eventStoreContract(
  'EventStoreDB in a name space',
  async () => {
    const subject = await besideNoise();
    const operator = dbClient.EventStoreDBClient.connectionString(subject.fake.location);
    const credentials = { username: 'admin', password: '' };
    return {
      store: subject.store,
      hooks: {
        truncateStream: async (stream) => void (await operator.setStreamMetadata(`desk.${stream}`, { truncateBefore: 1 }, { credentials })),
        deleteStream: async (stream) => void (await operator.tombstoneStream(`desk.${stream}`)),
        secondStore: async () => subject.second().store,
      },
      dispose: async () => {
        await operator.dispose();
        await subject.dispose();
      },
    };
  },
  { truncate: true, delete: true, second: true },
);

artifactsContract('EventStoreDB in a name space', async () => {
  const { artifacts, fake, dispose } = await besideNoise();
  return {
    artifacts,
    damage: async (sha256, byteIndex) => {
      let at = byteIndex;
      for (const record of fake.log.records.filter(({ stream }) => stream === `desk.artifact-${sha256}`)) {
        if (at < record.data.length) {
          record.data = Uint8Array.from(record.data);
          record.data[at]! ^= 1;
          return;
        }
        at -= record.data.length;
      }
    },
    dispose,
  };
});

checkpointsContract('EventStoreDB in a name space', async () => {
  const subject = await besideNoise();
  return { ...subject, again: async () => subject.second().checkpoints };
});

deliveriesContract(
  'EventStoreDB in a name space',
  async () => {
    const subject = await besideNoise();
    return { ...subject, another: async () => subject.second() };
  },
  { groups: true },
);
