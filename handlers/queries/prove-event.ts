import { formatVerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import { type HoldingSeal, openedSeal } from '../ledger/holding-seal.ts';
import { KeyHistory } from '../ledger/keys.ts';
import { newestSeal } from '../ledger/seals.ts';
import { throughTiles } from '../read-models/tile-reader.ts';
import type { Ports } from '../ports/ports.ts';
import { requireIntact } from '../audit/intact.ts';
import { eventNamed } from '../read-models/event-named.ts';

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

/** Errors: NotSealed. */
function requireSealed(wanted: string, leafIndex: number, seal: HoldingSeal | null): HoldingSeal {
  if (seal !== null && leafIndex < seal.treeSize) return seal;
  const sealedTo = seal?.treeSize ?? 0;
  throw new LedgerError('NotSealed', `${wanted} is event ${leafIndex + 1} of the ledger, sealed are ${sealedTo}`, {
    evidence: { leafIndex, sealedTo },
  });
}

/**
 * Proves an event, named by its id, its position or as `stream@revision`, under the newest seal, and checks the proof before it answers.
 * Errors: EventUnknown, NotSealed, ChainBroken, CheckpointInvalid.
 */
export async function proveEvent(ports: Ports, wanted: string): Promise<EventProof> {
  const keys = await new KeyHistory(ports).refresh();
  const newest = await newestSeal(ports.store, keys);
  const seal = newest === null ? null : await openedSeal(ports, newest, keys);
  const event = await eventNamed(ports, wanted);
  if (event === null) throw new LedgerError('EventUnknown', `no event ${wanted} is recorded`, { at: { path: wanted } });
  requireIntact(ports, event);
  const { leafIndex, proof } = await throughTiles(ports, wanted, async (tiles) => tiles.place(event, seal?.opened ?? null));
  const { treeSize, root, checkpoint, key } = requireSealed(wanted, leafIndex, seal);
  const { id: eventId, stream, revision, type, hash: eventHash, position } = event;
  return {
    eventId,
    stream,
    revision: Number(revision),
    type,
    eventHash,
    leafIndex,
    treeSize,
    root,
    proof: proof!.map(toHex),
    checkpoint,
    verifierKey: formatVerifierKey(key),
    position,
  };
}
