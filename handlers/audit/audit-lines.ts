import { auditLine } from '../../domain/audit/entry.ts';
import { createMerkleTree } from '../../domain/audit/merkle.ts';
import { declaringTrailerLine } from '../../domain/audit/trailer.ts';
import { streamTestOf } from '../../domain/audit/streams.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { fromHex, zeroHash } from '../../domain/shared/hashing.ts';
import { auditStep } from '../../projections/audit-log.ts';
import { holdingSeal } from '../ledger/holding-seal.ts';
import { KeyHistory } from '../ledger/keys.ts';
import { recordedStreams } from '../ledger/recorded-format.ts';
import { type Seal, sealIn } from '../ledger/seals.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { eventsAfter } from '../read-models/leaves.ts';
import { knownBehind } from '../read-models/known-behind.ts';
import { isPosition, reachedTime } from '../read-models/position.ts';
import type { AllFileRequest, AuditFileRequest, AuditFileSummary } from './audit-file.ts';
import { requireIntact } from './intact.ts';
import { runLines } from './run-lines.ts';

/** Everything is read anyway, so that no read model says how far the ledger had come. */
async function* eventsUpTo({ store }: Pick<Ports, 'store'>, until: string, streams: readonly string[]): AsyncGenerator<StoredEvent> {
  for await (const event of eventsAfter(store, null, streams)) {
    if (store.comparePositions(event.position, until) > 0) return;
    yield event;
  }
}

/** Where an export ends: what is appended meanwhile belongs to the next one. Null for one of nothing. */
async function endOf(ports: Pick<Ports, 'store' | 'clock'>, time: string | null, streams: readonly string[]): Promise<string | null> {
  const { store } = ports;
  if (time === null) return store.head();
  const knownAt = await reachedTime(ports, time);
  return isPosition(knownAt) ? knownAt : knownBehind(store, knownAt, null, streams);
}

/** Every event, in one pass over the ledger: beside the tree of hashes no more is held than one page of events. */
async function* everyLine(ports: Ports, request: AllFileRequest): AsyncGenerator<string, AuditFileSummary> {
  const { knownAt, origin, signer, positions } = request;
  const { sha256 } = ports.crypto;
  const tree = createMerkleTree(sha256);
  let newest: Seal | null = null;
  let lastHash = zeroHash;
  let position: string | null = null;
  const streams = await recordedStreams(ports.store);
  const until = await endOf(ports, knownAt, streams);
  const isLeaf = streamTestOf(streams);
  for await (const event of until === null ? [] : eventsUpTo(ports, until, streams)) {
    if (!isLeaf(event.stream)) continue;
    requireIntact(ports, event);
    const leafIndex = tree.size;
    tree.append(fromHex(event.hash));
    position = event.position;
    const envelope = decodeEnvelope(event.bytes);
    if (envelope.type === 'LedgerSealed') newest = sealIn(event);
    const shown = positions ? event.position : null;
    const line = auditLine(sha256, lastHash, auditStep(envelope), { envelope, hash: event.hash, position: shown, leafIndex });
    lastHash = line.hash;
    yield `${line.text}\n`;
  }
  const seal = newest === null ? null : await holdingSeal(ports, tree, newest, await new KeyHistory(ports).refresh());
  const sealedTo = seal?.treeSize ?? 0;
  const lines = tree.size;
  // A file of everything recomputes the root itself: it needs no proofs.
  const contents = { lines, lastHash, selection: 'all', treeSize: sealedTo, checkpoint: seal?.checkpoint ?? null, proofs: [] } as const;
  const declared = { origin, events: lines, streams: 'all', cited: [], files: null } as const;
  const trailer = declaringTrailerLine(sha256, contents, declared, signer);
  yield `${trailer.text}\n`;
  return { lines, lastHash, sealedTo, unsealed: lines - sealedTo, seal, proofs: [], position };
}

/**
 * The lines of an audit file with its trailer, each with its newline; answers what they amount to.
 *
 * Errors: ChainBroken, CheckpointInvalid, CheckpointInconsistent: a damaged ledger is verified, not exported.
 */
export function auditLines(ports: Ports, request: AuditFileRequest): AsyncGenerator<string, AuditFileSummary> {
  return request.selection === 'all' ? everyLine(ports, request) : runLines(ports, request);
}
