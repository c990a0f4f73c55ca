import { type Checkpoint, openCheckpoint } from '../../domain/audit/checkpoint.ts';
import { type MerkleTree, sameBytes } from '../../domain/audit/merkle.ts';
import { parseNote, type VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { Ports } from '../ports/ports.ts';

/** A seal whose signature holds. */
export interface HoldingSeal {
  readonly treeSize: number;
  readonly root: string;
  readonly checkpoint: string;
  readonly key: VerifierKey;
  readonly opened: Checkpoint;
}

/** Opens a seal with the key that it names. Errors: CheckpointInvalid. */
export function openedSeal({ crypto }: Pick<Ports, 'crypto'>, checkpoint: string, keys: readonly VerifierKey[]): HoldingSeal {
  const named = parseNote(checkpoint).signatures.map(({ keyId }) => keyId);
  const key = keys.find(({ keyId }) => named.includes(keyId));
  if (key === undefined)
    throw new LedgerError('CheckpointInvalid', 'no key of this ledger signed the seal', { evidence: { signedBy: named } });
  const opened = openCheckpoint(checkpoint, key, crypto.verify);
  return { treeSize: opened.size, root: toHex(opened.root), checkpoint, key, opened };
}

/** The same, and its root over the events as they are stored. Errors: CheckpointInvalid, CheckpointInconsistent. */
export function holdingSeal(ports: Pick<Ports, 'crypto'>, tree: MerkleTree, checkpoint: string, keys: readonly VerifierKey[]): HoldingSeal {
  const seal = openedSeal(ports, checkpoint, keys);
  const { treeSize, root } = seal;
  const stored = treeSize <= tree.size ? tree.root(treeSize) : null;
  if (stored === null || !sameBytes(stored, seal.opened.root)) {
    throw new LedgerError('CheckpointInconsistent', `the seal over ${treeSize} events does not match what is stored`, {
      evidence: { treeSize, expected: root, actual: stored === null ? `${tree.size} events` : toHex(stored) },
    });
  }
  return seal;
}
