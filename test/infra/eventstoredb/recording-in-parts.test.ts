import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { recordingInPartsContract } from '../../contract/recording-in-parts.contract.ts';
import { fakeSubject } from '../../support/fake-eventstoredb/subject.ts';

recordingInPartsContract('EventStoreDB', 1_010, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'esdb-parts-'));
  const subject = await fakeSubject();
  return {
    open: async () => ({ ...subject.second(), readModels: createMemoryStore().readModels }),
    directory,
    dispose: async () => {
      await subject.dispose();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});
