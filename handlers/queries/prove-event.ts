import { createMerkleTree, leafHash, verifyInclusion } from '../../domain/audit/merkle.ts';
import { formatVerifierKey } from '../../domain/audit/signed-note.ts';
import { streamTestOf } from '../../domain/audit/streams.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { fromHex, toHex } from '../../domain/shared/hashing.ts';
import type { LedgerSealed } from '../../domain/shared/ledger-events.ts';
import { keysOf } from '../ledger/keys.ts';
import { recordedStreams } from '../ledger/recorded-format.ts';
import type { Ports, StoredEvent } from '../ports.ts';
import { eventsUntil } from '../views.ts';
import { toDomainEvents } from '../stored-events.ts';
import { holdingSeal } from '../audit/audit-lines.ts';
import { eventMatcher } from './events.ts';

/** That an event stands at its place under a signed root: checkable with these values and the verifier key alone. */
export interface EventProof {
  readonly eventId: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  /** SHA-256 of the event's canonical bytes: the 32 bytes of the leaf. */
  readonly eventHash: string;
  readonly leafIndex: number;
  readonly treeSize: number;
  readonly root: string;
  /** RFC 6962 audit path, from the leaf upwards. */
  readonly proof: readonly string[];
  /** The signed note of the newest seal. */
  readonly checkpoint: string;
  readonly verifierKey: string;
  readonly position: string;
}

/**
 * Proves an event, named by its id or as `stream@revision`, under the newest seal, and checks the proof before giving it away.
 * Errors: EventUnknown, NotSealed, ChainBroken, CheckpointInvalid, CheckpointInconsistent.
 */
export async function proveEvent(ports: Ports, wanted: string): Promise<EventProof> {
  const { sha256 } = ports.crypto;
  const { matches: isWanted } = eventMatcher(wanted);
  const tree = createMerkleTree(sha256);
  let found: { readonly event: StoredEvent; readonly leafIndex: number; readonly hash: Uint8Array } | null = null;
  let seal: LedgerSealed | null = null;
  const streams = await recordedStreams(ports.store);
  const isLeaf = streamTestOf(streams);
  for await (const event of eventsUntil(ports.store, await ports.store.head(), null, { streams })) {
    if (!isLeaf(event.stream)) continue;
    const hash = sha256(event.bytes);
    if (isWanted(event)) found = { event, leafIndex: tree.size, hash };
    const [known] = event.type === 'LedgerSealed' ? toDomainEvents([event]) : [];
    if (known?.type === 'LedgerSealed') seal = known.data;
    tree.append(hash);
  }
  if (found === null) throw new LedgerError('EventUnknown', `no event ${wanted} is recorded`, { at: { path: wanted } });
  const { event, leafIndex, hash } = found;
  if (toHex(hash) !== event.hash) {
    throw new LedgerError('ChainBroken', `${wanted}: its bytes do not match its hash`, { evidence: { expected: event.hash, actual: toHex(hash) }, at: { path: wanted } });
  }
  if (seal === null || leafIndex >= seal.treeSize) {
    throw new LedgerError('NotSealed', `${wanted} is event ${leafIndex + 1} of the ledger, sealed are ${seal?.treeSize ?? 0}`, { evidence: { leafIndex, sealedTo: seal?.treeSize ?? 0 } });
  }
  const { treeSize, root, checkpoint, key } = holdingSeal(ports, tree, seal.checkpoint, await keysOf(ports));
  const proof = tree.inclusionProof(leafIndex, treeSize);
  if (!verifyInclusion(sha256, { index: leafIndex, size: treeSize, leafHash: leafHash(sha256, hash), root: fromHex(root) }, proof)) {
    throw new LedgerError('Internal', `the proof of ${wanted} does not lead to the root`, { evidence: { leafIndex, treeSize, root } });
  }
  const { id: eventId, stream, revision, type, hash: eventHash, position } = event;
  return { eventId, stream, revision: Number(revision), type, eventHash, leafIndex, treeSize, root, proof: proof.map(toHex), checkpoint, verifierKey: formatVerifierKey(key), position };
}
