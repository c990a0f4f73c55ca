import { type Checkpoint, openCheckpoint, readUnverifiedCheckpoint } from '../../domain/audit/checkpoint.ts';
import { rangeHashes } from '../../domain/audit/compact-range.ts';
import { sameBytes } from '../../domain/audit/merkle.ts';
import type { VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { LedgerSealed, LedgerSealedV2 } from '../../domain/shared/ledger-events.ts';
import type { Ports } from '../ports/ports.ts';
import { damageIn } from '../runtime/damage.ts';
import { type Fault } from './fault.ts';
import type { TreeAt } from './recent-trees.ts';

type Crypto = Pick<Ports, 'crypto'>;
type Finding = Pick<Fault, 'kind' | 'expected' | 'actual'>;

/**
 * The keys of a ledger, and the leaves from which on each signs: those of `LedgerOpened` and each rotation, in order; none for one whose
 * event is damaged.
 */
export interface Keys {
  readonly keys: readonly VerifierKey[];
  readonly leaves: readonly (number | undefined)[];
}

/** A checkpoint with the place of the key that signed it in the chain of keys. */
export interface OpenedCheckpoint extends Checkpoint {
  readonly link: number;
}

/**
 * Opens a checkpoint with the key that signed at its size: the last whose event it covers. A key that has been retired seals nothing
 * that came after it, whoever holds it. Errors: CheckpointInvalid.
 */
export function openInForce({ crypto }: Crypto, note: string, { keys, leaves }: Keys): OpenedCheckpoint {
  const { size } = readUnverifiedCheckpoint(note);
  const link = keys.findLastIndex((_, index) => index === 0 || (leaves[index] ?? Infinity) < size);
  if (link < 0) throw new LedgerError('CheckpointInvalid', 'the ledger names no key that could have signed it');
  return { ...openCheckpoint(note, keys[link]!, crypto.verify), link };
}

/** What a tree makes of a checkpoint of its size: null when it holds. */
export function rootFault({ root }: TreeAt, checkpoint: Checkpoint): Finding | null {
  return sameBytes(root, checkpoint.root) ? null : { kind: 'root_mismatch', expected: toHex(checkpoint.root), actual: toHex(root) };
}

const shownName = (name: { readonly stream: string; readonly revision: number | bigint } | null): string =>
  name === null ? 'no leaf' : `${name.stream}@${name.revision}`;

/** What the next seal would go on from: nobody has signed it, so it is compared with the tree itself. */
function continuationFaults({ before, last }: TreeAt, data: LedgerSealedV2): Finding[] {
  const faults: Finding[] = [];
  const [expected, actual] = [rangeHashes(before).join(' '), data.range.join(' ')];
  if (actual !== expected) faults.push({ kind: 'seal_range_wrong', expected, actual });
  const named = shownName(data.last);
  if (named !== shownName(last)) faults.push({ kind: 'seal_last_wrong', expected: shownName(last), actual: named });
  return faults;
}

/** What is wrong with a seal, before its tree is looked at: its signature, and what it says of itself. */
export function openedSeal(ports: Crypto, data: LedgerSealed, leafIndex: number, keys: Keys): OpenedCheckpoint | Finding {
  try {
    const checkpoint = openInForce(ports, data.checkpoint, keys);
    const agrees = checkpoint.size === data.treeSize && toHex(checkpoint.root) === data.root && data.treeSize <= leafIndex;
    return agrees ? checkpoint : { kind: 'seal_contradicts_itself', expected: data.root, actual: toHex(checkpoint.root) };
  } catch (error) {
    return { kind: 'signature_invalid', expected: 'a signature of the key in force', actual: damageIn(error) };
  }
}

/** What is wrong with a seal whose signature holds, given the tree of its size. */
export function sealFaults(tree: TreeAt, checkpoint: Checkpoint, data: LedgerSealed): Finding[] {
  const root = rootFault(tree, checkpoint);
  if (root !== null) return [root];
  return 'range' in data ? continuationFaults(tree, data) : [];
}
