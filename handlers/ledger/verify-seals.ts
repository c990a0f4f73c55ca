import { type Checkpoint, openCheckpoint, readUnverifiedCheckpoint } from '../../domain/audit/checkpoint.ts';
import { sameBytes } from '../../domain/audit/merkle.ts';
import { parseVerifierKey, type VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { Ports } from '../ports.ts';
import { at, damageIn, type Fault, nowhere } from './fault.ts';
import type { Scan } from './verify-scan.ts';
import { witnessFiles } from './witness.ts';

export interface Covered {
  readonly faults: readonly Fault[];
  /** Leaves under the widest checkpoint that holds. */
  readonly sealedTo: number;
}

/**
 * Opens a checkpoint with the key that signed at its size: the last whose event it covers. A key that has been retired seals nothing
 * that came after it, whoever holds it. Errors: CheckpointInvalid.
 */
export function openInForce(ports: Pick<Ports, 'crypto'>, note: string, keys: readonly VerifierKey[], keyLeaves: readonly number[]): Checkpoint {
  const { size } = readUnverifiedCheckpoint(note);
  const inForce = keys.findLast((_, index) => index === 0 || (keyLeaves[index] ?? Infinity) < size);
  if (inForce === undefined) throw new LedgerError('CheckpointInvalid', 'the ledger names no key that could have signed it');
  return openCheckpoint(note, inForce, ports.crypto.verify);
}

/** A checkpoint against the tree: null when it holds, else what is wrong. */
function contradiction({ tree, lastPosition }: Scan, checkpoint: Checkpoint): Pick<Fault, 'kind' | 'position' | 'expected' | 'actual'> | null {
  if (checkpoint.size > tree.size) {
    return { kind: 'sealed_tail_cut', position: lastPosition, expected: `${checkpoint.size} events`, actual: `${tree.size} events, the last at position ${lastPosition}` };
  }
  const root = tree.root(checkpoint.size);
  return sameBytes(root, checkpoint.root) ? null : { kind: 'root_mismatch', position: null, expected: toHex(checkpoint.root), actual: toHex(root) };
}

/** Every seal in the ledger: its signature, what it says of itself, and its root over the events before it. */
export function sealFaults(ports: Pick<Ports, 'crypto'>, scanned: Scan, keys: readonly VerifierKey[]): Covered {
  const faults: Fault[] = [];
  let sealedTo = 0;
  for (const { event, leafIndex, data } of scanned.seals) {
    try {
      const checkpoint = openInForce(ports, data.checkpoint, keys, scanned.keyLeaves);
      const agrees = checkpoint.size === data.treeSize && toHex(checkpoint.root) === data.root && data.treeSize <= leafIndex;
      const found = agrees ? contradiction(scanned, checkpoint) : { kind: 'seal_contradicts_itself', expected: data.root, actual: toHex(checkpoint.root) };
      if (found === null) sealedTo = Math.max(sealedTo, checkpoint.size);
      else faults.push({ ...found, ...at(event) });
    } catch (error) {
      faults.push({ kind: 'signature_invalid', ...at(event), expected: 'a signature of the key in force', actual: damageIn(error) });
    }
  }
  return { faults, sealedTo };
}

export interface GivenCheckpoint {
  readonly file: string;
  readonly note: string;
  /** Null to open it by the keys of the ledger. */
  readonly verifierKey: string | null;
}

/** Every checkpoint in the witness folder, and one that was kept elsewhere: a ledger cannot be shorter or other than what they saw. */
export async function witnessFaults(ports: Ports, directory: string | null, given: GivenCheckpoint | null, scanned: Scan, keys: readonly VerifierKey[]): Promise<Covered> {
  const faults: Fault[] = [];
  let sealedTo = 0;
  const judge = async (file: string, open: () => Promise<Checkpoint>): Promise<void> => {
    try {
      const checkpoint = await open();
      const found = contradiction(scanned, checkpoint);
      if (found === null) sealedTo = Math.max(sealedTo, checkpoint.size);
      else faults.push({ ...nowhere, ...found, file });
    } catch (error) {
      faults.push({ kind: 'checkpoint_invalid', ...nowhere, file, expected: 'a checkpoint signed by the key in force', actual: damageIn(error) });
    }
  };
  for (const file of directory === null ? [] : await witnessFiles(ports, directory)) {
    await judge(file, async () => openInForce(ports, await ports.files.readText(file), keys, scanned.keyLeaves));
  }
  if (given !== null) {
    // A malformed key is a mistake of the caller's, not a fault of the ledger.
    const key = given.verifierKey === null ? null : parseVerifierKey(ports.crypto.sha256, given.verifierKey);
    await judge(given.file, async () => (key === null ? openInForce(ports, given.note, keys, scanned.keyLeaves) : openCheckpoint(given.note, key, ports.crypto.verify)));
  }
  return { faults, sealedTo };
}
