import { LedgerError } from '../../domain/shared/errors.ts';
import { keyFileOf, readKeyFile, writeKeyFile } from '../ledger/key-file.ts';
import { witnessesOf } from '../ledger/witness-folder.ts';
import { formatWitnessPlaces } from '../ledger/witness-places.ts';
import type { Opening } from '../runtime/opening.ts';
import type { LedgerIdentity } from '../runtime/session.ts';
import { redacted } from '../runtime/settings.ts';

export interface NewLedger extends LedgerIdentity {
  readonly store: string;
  readonly keyFile: string;
  readonly witness: string;
}

/** A store without a first event, as a failed first write leaves it, is not a ledger yet. */
async function holdsLedger({ reading }: Pick<Opening, 'reading'>): Promise<boolean> {
  try {
    await reading();
    return true;
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'LedgerMissing') return false;
    throw error;
  }
}

/** Makes a ledger with its signing key, and names the folder that witnesses its seals. Errors: LedgerExists. */
export async function initLedger(opening: Pick<Opening, 'settings' | 'tools' | 'reading' | 'writing'>): Promise<NewLedger> {
  const { settings, tools } = opening;
  const store = redacted(settings.store);
  if (await holdsLedger(opening)) throw new LedgerError('LedgerExists', `${store} holds a ledger`, { at: { file: store } });
  const { ledger } = await opening.writing();
  const key = await readKeyFile(tools, settings);
  const { directory: folder, addresses } = await witnessesOf(tools, settings, key);
  const witness = formatWitnessPlaces({ folder, addresses });
  if (witness !== key.witness) await writeKeyFile(tools, settings, { ...key, witness });
  const { ledgerId, origin, verifierKey } = ledger;
  return { store, ledgerId, origin, verifierKey, keyFile: keyFileOf(settings), witness };
}
