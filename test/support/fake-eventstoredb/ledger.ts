import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import type { RedeliverySubject } from '../../contract/redelivery.contract.ts';
import { fakeSubject } from './subject.ts';

/** A ledger that two sessions open, for the contracts of what they record. */
export async function fakeEventStoreLedger(): Promise<RedeliverySubject> {
  const directory = mkdtempSync(join(tmpdir(), 'esdb-ledger-'));
  const subject = await fakeSubject();
  return {
    open: async () => ({ ...subject.second(), readModels: createMemoryStore().readModels }),
    directory,
    dispose: async () => {
      await subject.dispose();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
