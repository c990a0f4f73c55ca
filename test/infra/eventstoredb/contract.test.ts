/** The contract of every store, unchanged, through the real client to a server made from its own stubs. */
import dbClient from '@eventstore/db-client';
import { artifactsContract } from '../../contract/artifacts.contract.ts';
import { checkpointsContract } from '../../contract/checkpoints.contract.ts';
import { deliveriesContract } from '../../contract/deliveries.contract.ts';
import type { EventStoreSubject } from '../../contract/event-store-bench.ts';
import { eventStoreContract } from '../../contract/event-store.contract.ts';
import { redeliveryContract } from '../../contract/redelivery.contract.ts';
import { fakeEventStoreLedger } from '../../support/fake-eventstoredb/ledger.ts';
import { type FakeSubject, fakeSubject } from '../../support/fake-eventstoredb/subject.ts';

eventStoreContract('EventStoreDB', async () => subjectOf(await fakeSubject()), { truncate: true, delete: true, second: true });

eventStoreContract(
  'EventStoreDB, told what is stored',
  async () => {
    const subject = await fakeSubject({ followsAtAppends: 0 });
    // Its last question before it listens.
    while (subject.fake.calls.read === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    return subjectOf(subject);
  },
  { truncate: true, delete: true, second: true },
);

function subjectOf(subject: FakeSubject): EventStoreSubject {
  const operator = dbClient.EventStoreDBClient.connectionString(subject.fake.location);
  const credentials = { username: 'admin', password: '' };
  return {
    store: subject.store,
    hooks: {
      truncateStream: async (stream) => void (await operator.setStreamMetadata(stream, { truncateBefore: 1 }, { credentials })),
      deleteStream: async (stream) => void (await operator.tombstoneStream(stream)),
      secondStore: async () => subject.second().store,
    },
    dispose: async () => {
      await operator.dispose();
      await subject.dispose();
    },
  };
}

artifactsContract('EventStoreDB', async () => {
  const { artifacts, fake, dispose } = await fakeSubject();
  return {
    artifacts,
    damage: async (sha256, byteIndex) => {
      let at = byteIndex;
      for (const record of fake.log.records.filter(({ stream }) => stream === `artifact-${sha256}`)) {
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

checkpointsContract('EventStoreDB', async () => {
  const subject = await fakeSubject();
  return { ...subject, again: async () => subject.second().checkpoints };
});

deliveriesContract(
  'EventStoreDB',
  async () => {
    const subject = await fakeSubject();
    return { ...subject, another: async () => subject.second() };
  },
  { groups: true },
);

redeliveryContract('EventStoreDB', fakeEventStoreLedger);
