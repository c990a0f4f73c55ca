import { LedgerError } from '../../domain/shared/errors.ts';
import { keyFileIfAny, keyFileOf } from '../ledger/key-file.ts';
import { ledgerIdIn } from '../ledger/open-ledger.ts';
import { givenKey } from '../ledger/verify-anchor.ts';
import { type Verification, verifyLedger } from '../ledger/verify.ts';
import type { GivenCheckpoint } from '../ledger/verify-witness.ts';
import { askElsewhere } from '../ledger/verify-cosignatures.ts';
import { witnessesOf } from '../ledger/witness-folder.ts';
import type { Opening } from '../runtime/opening.ts';
import { redacted } from '../runtime/settings.ts';

const nothingRead: Omit<Verification, 'faults'> = {
  events: 0,
  streams: 0,
  artifacts: 0,
  sealedTo: 0,
  unsealed: 0,
  witnessedTo: 0,
  cosigned: null,
  anchor: { by: 'nothing', verifierKey: null, coveredTo: 0, statement: 'The store cannot be opened: nothing in it was verified.' },
  format: null,
  lettersUnopened: 0,
  notes: [],
};

export interface VerifiedStore {
  readonly verified: Verification;
  /** Null when the store cannot say whose it is. */
  readonly ledgerId: string | null;
}

/** What the verifier brings from elsewhere. */
export interface VerifyStore {
  readonly checkpoint: GivenCheckpoint | null;
  readonly verifierKey: string | null;
  /** The verifier's word that files of letter keys which are not here are kept elsewhere. */
  readonly letterKeysElsewhere: boolean;
}

/**
 * Verifies a store, believing nothing of it. What keeps it from being opened at all, though it bears our mark, is a fault as well. Errors:
 * LedgerMissing, NotALedger, Usage for a malformed verifier key.
 */
export async function verifyStore(
  { settings, tools, examining }: Pick<Opening, 'settings' | 'tools' | 'examining'>,
  { checkpoint, verifierKey, letterKeysElsewhere }: VerifyStore,
): Promise<VerifiedStore> {
  const file = redacted(settings.store);
  if (verifierKey !== null) givenKey(tools, verifierKey);
  const key = await keyFileIfAny(tools, settings);
  const witnesses = await witnessesOf(tools, settings, key);
  // Before the ledger is read, which may grow and be sealed meanwhile.
  const elsewhere = await askElsewhere(tools, witnesses);
  try {
    const { ports, integrity } = await examining();
    const found = await verifyLedger(ports, {
      witnessDirectory: witnesses.directory,
      witnessExpected: witnesses.expected,
      elsewhere,
      checkpoint,
      verifierKey,
      letterKeysElsewhere,
      keyFile: key === null ? null : { file: keyFileOf(settings), key },
      integrity,
    });
    const verified = witnesses.note === null ? found : { ...found, notes: [...found.notes, witnesses.note] };
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
      verified: { ...nothingRead, faults: [fault] },
      ledgerId: null,
    };
  }
}
