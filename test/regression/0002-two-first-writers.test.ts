/**
 * Two processes write to a new ledger at once. Both found no signing key and made one; the later replaced the key of the
 * earlier, whose ledger it was: from then on nobody could seal it. The key file is now placed once, and every loser reads it.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTools, openStore } from '../../bin/adapters.ts';
import { openLedger } from '../../handlers/ledger/open-ledger.ts';
import { readKeyFile } from '../../handlers/ledger/key-file.ts';
import { seal } from '../../handlers/ledger/seal.ts';
import { resolveSettings } from '../../handlers/settings.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();

test('of eight first writers one names the ledger, all agree on it, and its key is the one that is kept', async () => {
  const { settings } = resolveSettings({ store: join(directory, 'ledger.sqlite') }, {}, null);
  const tools = createTools({ logLevel: 'silent', isTerminal: false });
  const all = await Promise.all(Array.from({ length: 8 }, async () => ({ ...tools, ...(await openStore(settings.store, 'write')) })));
  const identities = await Promise.all(all.map((ports) => openLedger(ports, settings, true)));
  expect(new Set(identities.map(({ ledgerId }) => ledgerId)).size).toBe(1);
  const key = await readKeyFile(tools, settings);
  expect(key.verifierKey).toBe(identities[0]!.verifierKey);
  expect(statSync(`${settings.store}.key`).mode & 0o777).toBe(0o600);
  const sealed = await seal({ ports: all[0]!, ledger: identities[0]!, actor: 'test' }, settings);
  expect(sealed.treeSize).toBe(1);
  for (const ports of all) await ports.store.close();
  expect(readdirSync(directory).filter((name) => name.endsWith('.part'))).toEqual([]);
});
