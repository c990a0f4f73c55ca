/**
 * Between the reading of the tree and the recording of the seal another process recorded something. The seal was the newest event, and the
 * next seal took the newest event being a seal for everything being sealed: what had slipped in was never covered by a recorded seal.
 */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTools, openStore } from '../../bin/adapters.ts';
import { openLedger } from '../../handlers/ledger/open-ledger.ts';
import { seal } from '../../handlers/commands/seal-ledger.ts';
import { resolveSettings } from '../../handlers/runtime/settings.ts';
import { streams } from '../../handlers/runtime/streams.ts';
import { storeLike } from '../support/ledger-session.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();

test('what slipped in before a seal is covered by the next one', async () => {
  const { settings } = resolveSettings({ store: join(directory, 'ledger.sqlite') }, {}, null);
  const ports = { ...createTools({ logLevel: 'silent', isTerminal: false }), ...(await openStore(settings.store, 'write')) };
  const session = { ports, ledger: await openLedger(ports, settings, true), actor: 'test' };
  const { store } = ports;
  const slipIn = (): Promise<unknown> =>
    streams.sleeve.handle(session, 'a', { kind: 'QuarantineSleeve', sleeve: 'a', number: 1, why: 'x' });
  const overtaken = storeLike(store, {
    append: async (...given) => {
      await slipIn();
      return store.append(...given);
    },
  });
  const first = await seal({ ...session, ports: { ...ports, store: overtaken } }, settings);
  expect(first).toMatchObject({ treeSize: 2, already: false });
  const next = await seal(session, settings);
  expect(next).toMatchObject({ treeSize: 4, already: false });
  expect(await seal(session, settings)).toMatchObject({ treeSize: 4, already: true });
  const seals = (await store.readAll({ after: null, maxCount: 10, types: ['LedgerSealed'] })).length;
  expect(seals).toBe(2);
  await store.close();
});
