import { auditLine } from '../../domain/audit/entry.ts';
import { declaringTrailerLine } from '../../domain/audit/trailer.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { toHex, zeroHash } from '../../domain/shared/hashing.ts';
import { auditStep } from '../../projections/audit-log.ts';
import { type HoldingSeal, openedSeal } from '../ledger/holding-seal.ts';
import { KeyHistory } from '../ledger/keys.ts';
import { lastKnown } from '../read-models/last-known.ts';
import { SealIndex } from '../ledger/seal-index.ts';
import { type Place, throughTiles } from '../read-models/tile-reader.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import type { AuditFileSummary, RunFileRequest } from './audit-file.ts';
import { declaredEvents } from './declared-events.ts';
import { requireIntact } from './intact.ts';

/** Where the events of a file stand, proven as far as the seal covers them. */
async function placesOf(ports: Ports, what: string, events: readonly StoredEvent[], seal: HoldingSeal | null): Promise<readonly Place[]> {
  return throughTiles(ports, what, async (tiles) => {
    const places: Place[] = [];
    for (const event of events) {
      const place = await tiles.place(event, seal?.opened ?? null);
      if (place === null) return null;
      places.push(place);
    }
    return places;
  });
}

/** The newest seal, or the first that covers every event. Errors: CheckpointInvalid, ChainBroken. */
async function chosenSeal(
  ports: Ports,
  request: RunFileRequest,
  events: readonly StoredEvent[],
  until: string,
): Promise<HoldingSeal | null> {
  const seals = new SealIndex(ports.store, until);
  const found = await seals.newest();
  if (found === null) return null;
  const keys = await new KeyHistory(ports).refresh();
  const newest = await openedSeal(ports, found, keys);
  if (request.seal === 'newest') return newest;
  const [last] = await placesOf(ports, `run ${request.selection.run}`, events.slice(-1), newest);
  const covering = last === undefined ? null : await seals.firstOver(last.leafIndex);
  return covering === null ? newest : openedSeal(ports, covering, keys);
}

/**
 * The lines of one run with what it rests on, read from the streams concerned. Its proofs come from tiles and lead to the root that was
 * signed, or nothing is written. Errors: ChainBroken, CheckpointInvalid.
 */
export async function* runLines(ports: Ports, request: RunFileRequest): AsyncGenerator<string, AuditFileSummary> {
  const { sha256 } = ports.crypto;
  const { selection, origin, signer, positions, filesOf } = request;
  // Whatever is appended meanwhile belongs to the next export.
  const until = request.knownAt === null ? await ports.store.head() : await lastKnown(ports, request.knownAt);
  const events = request.events.filter(({ position }) => until !== null && ports.store.comparePositions(position, until) <= 0);
  for (const event of events) requireIntact(ports, event);
  const seal = until === null ? null : await chosenSeal(ports, request, events, until);
  const places = await placesOf(ports, `run ${selection.run}`, events, seal);
  let lastHash = zeroHash;
  for (const [index, event] of events.entries()) {
    const envelope = decodeEnvelope(event.bytes);
    const line = auditLine(sha256, lastHash, auditStep(envelope), {
      envelope,
      hash: event.hash,
      position: positions ? event.position : null,
      leafIndex: places[index]!.leafIndex,
    });
    lastHash = line.hash;
    yield `${line.text}\n`;
  }
  const proofs = places.flatMap(({ leafIndex, proof }, index) =>
    proof === null ? [] : [{ event_id: events[index]!.id, leaf_index: leafIndex, proof: proof.map(toHex) }],
  );
  const sealedTo = seal?.treeSize ?? 0;
  const lines = events.length;
  const summary = { lines, lastHash, sealedTo, unsealed: lines - proofs.length, seal, proofs, position: until };
  const contents = { lines, lastHash, selection, treeSize: sealedTo, checkpoint: seal?.checkpoint ?? null, proofs };
  const declared = { origin, events: lines, ...declaredEvents(events), files: filesOf === null ? null : await filesOf(summary) };
  yield `${declaringTrailerLine(sha256, contents, declared, signer).text}\n`;
  return summary;
}
