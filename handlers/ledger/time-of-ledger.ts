import type { LedgerTime, Ports } from '../ports/ports.ts';
import { createLedgerTime } from '../runtime/ledger-time.ts';
import type { Settings } from '../runtime/settings.ts';
import { keyFileOf } from './key-file.ts';

/** The time of a ledger by its store and its key file. `acceptedWhy`: why the first jump is accepted; null for none. */
export function timeOfLedger({ store, files }: Pick<Ports, 'store' | 'files'>, settings: Settings, acceptedWhy: string | null): LedgerTime {
  return createLedgerTime({
    store,
    keyTime: () => files.writtenAt(keyFileOf(settings)),
    limitDays: settings.clockJumpLimitDays,
    acceptedWhy,
  });
}
