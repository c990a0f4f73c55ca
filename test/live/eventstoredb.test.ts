/**
 * The suites of the store against a running EventStoreDB, given by EVENTSTORE_URL: `npm run test:live`. Every test has a ledger of its
 * own there and deletes it, so that it can be repeated on the same server, beside whatever else it holds. The appends of exactly 1 MiB ask
 * for `MaxAppendSize` of 2 MiB on the server (docs/how-to/use-eventstoredb.md).
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../infra/memory/memory-store.ts';
import { checkpointsContract } from '../contract/checkpoints.contract.ts';
import { deliveriesContract } from '../contract/deliveries.contract.ts';
import { eventStoreContract } from '../contract/event-store.contract.ts';
import { recordingInPartsContract } from '../contract/recording-in-parts.contract.ts';
import { redeliveryContract, type RedeliverySubject } from '../contract/redelivery.contract.ts';
import { needs } from '../support/needs.ts';
import { LiveSubject } from './live-subject.ts';
import { addressesIn } from '../support/artifact-addresses.ts';

async function redeliverySubject(): Promise<RedeliverySubject> {
  const directory = mkdtempSync(join(tmpdir(), 'esdb-live-'));
  const subject = new LiveSubject();
  return {
    open: async () => ({ ...subject.open(), readModels: createMemoryStore().readModels }),
    directory,
    dispose: async () => {
      await subject.dispose();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

if (needs('a running EventStoreDB').isMet) {
  eventStoreContract(
    'a running EventStoreDB',
    async () => {
      const subject = new LiveSubject();
      const { store } = subject.open();
      const { operator } = subject;
      const { credentials, names } = operator;
      return {
        store,
        hooks: {
          truncateStream: async (stream) =>
            void (await operator.setStreamMetadata(names.outer(stream), { truncateBefore: 1 }, { credentials })),
          deleteStream: async (stream) => void (await operator.tombstoneStream(names.outer(stream), { credentials })),
          secondStore: async () => subject.open().store,
        },
        dispose: () => subject.dispose(),
      };
    },
    { truncate: true, delete: true, second: true },
  );

  checkpointsContract('a running EventStoreDB', async () => {
    const subject = new LiveSubject();
    return { ...subject.open(), again: async () => subject.open().checkpoints, dispose: () => subject.dispose() };
  });

  deliveriesContract(
    'a running EventStoreDB',
    async () => {
      const subject = new LiveSubject();
      return { ...subject.open(), another: async () => subject.open(), dispose: () => subject.dispose() };
    },
    { groups: true },
  );

  redeliveryContract('a running EventStoreDB', redeliverySubject);
  recordingInPartsContract('a running EventStoreDB', 2_200, redeliverySubject);

  describe('artifacts on a running EventStoreDB', () => {
    test.each([0, 1, 524_288, 1_300_000])('of %i bytes are stored once and come back as they went in', async (length) => {
      const subject = new LiveSubject();
      const { artifacts } = subject.open();
      const bytes = randomBytes(length);
      const { sha256 } = await artifacts.put(bytes);
      expect(await artifacts.put(bytes)).toEqual({ sha256, bytes: length });
      expect(Buffer.from(await artifacts.get(sha256)).equals(bytes)).toBe(true);
      expect(await addressesIn(artifacts)).toEqual([sha256]);
      await subject.dispose();
    });
  });
}
