import { createChainVerifier } from '../../domain/audit/chain.ts';
import { misplaced } from '../../domain/audit/own-places.ts';
import { streamTestOf } from '../../domain/audit/streams.ts';
import { fromHex } from '../../domain/shared/hashing.ts';
import type { LedgerSealed } from '../../domain/shared/ledger-events.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { damageIn } from '../runtime/damage.ts';
import { at, type Fault, isWellTyped, nowhere } from './fault.ts';
import type { KeyLink } from './keys.ts';
import { eventsAfter, pagesAfter } from '../read-models/leaves.ts';
import { PackedReferences } from './packed-references.ts';
import { RecentTrees, type TreeAt } from './recent-trees.ts';
import { referencedAddresses } from './reference-slices.ts';
import { sealIn } from './seals.ts';
import { type Keys, type OpenedCheckpoint, openedSeal, sealFaults } from './verify-seals.ts';

/** A seal whose signature holds, of a tree that was left behind too long ago to be remembered. */
interface LateSeal {
  readonly at: ReturnType<typeof at>;
  readonly checkpoint: OpenedCheckpoint;
  readonly data: LedgerSealed;
}

export interface ScanRequest {
  /** The chain of keys as far as it holds. */
  readonly links: readonly KeyLink[];
  /** Of trees that are asked for afterwards. */
  readonly sizes: ReadonlySet<number>;
  /** Streams whose events are leaves. */
  readonly streams: readonly string[];
}

/** What one pass over the stored bytes finds. Beside the tails of streams it holds as much as there are artifacts, and no event. */
export interface Scan {
  readonly faults: readonly Fault[];
  /** Of intact seals that say what is not so. */
  readonly sealFaults: readonly Fault[];
  /** Artifacts that intact events refer to. */
  readonly references: PackedReferences;
  readonly keys: Keys;
  readonly size: number;
  /** The tree at a size that was asked for; null where it was never reached. */
  readonly treeAt: (size: number) => TreeAt | null;
  /** Leaves under the widest seal that holds. */
  readonly sealedTo: number;
  /** The same for each key of the chain; none for one that has sealed nothing. */
  readonly sealedBy: readonly (number | undefined)[];
  readonly events: number;
  readonly streams: number;
  readonly lastPosition: string | null;
}

/** One pass: what it has seen, and what it makes of the next event. */
class Scanning {
  readonly faults: Fault[] = [];
  readonly sealFaults: Fault[] = [];
  readonly references = new PackedReferences();
  readonly keyLeaves: (number | undefined)[] = [];
  readonly sealedBy: (number | undefined)[] = [];
  readonly lateSeals: LateSeal[] = [];
  readonly tree: RecentTrees;
  readonly verifier: ReturnType<typeof createChainVerifier>;
  readonly keys: Keys;
  sealedTo = 0;
  readonly #ports: Ports;
  readonly #isStream: (stream: string) => boolean;
  readonly #links: readonly KeyLink[];
  #leaf: StoredEvent | null = null;

  constructor(ports: Ports, { links, sizes, streams }: ScanRequest) {
    const { crypto, store } = ports;
    this.#ports = ports;
    this.#links = links;
    this.keys = { keys: links.map(({ key }) => key), leaves: this.keyLeaves };
    this.#isStream = streamTestOf(streams);
    this.tree = new RecentTrees(crypto.sha256, sizes);
    this.verifier = createChainVerifier({
      sha256: crypto.sha256,
      sha256Hex: crypto.sha256Hex,
      comparePositions: (left, right) => store.comparePositions(left, right),
      onLeaf: (hash) => this.tree.append(hash, this.#leaf!),
      isStream: this.#isStream,
    });
  }

  /** A row that cannot even be judged is a fault, not an end. */
  take(event: StoredEvent): void {
    try {
      this.#examine(event);
    } catch (error) {
      this.faults.push({ kind: 'row_unreadable', ...at(event), expected: 'a stored event', actual: damageIn(error) });
    }
  }

  #examine(event: StoredEvent): void {
    const leafIndex = this.tree.size;
    if (!isWellTyped(event)) {
      this.faults.push({ kind: 'row_unreadable', ...at(event), expected: 'a stored event', actual: 'values of other types' });
      return;
    }
    this.#leaf = event;
    const found = this.verifier.check(event);
    if (found.length > 0) {
      this.faults.push(
        ...found.map((fault) => ({ ...fault, kind: fault.column === undefined ? fault.kind : `${fault.kind}:${fault.column}` })),
      );
      return;
    }
    const wrong = misplaced(event, leafIndex);
    if (wrong !== null) this.faults.push({ ...wrong, ...at(event) });
    if (event.stream === ledgerStream) this.#noteKey(event, leafIndex);
    if (event.type === 'LedgerSealed' && wrong === null && this.#isStream(event.stream)) this.#examineSeal(event, leafIndex);
    for (const sha256 of referencedAddresses(event.bytes)) this.references.add(sha256, leafIndex);
  }

  #noteKey({ revision }: StoredEvent, leafIndex: number): void {
    const link = this.#links.findIndex((one) => one.revision === revision);
    if (link >= 0) this.keyLeaves[link] = leafIndex;
  }

