import { environmentNames } from '../../../handlers/runtime/settings.ts';
import type { Workbench } from '../cli.ts';
import { FakeEventStoreDb } from '../fake-eventstoredb/fake-server.ts';

export interface StoreInUse {
  readonly location: string;
  readonly stop: () => Promise<void>;
}

/** Where a ledger of a workbench may be kept. */
export const stores = {
  'a SQLite file': async (bench: Workbench): Promise<StoreInUse> => ({ location: bench.store, stop: async () => undefined }),
  'an EventStoreDB': async (bench: Workbench): Promise<StoreInUse> => {
    const fake = await FakeEventStoreDb.start();
    return { location: `${fake.location}&readModels=${bench.path('read-models.sqlite')}`, stop: () => fake.stop() };
  },
};

/** A ledger in that store, with key and witness below the workbench: for command lines in this process, and for a process of its own. */
export function settingsIn(
  bench: Workbench,
  { location }: StoreInUse,
): { readonly environment: Readonly<Record<string, string>>; readonly flags: readonly string[] } {
  const [key, witness] = [bench.path('key'), bench.path('witness')];
  return {
    environment: { [environmentNames.store]: location, [environmentNames.key]: key, [environmentNames.witness]: witness },
    flags: ['--key', key, '--witness', witness],
  };
}
