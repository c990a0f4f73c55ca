import { createChainVerifier, isDomainStream } from '../../domain/audit/chain.ts';
import type { Checkpoint } from '../../domain/audit/checkpoint.ts';
import { createMerkleTree, type MerkleTree, sameBytes } from '../../domain/audit/merkle.ts';
import { parseVerifierKey, type VerifierKey } from '../../domain/audit/signed-note.ts';
import { artifactReferencesIn } from '../../domain/shared/artifact-reference.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { LedgerSealed } from '../../domain/shared/ledger-events.ts';
import type { Ports, StoredEvent } from '../ports.ts';
import { eventsUntil } from '../views.ts';
import type { Fault } from './fault.ts';
import { keysOf } from './keys.ts';
import { openWithAnyKey, witnessedIn } from './witness.ts';
import { readModelFaults } from './verify-read-models.ts';

export interface Verification {
  readonly events: number;
  readonly streams: number;
  readonly artifacts: number;
  /** Leaves covered by a seal that verifies; what stands after it is unsealed. */
  readonly sealedTo: number;
  readonly unsealed: number;
  readonly faults: readonly Fault[];
}

export interface VerifyRequest {
  readonly witnessDirectory: string;
  /** A checkpoint that was kept elsewhere, with the key to open it by. */
  readonly checkpoint: { readonly file: string; readonly note: string; readonly verifierKey: string | null } | null;
}

const faultless = { stream: null, revision: null, position: null };
const mentionsArtifact = /"kind":"(?:table|document)"/;

interface Scan {
  readonly tree: MerkleTree;
  readonly faults: Fault[];
  readonly references: Map<string, StoredEvent>;
  readonly seals: { readonly event: StoredEvent; readonly leafIndex: number; readonly data: LedgerSealed }[];
  readonly events: number;
  readonly streams: number;
}

function dataOf(event: StoredEvent): unknown {
  return (JSON.parse(Buffer.from(event.bytes).toString('utf8')) as { data: unknown }).data;
}

/** One pass over the stored bytes: chains, tree, and what the events refer to. */
async function scan(ports: Ports): Promise<Scan> {
  const tree = createMerkleTree(ports.crypto.sha256);
  const verifier = createChainVerifier({
    sha256: ports.crypto.sha256,
    comparePositions: (left, right) => ports.store.comparePositions(left, right),
    onLeaf: (hash) => tree.append(hash),
  });
  const faults: Fault[] = [];
  const references = new Map<string, StoredEvent>();
  const seals: Scan['seals'] = [];
  ports.progress.start('verify', 0);
  for await (const event of eventsUntil(ports.store, null, null)) {
    const leafIndex = tree.size;
    const found = verifier.check(event);
    faults.push(...found.map((fault) => ({ ...fault, kind: fault.column === undefined ? fault.kind : `${fault.kind}:${fault.column}` })));
    if (leafIndex % 1000 === 0) ports.progress.advance(leafIndex);
    const text = Buffer.from(event.bytes.buffer, event.bytes.byteOffset, event.bytes.byteLength).toString('latin1');
    if (found.length > 0 || (event.type !== 'LedgerSealed' && !mentionsArtifact.test(text))) continue;
    const data = dataOf(event);
    for (const reference of artifactReferencesIn(data)) if (!references.has(reference.sha256)) references.set(reference.sha256, event);
    if (event.type === 'LedgerSealed' && isDomainStream(event.stream)) seals.push({ event, leafIndex, data: data as LedgerSealed });
  }
  ports.progress.stop();
  const { events, streams } = verifier.finish();
  return { tree, faults, references, seals, events, streams };
}

function at(event: StoredEvent): Pick<Fault, 'stream' | 'revision' | 'position'> {
  return { stream: event.stream, revision: Number(event.revision), position: event.position };
}

/** Every referenced artifact must be there; every stored one must match its address, referenced or not. */
async function artifactFaults(ports: Ports, references: ReadonlyMap<string, StoredEvent>): Promise<{ readonly faults: Fault[]; readonly count: number }> {
  const faults: Fault[] = [];
  const stored = await ports.artifacts.list();
  const known = new Set(stored);
  for (const [sha256, event] of references) {
    if (!known.has(sha256)) faults.push({ kind: 'artifact_missing', ...at(event), expected: sha256, actual: 'nothing' });
  }
  for (const sha256 of stored) {
    try {
      await ports.artifacts.get(sha256);
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== 'ArtifactDamaged') throw error;
      const event = references.get(sha256);
      faults.push({ kind: 'artifact_damaged', ...(event === undefined ? faultless : at(event)), expected: sha256, actual: String(error.evidence['actual'] ?? 'other bytes') });
    }
  }
  return { faults, count: stored.length };
}

