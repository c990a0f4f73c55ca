/** The witness is read before the ledger: what others record, seal and witness while it is verified is no cut tail. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { seal } from '../../../handlers/commands/seal-ledger.ts';
import { verifyLedger } from '../../../handlers/ledger/verify.ts';
import { addRun, ledgerSession, storeLike } from '../../support/ledger-session.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();

test('a ledger that grows and is sealed while it is verified has no fault', async () => {
  const { session, settings } = await ledgerSession(join(directory, 'grows'));
  const { store } = session.ports;
  await addRun(store, 'before');
  await seal(session, settings);
  let calls = 0;
  const overtaken = storeLike(store, {
    readAll: async (options) => {
      const page = await store.readAll(options);
      // Somebody seals behind every page that is read, once each.
      if (calls++ < 3) {
        await addRun(store, `meanwhile-${calls}`);
        await seal(session, settings);
      }
      return page;
    },
  });
  const request = { witnessDirectory: settings.witness!, witnessExpected: true, checkpoint: null };
  expect((await verifyLedger({ ...session.ports, store: overtaken }, request)).faults).toEqual([]);
  expect(calls).toBeGreaterThan(0);
  expect((await verifyLedger(session.ports, request)).faults).toEqual([]);
});
