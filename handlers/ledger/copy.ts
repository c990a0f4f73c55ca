import { createChainVerifier } from '../../domain/audit/chain.ts';
import { misplaced } from '../../domain/audit/own-places.ts';
import { createMerkleTree, type MerkleTree } from '../../domain/audit/merkle.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import { limits } from '../../domain/shared/limits.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import type { Artifacts, EventStore, Ports, StoredEvent } from '../ports/ports.ts';
import { copyArtifacts } from './copy-artifacts.ts';
import { CopyTarget } from './copy-target.ts';
import { keysOf } from './keys.ts';
import { leavesAfter } from '../read-models/leaves.ts';
import { RecordedFormat } from './recorded-format.ts';

/** One end of a copy. */
export interface CopyEnd {
  readonly store: EventStore;
  readonly artifacts: Artifacts;
  /** Keeps every writer out until the answer is called; left out where the store cannot. */
  readonly fence?: () => Promise<() => void>;
}

export interface Copied {
  /** Events appended to the target. */
  readonly events: number;
  /** Artifacts put into the target. */
  readonly artifacts: number;
  /** Events that the target held before. */
  readonly alreadyThere: number;
  /** Leaves of both trees. */
  readonly size: number;
  /** RFC 6962 roots of that size, each recomputed from the bytes that its store holds; equal, or there is no answer. */
  readonly root: string;
  readonly targetRoot: string;
  /** Whether writers were kept out of the source meanwhile. */
  readonly fenced: boolean;
}

type Tools = Pick<Ports, 'crypto' | 'progress'>;

/** Walks the events of a store, checks every hash and chain, and grows the tree over the bytes as they are stored. */
class CheckedEvents {
  readonly tree: MerkleTree;
  readonly #verifier: ReturnType<typeof createChainVerifier>;

  constructor({ crypto }: Pick<Tools, 'crypto'>, store: EventStore) {
    this.tree = createMerkleTree(crypto.sha256);
    this.#verifier = createChainVerifier({
      sha256: crypto.sha256,
      sha256Hex: crypto.sha256Hex,
      comparePositions: (left, right) => store.comparePositions(left, right),
      onLeaf: (hash) => this.tree.append(hash),
    });
  }

  take(event: StoredEvent, which: string): void {
    const leafIndex = this.tree.size;
    const fault = this.#verifier.check(event)[0] ?? misplaced(event, leafIndex);
    if (fault === null) return;
    const { kind, expected, actual } = fault;
    const { stream, revision, position } = { ...event, revision: Number(event.revision) };
    throw new LedgerError('ChainBroken', `event ${revision} of stream "${stream}" of the ${which} does not verify (${kind})`, {
      evidence: { kind, stream, revision, position, expected, actual },
    });
  }
}

/** Reads a target from its first event to its last, as a verification does. Errors: ChainBroken. */
async function readBack(tools: Tools, store: EventStore, expectedEvents: number): Promise<MerkleTree> {
  const checked = new CheckedEvents(tools, store);
  tools.progress.start('read back', expectedEvents);
  for await (const event of leavesAfter(store, null)) {
    checked.take(event, 'target');
    if (checked.tree.size % 1_000 === 0) tools.progress.advance(checked.tree.size);
  }
  return checked.tree;
}

/** One copy under way: rounds of reading on, each up to where the source stood when it began. */
class Copying {
  artifacts = 0;
  readonly source: CheckedEvents;
  readonly target: CopyTarget;
  readonly #tools: Tools;
  readonly #from: CopyEnd;
  readonly #to: CopyEnd;
  readonly #signal: AbortSignal;
  #reached: string | null = null;
  #artifactsToCopy = false;

  constructor(tools: Tools, from: CopyEnd, to: CopyEnd, signal: AbortSignal) {
    this.source = new CheckedEvents(tools, from.store);
    this.target = new CopyTarget(to.store, () => this.#copyArtifacts());
    this.#tools = tools;
    this.#from = from;
    this.#to = to;
    this.#signal = signal;
  }

  /** Answers whether the source had grown since the round before. */
  async round(): Promise<boolean> {
    const { store } = this.#from;
    const head = await store.head();
    if (head === null) throw new LedgerError('LedgerMissing', 'there is no ledger to copy');
    if (head === this.#reached) return false;
    // Artifacts are stored before the events that refer to them: those listed from now on serve every event up to this head.
    this.#artifactsToCopy = true;
    for await (const event of leavesAfter(store, this.#reached)) {
      if (store.comparePositions(event.position, head) > 0) break;
      this.source.take(event, 'source');
      await this.target.take(event);
      if (this.source.tree.size % 1_000 === 0) await this.#pause();
    }
    await this.target.flush();
    await this.#copyArtifacts();
    this.#reached = head;
    return true;
  }

  /** Once a round, and not before the target has been found to hold nothing else. */
  async #copyArtifacts(): Promise<void> {
    if (!this.#artifactsToCopy) return;
    await this.target.requireEnd();
    this.artifacts += await copyArtifacts(this.#from.artifacts, this.#to.artifacts, this.#signal);
    this.#artifactsToCopy = false;
  }

  async #pause(): Promise<void> {
    const events = this.source.tree.size;
    this.#tools.progress.advance(events);
    await throwIfInterrupted(this.#signal, 'interrupted; the same command completes the copy', { events });
  }
}

/** Both trees, over the bytes that the stores hold. Errors: CopyTargetNotEmpty when they differ. */
async function proven(tools: Tools, source: MerkleTree, target: EventStore): Promise<Pick<Copied, 'size' | 'root' | 'targetRoot'>> {
  const copy = await readBack(tools, target, source.size);
  const found = { size: source.size, root: toHex(source.root()), targetRoot: toHex(copy.root()) };
  if (copy.size === found.size && found.root === found.targetRoot) return found;
  throw new LedgerError('CopyTargetNotEmpty', 'source and target differ after the copy: somebody else has written to the target', {
    evidence: { ...found, targetSize: copy.size },
  });
}

/**
 * Copies a ledger, event by event in global order with one append in flight, each artifact before the events that may refer to it. The
 * target must be empty or hold a beginning of the source: so an interrupted copy is completed by the same call. Where the source
 * cannot be fenced, the copy reads on until the source stands still. At the end the trees over the bytes of both are compared.
 *
 * Errors: LedgerMissing; CopyTargetNotEmpty with the leaf at which target and source part; ChainBroken for a source that does not verify;
 * ArtifactDamaged; StoreTooNew for a source that holds more than this build knows; StoreBusy for a source that keeps growing, or whose lock
 * another process holds; Interrupted; those of the stores.
 */
export async function copyLedger(tools: Tools, from: CopyEnd, to: CopyEnd, signal: AbortSignal): Promise<Copied> {
  await new RecordedFormat(from.store).requireKnown();
  await keysOf({ ...tools, store: from.store });
  const release = await from.fence?.();
  tools.progress.start('copy', 0);
  try {
    const copying = new Copying(tools, from, to, signal);
    for (let rounds = 1; await copying.round(); rounds++) {
      if (rounds === limits.copyRoundsMax) {
        throw new LedgerError(
          'StoreBusy',
          `the source has grown ${rounds} times while it was copied: stop what writes to it, then copy again`,
          { evidence: { events: copying.source.tree.size } },
        );
      }
    }
    const { target, source, artifacts } = copying;
    return {
      events: target.appended,
      artifacts,
      alreadyThere: target.alreadyThere,
      ...(await proven(tools, source.tree, to.store)),
      fenced: release !== undefined,
    };
  } finally {
    tools.progress.stop();
    release?.();
  }
}
