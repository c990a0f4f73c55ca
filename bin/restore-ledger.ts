import { type RestoreBackup, restoreBackup, type RestoredLedger } from '../handlers/commands/back-up-ledger.ts';
import type { EventStore } from '../handlers/ports/ports.ts';
import { resolveSettings, type Settings } from '../handlers/runtime/settings.ts';
import { createTools, openStore } from './adapters.ts';

/** Puts a backup in the place of a ledger that is gone, once it has been verified up to a checkpoint. Errors: those of `ledger restore`. */
export async function restoreLedger(
  options: Partial<Settings> & { readonly store: string },
  command: Pick<RestoreBackup, 'file'> & Partial<RestoreBackup>,
): Promise<RestoredLedger> {
  const { settings } = resolveSettings(options, {}, null);
  const tools = createTools({ logLevel: settings.logLevel, isTerminal: false });
  const opened: EventStore[] = [];
  const opening: Parameters<typeof restoreBackup>[0]['opening'] = async (location, mode) => {
    const store = await openStore(location, mode, tools.log);
    opened.push(store.store);
    return store;
  };
  try {
    return await restoreBackup({ settings, tools, opening }, { checkpointFile: null, verifierKey: null, ...command });
  } finally {
    for (const store of opened) await store.close();
  }
}
