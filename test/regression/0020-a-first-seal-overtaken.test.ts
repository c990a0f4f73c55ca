/**
 * Two processes sealed a new ledger at once. One read the witness before the other had made the first seal, and the ledger after it: it
 * took the witness for one that had forgotten, and ended with WitnessMissing.
 */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTools, openStore } from '../../bin/adapters.ts';
import { seal } from '../../handlers/commands/seal-ledger.ts';
import { openLedger } from '../../handlers/ledger/open-ledger.ts';
import { missingWitness, outsideCheckpoints } from '../../handlers/ledger/verify-witness.ts';
import { resolveSettings } from '../../handlers/runtime/settings.ts';
import type { Scan } from '../../handlers/ledger/verify-scan.ts';
import { storeLike } from '../support/ledger-session.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();

test('who looked at the witness before the first seal of another process, and at the ledger after it, seals as well', async () => {
  const { settings } = resolveSettings({ store: join(directory, 'ledger.sqlite') }, {}, null);
  const ports = { ...createTools({ logLevel: 'silent', isTerminal: false }), ...(await openStore(settings.store, 'write')) };
  const session = { ports, ledger: await openLedger(ports, settings, true), actor: 'test' };
  const folder = `${settings.store}.witness`;
  const before = await outsideCheckpoints(ports, folder, null);
  let overtaken = false;
  const { store } = ports;
  const other = storeLike(store, {
    readStream: async (...given) => {
      if (!overtaken) {
        overtaken = true;
        await seal(session, settings);
      }
      return store.readStream(...given);
    },
  });
  expect(await seal({ ...session, ports: { ...ports, store: other } }, settings)).toMatchObject({ already: true });
  expect(overtaken).toBe(true);
  // Nor does a verification that read the folder before and the ledger after.
  const scanned = { sealedTo: 2 } as Scan;
  expect(await missingWitness(ports, folder, before, scanned)).toEqual([]);
  expect(await missingWitness(ports, `${folder}-none`, before, scanned)).toMatchObject([{ kind: 'witness_missing' }]);
  await ports.store.close();
});
