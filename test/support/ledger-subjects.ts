/** Ledgers that two sessions open, for the contracts of what they record. */
import { join } from 'node:path';
import { createMemoryStore } from '../../infra/memory/memory-store.ts';
import { openSqlite, type SqliteLedger } from '../../infra/sqlite/open.ts';
import type { RedeliverySubject } from '../contract/redelivery.contract.ts';

/** `directory` is for whatever stands beside the ledger. */
export function memoryLedger(directory: string): RedeliverySubject {
  const memory = createMemoryStore();
  return { open: async () => memory, directory, dispose: () => memory.store.close() };
}

export function sqliteLedger(directory: string): RedeliverySubject {
  const opened: SqliteLedger[] = [];
  return {
    open: async () => {
      const ledger = openSqlite(join(directory, 'ledger.sqlite'), { access: 'write', create: true });
      opened.push(ledger);
      return ledger;
    },
    directory,
    dispose: async () => opened.forEach((ledger) => ledger.close()),
  };
}
