import { LedgerError } from '../../domain/shared/errors.ts';
import { ledgerIdIn } from '../ledger/open-ledger.ts';
import { type Verification, verifyLedger } from '../ledger/verify.ts';
import type { GivenCheckpoint } from '../ledger/verify-witness.ts';
import { askElsewhere } from '../ledger/verify-cosignatures.ts';
import { witnessesOf } from '../ledger/witness-folder.ts';
import type { Opening } from '../runtime/opening.ts';
import { redacted } from '../runtime/settings.ts';

export interface VerifiedStore {
  readonly verified: Verification;
  /** Null when the store cannot say whose it is. */
  readonly ledgerId: string | null;
}

/**
 * Verifies a store, believing nothing of it. What keeps it from being opened at all, though it bears our mark, is a fault as well. Errors:
 * LedgerMissing, NotALedger.
 */
export async function verifyStore(
  { settings, tools, examining }: Pick<Opening, 'settings' | 'tools' | 'examining'>,
  checkpoint: GivenCheckpoint | null,
): Promise<VerifiedStore> {
  const file = redacted(settings.store);
  const witnesses = await witnessesOf(tools, settings);
  const { directory: witnessDirectory, expected: witnessExpected, note } = witnesses;
  // Before the ledger is read, which may grow and be sealed meanwhile.
  const elsewhere = await askElsewhere(tools, witnesses);
  try {
    const { ports, integrity } = await examining();
    const found = await verifyLedger(ports, { witnessDirectory, witnessExpected, elsewhere, checkpoint, integrity });
    const verified = note === null ? found : { ...found, notes: [...found.notes, note] };
    if (verified.events === 0 && verified.faults.length === 0)
      throw new LedgerError('LedgerMissing', `no ledger in ${file}`, { at: { file } });
    return { verified, ledgerId: await ledgerIdIn(ports) };
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'StoreIo') throw error;
    const fault = {
      kind: 'database_damaged',
      stream: null,
      revision: null,
      position: null,
      expected: 'a database that can be opened',
      actual: error.message,
      file,
    };
    return {
      verified: {
        events: 0,
        streams: 0,
        artifacts: 0,
        sealedTo: 0,
        unsealed: 0,
        witnessedTo: 0,
        cosigned: null,
        format: null,
        faults: [fault],
        notes: [],
      },
      ledgerId: null,
    };
  }
}
