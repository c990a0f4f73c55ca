import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { type EncodedEvent, emptyTail, placeEvents, type StreamTail } from '../../domain/shared/envelope.ts';
import { fromHex, toHex, zeroHash } from '../../domain/shared/hashing.ts';
import { signCheckpoint } from '../../domain/audit/checkpoint.ts';
import { type AuditStep, auditLine } from '../../domain/audit/entry.ts';
import { type AuditSelection, trailerLine } from '../../domain/audit/trailer.ts';
import { createMerkleTree, type MerkleTree } from '../../domain/audit/merkle.ts';
import { formatVerifierKey, verifierKeyOf, type VerifierKey, type VerifySignature } from '../../domain/audit/signed-note.ts';
import { createNodeCrypto } from '../../infra/crypto/node-crypto.ts';
import { seeded } from './figures.ts';

/** A small ledger in memory, its key, and its exported audit log, made the way the program makes them. */
export const crypto = createNodeCrypto();
export const { sha256 } = crypto;
export const verifySignature: VerifySignature = (publicKey, message, signature) => crypto.verify(publicKey, message, signature);

export interface SigningKey {
  readonly key: VerifierKey;
  readonly text: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** A key from a fixed seed, so that every test run signs the same bytes. */
export function signingKey(seedByte: number, origin = 'ledger.example/sleeves'): SigningKey {
  const seed = new Uint8Array(32).fill(seedByte);
  const key = verifierKeyOf(sha256, origin, crypto.publicKeyOf(seed));
  return { key, text: formatVerifierKey(key), sign: (message) => crypto.sign(seed, message) };
}

export interface LedgerEvent extends EncodedEvent {
  readonly position: string;
  readonly leafIndex: number;
}

export interface SmallLedger {
  readonly events: readonly LedgerEvent[];
  readonly tree: MerkleTree;
}

const author = {
  correlationId: '0b0f6d6e-5c1b-5d8e-9a44-0123456789ab',
  causationId: '1c1f6d6e-5c1b-5d8e-9a44-0123456789ab',
  actor: 'analyst "Zoë" \u{1f600}',
  code: { version: '0.1.0', commit: 'f'.repeat(40), lockHash: 'a'.repeat(64) },
};

function someData(random: () => number, index: number): JsonObject {
  return {
    index,
    weights: { etfs: random(), instruments: 1 - random(), 'CME_MINI:ES1!': random() * 1e-7 },
    tiny: random() * 5e-324 * 10,
    large: Math.floor(random() * 1e6) * 1e16,
    note: ['plain', 'line\nbreak', '"quoted\\"', '\u2028\u0007', 'é😂דּ'][index % 5]!,
    '\u{1f600}': null,
    '\ufb33': [true, false, [], {}],
  };
}

/** `count` events over a few streams in a mixed global order. */
export function smallLedger(seed: number, count: number): SmallLedger {
  const random = seeded(seed);
  const streams = ['ledger', 'sleeve-etfs', 'sleeveRun-aaaa', 'metaRun-bbbb', 'metaPortfolio-cccc'];
  const tails = new Map<string, StreamTail>();
  const events: LedgerEvent[] = [];
  const tree = createMerkleTree(sha256);
  let position = 0;
  while (events.length < count) {
    const stream = events.length === 0 ? 'ledger' : streams[Math.floor(random() * streams.length)]!;
    const tail = tails.get(stream) ?? emptyTail;
    const index = events.length;
    const draft = {
      type: index % 3 === 0 ? 'MetaRunAllocated' : 'SleeveRunAccepted',
      schemaVersion: 1,
      data: someData(random, index),
    };
    const now = `2026-03-01T10:${String(Math.floor(index / 60) % 60).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}.000Z`;
    const idOf = (): string => `2d2f6d6e-5c1b-5d8e-9a44-${String(seed).padStart(4, '0')}${String(index).padStart(8, '0')}`;
    const [encoded] = placeEvents(sha256, stream, tail, [draft], { ...author, now, idOf });
    tails.set(stream, { revision: encoded!.envelope.revision, hash: encoded!.hash, recordedAt: encoded!.envelope.recordedAt });
    tree.append(fromHex(encoded!.hash));
    // Positions of a store have gaps.
    position += 1 + Math.floor(random() * 3);
    events.push({ ...encoded!, position: String(position), leafIndex: index });
  }
  return { events, tree };
}

/** Two lines for an allocation, one for anything else. */
export function stepsOf(envelope: LedgerEvent['envelope']): readonly AuditStep[] {
  const step = (name: string): AuditStep => ({
    step: name,
    params: { engine: 'custom', profile: 'hrp', revision: envelope.revision },
    status: 'success',
    context: { stream: envelope.stream },
    input_hashes: { returns: envelope.contentHash },
    output_hashes: {},
  });
  return envelope.type === 'MetaRunAllocated' ? [step('meta_optimize_hrp'), step('meta_optimize_min_variance')] : [step('sleeve_accept')];
}

export interface ExportOptions {
  readonly signer: SigningKey | null;
  /** Leaves under the checkpoint. */
  readonly sealedTo: number;
  readonly selection?: AuditSelection;
  /** Another checkpoint than the ledger's own. */
  readonly checkpoint?: string | null;
  /** Another way to derive the readable part of the lines. */
  readonly steps?: (envelope: LedgerEvent['envelope']) => readonly AuditStep[];
}

/** Wraps lines into a chained file; used for honest exports and for files that an attacker chained again. */
export function exportLog(ledger: SmallLedger, options: ExportOptions): string {
  const selection = options.selection ?? 'all';
  const chosen =
    selection === 'all'
      ? ledger.events
      : ledger.events.filter(
          (event) => event.envelope.stream.endsWith(`-${selection.run}`) || event.envelope.stream.startsWith('metaPortfolio'),
        );
  const lines: string[] = [];
  let prevHash = zeroHash;
  for (const event of chosen) {
    for (const step of (options.steps ?? stepsOf)(event.envelope)) {
      const written = auditLine(sha256, prevHash, step, event);
      lines.push(written.text);
      prevHash = written.hash;
    }
  }
  const checkpoint = options.checkpoint === undefined ? checkpointOf(ledger, options) : options.checkpoint;
  const proofs =
    selection === 'all' || checkpoint === null
      ? []
      : chosen
          .filter((event) => event.leafIndex < options.sealedTo)
          .map((event) => ({
            event_id: event.envelope.id,
            leaf_index: event.leafIndex,
            proof: ledger.tree.inclusionProof(event.leafIndex, options.sealedTo).map(toHex),
          }));
  const treeSize = checkpoint === null ? 0 : options.sealedTo;
  lines.push(trailerLine(sha256, { lines: lines.length, lastHash: prevHash, selection, treeSize, checkpoint, proofs }).text);
  return `${lines.join('\n')}\n`;
}

export function checkpointOf(ledger: SmallLedger, options: ExportOptions): string | null {
  if (options.signer === null) return null;
  const checkpoint = { origin: options.signer.key.name, size: options.sealedTo, root: ledger.tree.root(options.sealedTo) };
  return signCheckpoint(checkpoint, options.signer.key, options.signer.sign);
}
