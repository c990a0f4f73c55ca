import { createMerkleTree, type MerkleTree } from '../../domain/audit/merkle.ts';
import type { VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { fromHex } from '../../domain/shared/hashing.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import type { Ports, StoredEvent } from '../ports.ts';
import { toDomainEvents } from '../stored-events.ts';
import { withKeyOf } from './keys.ts';
import { leavesAfter } from './leaves.ts';
import { formatIn, requireKnown } from './recorded-format.ts';

/**
 * The tree over the events read so far, with the keys that they name; 64 bytes an event. Reading on costs what is new, and the last
 * event is read once more, to see that the store still holds the history that the tree was grown from.
 */
export class SealerHistory {
  readonly tree: MerkleTree;
  /** Every key that the ledger has signed with, oldest first. */
  keys: readonly VerifierKey[] = [];
  /** The size that the newest event seals, when it is a seal of all that stands before it: another event may have slipped in between. */
  sealedWhole: number | null = null;
  readonly #ports: Pick<Ports, 'store' | 'crypto'>;
  #last: StoredEvent | null = null;
  /** Position of the event before the last one. */
  #beforeLast: string | null = null;

  constructor(ports: Pick<Ports, 'store' | 'crypto'>) {
    this.#ports = ports;
    this.tree = createMerkleTree(ports.crypto.sha256);
  }

  /** Takes in what was recorded since. Errors: ChainBroken when the store no longer holds what had been read; StoreTooNew once a newer build has raised the format. */
  async readOn(): Promise<void> {
    const leaves = leavesAfter(this.#ports.store, this.#beforeLast);
    if (this.#last !== null) {
      const again = await leaves.next();
      requireSame(this.#last, again.done === true ? null : again.value);
    }
    for await (const event of leaves) this.#take(event);
  }

  #take(event: StoredEvent): void {
    this.sealedWhole = null;
    if (event.stream === ledgerStream) {
      const raised = formatIn(event);
      if (raised !== null) requireKnown(raised);
      const [known] = toDomainEvents([event]);
      this.keys = withKeyOf(this.#ports, this.keys, known!);
      if (known!.type === 'LedgerSealed' && known.data.treeSize === this.tree.size) this.sealedWhole = this.tree.size;
    }
    this.tree.append(fromHex(event.hash));
    this.#beforeLast = this.#last?.position ?? null;
    this.#last = event;
  }
}

function requireSame(seen: StoredEvent, stored: StoredEvent | null): void {
  if (stored?.position === seen.position && stored.hash === seen.hash) return;
  const { stream, revision, position } = seen;
  throw new LedgerError('ChainBroken', `event ${revision} of stream "${stream}", the last one read, is not where it was: nothing is sealed`, {
    evidence: { stream, revision: Number(revision), position, expected: seen.hash, actual: stored?.hash ?? 'nothing' },
  });
}
