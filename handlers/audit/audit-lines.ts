import { openCheckpoint } from '../../domain/audit/checkpoint.ts';
import { auditLine, trailerLine } from '../../domain/audit/entry.ts';
import { createMerkleTree, type MerkleTree, sameBytes } from '../../domain/audit/merkle.ts';
import { parseNote, type VerifierKey } from '../../domain/audit/signed-note.ts';
import { streamTestOf } from '../../domain/audit/streams.ts';
import { domainEvent } from '../../domain/catalogue.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex, zeroHash } from '../../domain/shared/hashing.ts';
import { auditStep } from '../../projections/audit-log.ts';
import { keysOf } from '../ledger/keys.ts';
import { recordedStreams } from '../ledger/recorded-format.ts';
import type { Ports, StoredEvent } from '../ports.ts';
import { eventsUntil } from '../views.ts';
import type { Selected } from './selection.ts';

/** Which seal a file carries: the newest, or the first that covers every event of the file. */
export type SealChoice = 'newest' | 'first-over-all';

export interface AuditFileRequest extends Selected {
  /** Ledger time: an instant or a position; null for everything recorded when the export begins. */
  readonly knownAt: string | null;
  readonly seal: SealChoice;
}

/** A seal that holds: its signature, and its root over the events as they are stored. */
export interface HoldingSeal {
  readonly treeSize: number;
  readonly root: string;
  readonly checkpoint: string;
  readonly key: VerifierKey;
}

export interface Proof {
  readonly event_id: string;
  readonly leaf_index: number;
  readonly proof: readonly string[];
}

/** What the lines of a file amount to, known once the last has been written. */
export interface AuditFileSummary {
  /** Without the trailer. */
  readonly lines: number;
  readonly lastHash: string;
  readonly sealedTo: number;
  /** Lines that the seal does not cover. */
  readonly unsealed: number;
  readonly seal: HoldingSeal | null;
  readonly proofs: readonly Proof[];
  /** Position of the last event considered, null in an empty ledger. */
  readonly position: string | null;
}

interface Placed {
  readonly id: string;
  readonly leafIndex: number;
}

/** Errors: ChainBroken when the bytes are not those that were hashed. */
function requireIntact(event: StoredEvent, recomputed: Uint8Array): void {
  const actual = toHex(recomputed);
  if (actual !== event.hash) {
    const at = `${event.stream}@${event.revision}`;
    throw new LedgerError('ChainBroken', `${at}: its bytes do not match its hash; a damaged ledger is verified, not exported`, {
      evidence: { stream: event.stream, revision: String(event.revision), expected: event.hash, actual },
      at: { path: at },
    });
  }
}

/** Opens a seal and compares its root. Errors: CheckpointInvalid, CheckpointInconsistent. */
export function holdingSeal(ports: Pick<Ports, 'crypto'>, tree: MerkleTree, checkpoint: string, keys: readonly VerifierKey[]): HoldingSeal {
  const named = parseNote(checkpoint).signatures.map(({ keyId }) => keyId);
  const key = keys.find(({ keyId }) => named.includes(keyId));
  if (key === undefined) throw new LedgerError('CheckpointInvalid', 'a seal is signed by no key of this ledger', { evidence: { signedBy: named } });
  const opened = openCheckpoint(checkpoint, key, ports.crypto.verify);
  const root = opened.size <= tree.size ? tree.root(opened.size) : null;
  if (root === null || !sameBytes(root, opened.root)) {
    throw new LedgerError('CheckpointInconsistent', `the seal over ${opened.size} events does not match what is stored`, {
      evidence: { treeSize: opened.size, expected: toHex(opened.root), actual: root === null ? `${tree.size} events` : toHex(root) },
    });
  }
  return { treeSize: opened.size, root: toHex(opened.root), checkpoint, key };
}

interface SealSeen {
  readonly treeSize: number;
  readonly checkpoint: string;
}

function chosenSeal(seals: readonly SealSeen[], placed: readonly Placed[], choice: SealChoice): SealSeen | null {
  const last = placed.at(-1)?.leafIndex ?? -1;
  const covering = choice === 'newest' ? undefined : seals.find(({ treeSize }) => treeSize > last);
  return covering ?? seals.at(-1) ?? null;
}

/**
 * The lines of an audit file with its trailer, each with its newline; answers what they amount to. One pass over the ledger: beside the
 * tree of hashes no more is held than one page of events and the places of those selected.
 *
 * Errors: ChainBroken, CheckpointInvalid, CheckpointInconsistent: a damaged ledger is verified, not exported.
 */
export async function* auditLines(ports: Ports, request: AuditFileRequest): AsyncGenerator<string, AuditFileSummary> {
  const { sha256 } = ports.crypto;
  // Whatever is appended meanwhile belongs to the next export.
  const until = request.knownAt ?? (await ports.store.head());
  const tree = createMerkleTree(sha256);
  const placed: Placed[] = [];
  const seals: SealSeen[] = [];
  let lastHash = zeroHash;
  let position: string | null = null;
  const streams = await recordedStreams(ports.store);
  const isLeaf = streamTestOf(streams);
  for await (const event of until === null ? [] : eventsUntil(ports.store, until, null, { streams })) {
    if (!isLeaf(event.stream)) continue;
    const leafIndex = tree.size;
    const recomputed = sha256(event.bytes);
    tree.append(recomputed);
    position = event.position;
    requireIntact(event, recomputed);
    const selected = request.holds(event);
    if (!selected && event.type !== 'LedgerSealed') continue;
    const envelope = decodeEnvelope(event.bytes);
    const known = envelope.type === 'LedgerSealed' ? domainEvent(envelope, event.position) : null;
    if (known?.type === 'LedgerSealed') seals.push(known.data);
    if (!selected) continue;
    const line = auditLine(sha256, lastHash, auditStep(envelope), { envelope, hash: event.hash, position: event.position, leafIndex });
    placed.push({ id: event.id, leafIndex });
    lastHash = line.hash;
    yield `${line.text}\n`;
  }
  const seen = chosenSeal(seals, placed, request.seal);
  const seal = seen === null ? null : holdingSeal(ports, tree, seen.checkpoint, await keysOf(ports));
  const sealedTo = seal?.treeSize ?? 0;
  const covered = placed.filter(({ leafIndex }) => leafIndex < sealedTo);
  const proofs = covered.map(({ id, leafIndex }) => ({ event_id: id, leaf_index: leafIndex, proof: tree.inclusionProof(leafIndex, sealedTo).map(toHex) }));
  const trailer = trailerLine(sha256, {
    lines: placed.length,
    lastHash,
    selection: request.selection,
    treeSize: sealedTo,
    checkpoint: seal?.checkpoint ?? null,
    // A file of everything recomputes the root itself.
    proofs: request.selection === 'all' ? [] : proofs,
  });
  yield `${trailer.text}\n`;
  return { lines: placed.length, lastHash, sealedTo, unsealed: placed.length - covered.length, seal, proofs: request.selection === 'all' ? [] : proofs, position };
}
