import { createChainVerifier } from '../../domain/audit/chain.ts';
import { createMerkleTree, type MerkleTree } from '../../domain/audit/merkle.ts';
import { streamTestOf } from '../../domain/audit/streams.ts';
import { artifactReferencesIn } from '../../domain/shared/artifact-reference.ts';
import type { LedgerSealed } from '../../domain/shared/ledger-events.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import type { Ports, StoredEvent } from '../ports.ts';
import { eventsUntil } from '../views.ts';
import { at, damageIn, type Fault, isWellTyped, nowhere } from './fault.ts';
import { keyTypes } from './keys.ts';

/** What one pass over the stored bytes finds. */
export interface Scan {
  readonly tree: MerkleTree;
  readonly faults: readonly Fault[];
  /** Artifacts that intact events refer to, each with the first event that does. */
  readonly references: ReadonlyMap<string, StoredEvent>;
  readonly seals: readonly { readonly event: StoredEvent; readonly leafIndex: number; readonly data: LedgerSealed }[];
  /** Leaves from which on a key signs: those of `LedgerOpened` and each rotation, in order. */
  readonly keyLeaves: readonly number[];
  readonly events: number;
  readonly streams: number;
  readonly lastPosition: string | null;
}

const mentionsArtifact = /"kind":"(?:table|document)"/;
function dataOf(event: StoredEvent): unknown {
  return (JSON.parse(Buffer.from(event.bytes).toString('utf8')) as { data: unknown }).data;
}

function mayRefer(event: StoredEvent): boolean {
  return mentionsArtifact.test(Buffer.from(event.bytes.buffer, event.bytes.byteOffset, event.bytes.byteLength).toString('latin1'));
}

/** One pass over the stored bytes of these streams: chains, tree, and what the events refer to. A row that cannot even be judged is a fault, not an end. */
export async function scan(ports: Ports, leafStreams: readonly string[]): Promise<Scan> {
  const tree = createMerkleTree(ports.crypto.sha256);
  const isStream = streamTestOf(leafStreams);
  const verifier = createChainVerifier({
    sha256: ports.crypto.sha256,
    sha256Hex: ports.crypto.sha256Hex,
    comparePositions: (left, right) => ports.store.comparePositions(left, right),
    onLeaf: (hash) => tree.append(hash),
    isStream,
  });
  const faults: Fault[] = [];
  const references = new Map<string, StoredEvent>();
  const seals: Scan['seals'][number][] = [];
  const keyLeaves: number[] = [];
  let lastPosition: string | null = null;

  const examine = (event: StoredEvent): void => {
    const leafIndex = tree.size;
    if (!isWellTyped(event)) {
      faults.push({ kind: 'row_unreadable', ...at(event), expected: 'a stored event', actual: 'values of other types' });
      return;
    }
    const found = verifier.check(event);
    faults.push(...found.map((fault) => ({ ...fault, kind: fault.column === undefined ? fault.kind : `${fault.kind}:${fault.column}` })));
    if (leafIndex % 1000 === 0) ports.progress.advance(leafIndex);
    if (found.length > 0) return;
    const ofLedger = event.stream === ledgerStream;
    if (ofLedger && keyTypes.has(event.type)) keyLeaves.push(leafIndex);
    const isSeal = event.type === 'LedgerSealed' && isStream(event.stream);
    if (!isSeal && !mayRefer(event)) return;
    const data = dataOf(event);
    for (const reference of artifactReferencesIn(data)) if (!references.has(reference.sha256)) references.set(reference.sha256, event);
    if (isSeal) seals.push({ event, leafIndex, data: data as LedgerSealed });
  };

  ports.progress.start('verify', 0);
  try {
    for await (const event of eventsUntil(ports.store, null, null, { streams: leafStreams })) {
      try {
        examine(event);
      } catch (error) {
        faults.push({ kind: 'row_unreadable', ...at(event), expected: 'a stored event', actual: damageIn(error) });
      }
      lastPosition = at(event).position;
    }
  } catch (error) {
    faults.push({ kind: 'database_damaged', ...nowhere, position: lastPosition, expected: 'events to the end of the store', actual: damageIn(error) });
  } finally {
    ports.progress.stop();
  }
  const { events, streams } = verifier.finish();
  return { tree, faults, references, seals, keyLeaves, events, streams, lastPosition };
}
