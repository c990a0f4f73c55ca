import { type Checkpoint, openCheckpoint } from '../../domain/audit/checkpoint.ts';
import { type MerkleTree, sameBytes } from '../../domain/audit/merkle.ts';
import type { VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { Ports } from '../ports/ports.ts';
import { eventAt } from '../runtime/stream-pages.ts';
import type { KeyHistory } from './keys.ts';
import { requireAgreement, type Seal } from './seals.ts';

type Reader = Pick<Ports, 'crypto' | 'store'>;

/** A seal whose signature holds. */
export interface HoldingSeal {
  readonly treeSize: number;
  readonly root: string;
  readonly checkpoint: string;
  readonly key: VerifierKey;
  readonly opened: Checkpoint;
}

/** Where the last leaf under a seal stands; one of version 1 does not name it, and was recorded right behind it. */
async function lastPositionUnder({ store }: Reader, { event, data }: Seal): Promise<string> {
  if (!('last' in data)) return event.position;
  const { stream, revision } = data.last;
  const last = await eventAt(store, stream, BigInt(revision));
  if (last !== null) return last.position;
  throw new LedgerError('ChainBroken', `${event.stream}@${event.revision} seals up to ${stream}@${revision}, which is not there`, {
    evidence: { stream: event.stream, revision: Number(event.revision), last: data.last },
  });
}

/**
 * Opens a seal with the key that was in force over its last leaf: a retired one seals nothing, whoever holds it. Errors: CheckpointInvalid,
 * ChainBroken.
 */
export async function openedSeal(ports: Reader, seal: Seal, keys: KeyHistory): Promise<HoldingSeal> {
  const key = keys.inForceAt(await lastPositionUnder(ports, seal));
  const { checkpoint } = seal.data;
  const opened = openCheckpoint(checkpoint, key, ports.crypto.verify);
  requireAgreement(seal, opened);
  return { treeSize: opened.size, root: toHex(opened.root), checkpoint, key, opened };
}

/** The same, and its root over the events as they are stored. Errors: CheckpointInvalid, CheckpointInconsistent, ChainBroken. */
export async function holdingSeal(ports: Reader, tree: MerkleTree, found: Seal, keys: KeyHistory): Promise<HoldingSeal> {
  const seal = await openedSeal(ports, found, keys);
  const { treeSize, root } = seal;
  const stored = treeSize <= tree.size ? tree.root(treeSize) : null;
  if (stored === null || !sameBytes(stored, seal.opened.root)) {
    throw new LedgerError('CheckpointInconsistent', `the seal over ${treeSize} events does not match what is stored`, {
      evidence: { treeSize, expected: root, actual: stored === null ? `${tree.size} events` : toHex(stored) },
    });
  }
  return seal;
}
