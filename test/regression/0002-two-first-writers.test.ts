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
import { seal } from '../../handlers/commands/seal-ledger.ts';
import type { LedgerIdentity } from '../../handlers/runtime/session.ts';
import { resolveSettings } from '../../handlers/runtime/settings.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();

test('the slower of two first writers takes the key of the faster, and leaves it in its place', async () => {
  const { settings } = resolveSettings({ store: join(directory, 'ledger.sqlite') }, {}, null);
  const tools = createTools({ logLevel: 'silent', isTerminal: false });
  const fast = { ...tools, ...(await openStore(settings.store, 'write')) };
  const opened: { first?: LedgerIdentity } = {};
  // The slower one has looked for a key and found none when the faster opens the ledger.
  const files: typeof tools.files = {
    ...tools.files,
    writeWhole: async (...given) => {
      opened.first = await openLedger(fast, settings, true);
      await tools.files.writeWhole(...given);
    },
  };
  const slow = { ...tools, files, ...(await openStore(settings.store, 'write')) };
  const second = await openLedger(slow, settings, true);
  expect(second).toEqual(opened.first);
  expect((await readKeyFile(tools, settings)).verifierKey).toBe(second.verifierKey);
  expect(statSync(`${settings.store}.key`).mode & 0o777).toBe(0o600);
  expect((await seal({ ports: slow, ledger: second, actor: 'test' }, settings)).treeSize).toBe(2);
  for (const ports of [fast, slow]) await ports.store.close();
  expect(readdirSync(directory).filter((name) => name.endsWith('.part'))).toEqual([]);
});