/** A checkpoint against the tree: null when it holds, else what is wrong. */
function checkpointFault(tree: MerkleTree, checkpoint: Checkpoint): Pick<Fault, 'kind' | 'expected' | 'actual'> | null {
  if (checkpoint.size > tree.size) return { kind: 'sealed_tail_cut', expected: `${checkpoint.size} events`, actual: `${tree.size} events` };
  const root = tree.root(checkpoint.size);
  return sameBytes(root, checkpoint.root) ? null : { kind: 'root_mismatch', expected: toHex(checkpoint.root), actual: toHex(root) };
}

interface Seals {
  readonly faults: Fault[];
  readonly sealedTo: number;
}

function sealFaults(ports: Ports, scanned: Scan, keys: readonly VerifierKey[]): Seals {
  const faults: Fault[] = [];
  let sealedTo = 0;
  for (const { event, leafIndex, data } of scanned.seals) {
    try {
      const checkpoint = openWithAnyKey(ports, data.checkpoint, keys, `${event.stream}@${event.revision}`);
      const agrees = checkpoint.size === data.treeSize && toHex(checkpoint.root) === data.root && data.treeSize <= leafIndex;
      const fault = agrees ? checkpointFault(scanned.tree, checkpoint) : { kind: 'seal_contradicts_itself', expected: data.root, actual: toHex(checkpoint.root) };
      if (fault === null) sealedTo = Math.max(sealedTo, checkpoint.size);
      else faults.push({ ...at(event), ...fault });
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      faults.push({ kind: 'signature_invalid', ...at(event), expected: 'a signature of the ledger', actual: error.message });
    }
  }
  return { faults, sealedTo };
}

async function witnessFaults(ports: Ports, request: VerifyRequest, tree: MerkleTree, keys: readonly VerifierKey[]): Promise<Seals> {
  const faults: Fault[] = [];
  let sealedTo = 0;
  const judge = (checkpoint: Checkpoint): void => {
    const fault = checkpointFault(tree, checkpoint);
    if (fault === null) sealedTo = Math.max(sealedTo, checkpoint.size);
    else faults.push({ ...faultless, ...fault });
  };
  try {
    for (const { checkpoint } of await witnessedIn(ports, request.witnessDirectory, keys)) judge(checkpoint);
    if (request.checkpoint !== null) {
      const { file, note, verifierKey } = request.checkpoint;
      judge(openWithAnyKey(ports, note, verifierKey === null ? keys : [parseVerifierKey(ports.crypto.sha256, verifierKey)], file));
    }
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'CheckpointInvalid') throw error;
    faults.push({ kind: 'checkpoint_invalid', ...faultless, expected: 'a signed checkpoint', actual: error.message });
  }
  return { faults, sealedTo };
}

/**
 * Recomputes every hash, chain, artifact, the tree, every seal and every witnessed checkpoint, and folds the read models anew. It
 * never says more than a seal covers: a hash chain cannot see a cut tail.
 */
export async function verifyLedger(ports: Ports, request: VerifyRequest): Promise<Verification> {
  const scanned = await scan(ports);
  const artifacts = await artifactFaults(ports, scanned.references);
  const faults: Fault[] = [...scanned.faults, ...artifacts.faults];
  let keys: VerifierKey[] = [];
  try {
    keys = await keysOf(ports);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    faults.push({ kind: 'ledger_stream_unreadable', ...faultless, stream: 'ledger', expected: 'LedgerOpened and rotations', actual: error.message });
  }
  const seals = sealFaults(ports, scanned, keys);
  const witnessed = await witnessFaults(ports, request, scanned.tree, keys);
  faults.push(...seals.faults, ...witnessed.faults);
  if (scanned.faults.length === 0) faults.push(...(await readModelFaults(ports)));
  const sealedTo = Math.max(seals.sealedTo, witnessed.sealedTo);
  return { events: scanned.events, streams: scanned.streams, artifacts: artifacts.count, sealedTo, unsealed: scanned.tree.size - sealedTo, faults };
}
