import { exactRevision } from '../../domain/audit/exact-revision.ts';
import { type Checkpoint, openCheckpoint } from '../../domain/audit/checkpoint.ts';
import { appendLeaf, type CompactRange, emptyRange, rangeOf, rangeRoot } from '../../domain/audit/compact-range.ts';
import { sameBytes } from '../../domain/audit/merkle.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { LedgerSealedV2 } from '../../domain/shared/ledger-events.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { eventAt } from '../runtime/stream-pages.ts';
import type { KeyHistory } from './keys.ts';
import { leavesAfter } from '../read-models/leaves.ts';
import { requireAgreement, type Seal } from './seals.ts';

type Reader = Pick<Ports, 'store' | 'crypto'>;

/** The tree over the leaves read so far: its range, the range of all leaves but the last, and the last leaf. */
export interface TreePrefix {
  readonly range: CompactRange;
  readonly before: CompactRange;
  readonly last: StoredEvent | null;
}

/** A tree as it was sealed, to read on from. */
export interface SealedTree extends TreePrefix {
  readonly checkpoint: Checkpoint | null;
}

export const nothingSealed: SealedTree = { range: emptyRange, before: emptyRange, last: null, checkpoint: null };

function broken(
  { stream, revision, position }: Pick<StoredEvent, 'stream' | 'revision' | 'position'>,
  why: string,
  evidence: Readonly<Record<string, unknown>>,
): LedgerError {
  return new LedgerError('ChainBroken', `event ${revision} of stream "${stream}" ${why}: nothing is sealed`, {
    evidence: { stream, revision: exactRevision(revision), position, ...evidence },
  });
}

/** The hash of the bytes as they are stored. Errors: ChainBroken when it is not the one that they were stored with. */
function intactHash({ crypto }: Reader, event: StoredEvent): Uint8Array {
  const hash = crypto.sha256(event.bytes);
  const actual = toHex(hash);
  if (actual !== event.hash) throw broken(event, 'does not match its hash', { expected: event.hash, actual });
  return hash;
}

/** The leaf that a seal names as its last. Errors: ChainBroken when it is not there. */
async function lastLeafOf(
  { store }: Reader,
  { event: seal, data }: { readonly event: StoredEvent; readonly data: LedgerSealedV2 },
): Promise<StoredEvent> {
  const { stream, revision } = data.last;
  const last = await eventAt(store, stream, BigInt(revision));
  if (last === null)
    throw broken({ stream, revision: BigInt(revision), position: '' }, 'which the last seal names, is not there', { expected: data.last });
  if (store.comparePositions(last.position, seal.position) >= 0)
    throw broken(last, 'which the last seal names, stands behind it', { seal: seal.position });
  return last;
}

/**
 * The tree that the last seal covers, without reading it again. Nobody has signed its range and the name of its last leaf, but only the
 * right ones hash to the root that was signed: the range is the audit path of that leaf. Errors: CheckpointInvalid, ChainBroken.
 */
export async function sealedTree(
  ports: Reader,
  seal: { readonly event: StoredEvent; readonly data: LedgerSealedV2 },
  keys: KeyHistory,
): Promise<SealedTree> {
  const { event, data } = seal;
  const { sha256 } = ports.crypto;
  const before = rangeOf(data.treeSize - 1, data.range);
  if (before === null) throw broken(event, `has no range of ${data.treeSize - 1} leaves`, { hashes: data.range.length });
  const last = await lastLeafOf(ports, seal);
  const range = appendLeaf(sha256, before, intactHash(ports, last));
  const checkpoint = openCheckpoint(data.checkpoint, keys.inForceAt(last.position), ports.crypto.verify);
  requireAgreement(seal, checkpoint);
  const root = rangeRoot(sha256, range);
  if (!sameBytes(root, checkpoint.root))
    throw broken(event, 'has a range and a last leaf that do not lead to the root signed', { expected: data.root, actual: toHex(root) });
  return { range, before, last, checkpoint };
}

/** What must hold when the tree has a size. */
export interface Milestone {
  readonly size: number;
  readonly check: (root: Uint8Array, last: StoredEvent) => void;
}

/**
 * That a tree grown from its beginning has the root of a seal of version 1, which carries no range. Its check: CheckpointInvalid,
 * ChainBroken.
 */
export function milestoneOf(ports: Reader, seal: Seal, keys: KeyHistory): Milestone {
  const check = (root: Uint8Array, last: StoredEvent): void => {
    const checkpoint = openCheckpoint(seal.data.checkpoint, keys.inForceAt(last.position), ports.crypto.verify);
    requireAgreement(seal, checkpoint);
    if (!sameBytes(root, checkpoint.root))
      throw broken(last, 'ends a tree with another root than the last seal', { expected: seal.data.root, actual: toHex(root) });
  };
  return { size: seal.data.treeSize, check };
}

/** A tree with the leaves that were read after a seal. */
export interface ExtendedTree extends TreePrefix {
  /** True when nothing but the last seal was there. */
  readonly onlySeal: boolean;
}

/**
 * Reads on to the end of the log and hashes the bytes that are stored. The seal that the tree was taken from must come by, for it was
 * recorded behind what it covers. Errors: ChainBroken, Interrupted once the signal aborts, and those of the milestones.
 */
export async function extendTree(
  ports: Reader,
  from: TreePrefix,
  seal: Seal | null,
  milestones: readonly Milestone[],
  signal: AbortSignal | null = null,
): Promise<ExtendedTree> {
  const { sha256 } = ports.crypto;
  let { range, before, last } = from;
  let sealSeen = seal === null;
  let others = 0;
  for await (const leaf of leavesAfter(ports.store, from.last?.position ?? null)) {
    if (signal?.aborted === true) throw new LedgerError('Interrupted', 'interrupted before all was read that is to be sealed');
    before = range;
    range = appendLeaf(sha256, range, intactHash(ports, leaf));
    last = leaf;
    for (const { size, check } of milestones) if (size === range.size) check(rangeRoot(sha256, range), leaf);
    if (leaf.position === seal?.event.position && leaf.hash === seal.event.hash) sealSeen = true;
    else if (seal === null || range.size > seal.data.treeSize) others++;
  }
  if (!sealSeen) {
    throw broken(from.last ?? seal!.event, 'is followed by other events than before: the last seal is not among them', {
      seal: { stream: seal!.event.stream, revision: Number(seal!.event.revision) },
    });
  }
  return { range, before, last, onlySeal: seal !== null && others === 0 };
}
