import { isNotALedger } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports, StorageFinding } from '../ports/ports.ts';
import type { Fault } from './fault.ts';
import { ledgerIdIn } from './open-ledger.ts';
import { type Verification, verifyLedger } from './verify.ts';
import type { GivenCheckpoint } from './verify-witness.ts';

/** A store that is a file. */
export interface OpenedFile extends Pick<Ports, 'store' | 'artifacts' | 'readModels' | 'checkpoints' | 'deliveries' | 'letterKeys'> {
  readonly integrity: () => readonly StorageFinding[];
}

/** Everything of the world but a store. */
export type WithoutStore = Omit<Ports, keyof OpenedFile>;

export interface Candidate extends Omit<Verification, 'cosigned' | 'format' | 'faults' | 'notes'> {
  readonly ledgerId: string | null;
  /** Faults of the read models: no part of the ledger, they are folded again. */
  readonly readModelFaults: readonly Fault[];
}

/** What vouches for it from outside. */
export interface Brought {
  readonly checkpoint: GivenCheckpoint | null;
  readonly verifierKey: string | null;
}

const faultsShown = 20;

export function backupInvalid(file: string, why: string, evidence: Record<string, unknown>, cause?: unknown): LedgerError {
  return new LedgerError('BackupInvalid', `${file} does not verify: ${why}`, {
    evidence,
    at: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Opens what should be a whole ledger; being unable to is a statement about it. Errors: BackupInvalid naming `backup`; FileUnreadable;
 * StoreTooNew.
 */
export async function openedForReading<Opened extends OpenedFile>(backup: string, open: () => Promise<Opened>): Promise<Opened> {
  try {
    return await open();
  } catch (error) {
    if (!isNotALedger(error)) throw error;
    throw backupInvalid(backup, error.message, error.evidence, error);
  }
}

/**
 * Verifies a file that is about to become a backup, or was copied from one, by a checkpoint or a key that was kept outside of it.
 *
 * Errors: BackupInvalid naming `backup`, with the faults found; Usage for a malformed verifier key.
 */
export async function verifiedCandidate(
  tools: WithoutStore,
  backup: string,
  open: () => Promise<OpenedFile>,
  brought: Brought,
): Promise<Candidate> {
  const opened = await openedForReading(backup, open);
  try {
    const ports: Ports = { ...tools, ...opened };
    const {
      faults,
      notes: _,
      format: __,
      cosigned: ___,
      ...verified
    } = await verifyLedger(ports, { witnessDirectory: null, ...brought, letterKeysElsewhere: true, integrity: opened.integrity });
    const [readModelFaults, others] = [faults.filter(isOfReadModels), faults.filter((fault) => !isOfReadModels(fault))];
    if (others.length > 0) {
      const first = others[0]!;
      throw backupInvalid(
        backup,
        `${others.length} faults, the first ${first.kind}: expected ${first.expected.slice(0, 100)}, found ${first.actual.slice(0, 100)}`,
        { faults: others.slice(0, faultsShown) },
      );
    }
    if (verified.events === 0) throw backupInvalid(backup, 'it holds no events', {});
    return { ...verified, ledgerId: await ledgerIdIn(ports), readModelFaults };
  } finally {
    await opened.store.close();
  }
}

function isOfReadModels({ kind }: Fault): boolean {
  return kind.startsWith('read_model');
}
