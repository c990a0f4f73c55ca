import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { openSqlite, type SqliteLedger } from '../../../infra/sqlite/open.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { redeliveryContract } from '../../contract/redelivery.contract.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const folder = (): string => mkdtempSync(join(directory, 'ledger-'));

redeliveryContract('memory', async () => {
  const memory = createMemoryStore();
  return { open: async () => memory, directory: folder(), dispose: () => memory.store.close() };
});

redeliveryContract('SQLite', async () => {
  const below = folder();
  const opened: SqliteLedger[] = [];
  return {
    open: async () => {
      const ledger = openSqlite(join(below, 'ledger.sqlite'), { access: 'write', create: true });
      opened.push(ledger);
      return ledger;
    },
    directory: below,
    dispose: async () => opened.forEach((ledger) => ledger.close()),
  };
});