  #examineSeal(event: StoredEvent, leafIndex: number): void {
    const { data } = sealIn(event);
    const opened = openedSeal(this.#ports, data, leafIndex, this.keys);
    if ('kind' in opened) {
      this.sealFaults.push({ ...opened, ...at(event) });
      return;
    }
    const tree = this.tree.at(opened.size);
    if (tree === null) this.lateSeals.push({ at: at(event), checkpoint: opened, data });
    else this.judgeSeal({ at: at(event), checkpoint: opened, data }, tree);
  }

  judgeSeal({ at: place, checkpoint, data }: LateSeal, tree: TreeAt): void {
    const found = sealFaults(tree, checkpoint, data);
    this.sealFaults.push(...found.map((fault) => ({ ...fault, ...place })));
    if (found.some(({ kind }) => kind === 'root_mismatch')) return;
    const { link, size } = checkpoint;
    this.sealedTo = Math.max(this.sealedTo, size);
    this.sealedBy[link] = Math.max(this.sealedBy[link] ?? 0, size);
  }
}

/** Seals recorded long after the leaves that they cover. Our sealer makes none; the tree is grown once more for them. */
async function judgeLateSeals(ports: Ports, scanning: Scanning, streams: readonly string[]): Promise<void> {
  if (scanning.lateSeals.length === 0) return;
  const sizes = new Set(scanning.lateSeals.map(({ checkpoint }) => checkpoint.size));
  const tree = new RecentTrees(ports.crypto.sha256, sizes);
  for await (const event of eventsAfter(ports.store, null, streams)) {
    if (isWellTyped(event)) tree.append(fromHex(ports.crypto.sha256Hex(event.bytes)), event);
    if (tree.size >= Math.max(...sizes)) break;
  }
  for (const seal of scanning.lateSeals) {
    const found = tree.at(seal.checkpoint.size);
    if (found !== null) scanning.judgeSeal(seal, found);
  }
}

/** One pass over the stored bytes: chains, tree, seals, and what the events refer to. Damage is a fault, not an end. */
export async function scan(ports: Ports, request: ScanRequest): Promise<Scan> {
  const scanning = new Scanning(ports, request);
  let lastPosition: string | null = null;
  let seen = 0;
  ports.progress.start('verify', 0);
  try {
    for await (const page of pagesAfter(ports.store, null, request.streams)) {
      for (const event of page) scanning.take(event);
      lastPosition = at(page.at(-1)!).position;
      seen += page.length;
      ports.progress.advance(seen);
    }
    await judgeLateSeals(ports, scanning, request.streams);
  } catch (error) {
    scanning.faults.push({
      kind: 'database_damaged',
      ...nowhere,
      position: lastPosition,
      expected: 'events to the end of the store',
      actual: damageIn(error),
    });
  } finally {
    ports.progress.stop();
  }
  const { faults, sealFaults: found, references, tree, sealedTo, sealedBy } = scanning;
  return {
    faults,
    sealFaults: found,
    references,
    keys: scanning.keys,
    size: tree.size,
    treeAt: (size) => tree.at(size),
    sealedTo,
    sealedBy,
    ...scanning.verifier.finish(),
    lastPosition,
  };
}

/** Where leaves stand, by their index: read again, for only faults are located. */
export async function leavesAt(ports: Ports, indices: ReadonlySet<number>): Promise<ReadonlyMap<number, ReturnType<typeof at>>> {
  const found = new Map<number, ReturnType<typeof at>>();
  let index = 0;
  for await (const event of indices.size === 0 ? [] : eventsAfter(ports.store, null)) {
    if (!isWellTyped(event)) continue;
    if (indices.has(index)) found.set(index, at(event));
    index++;
    if (found.size === indices.size) break;
  }
  return found;
}
