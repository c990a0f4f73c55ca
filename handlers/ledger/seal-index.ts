import { partitionPoint } from '../runtime/partition-point.ts';
import type { EventStore, StoredEvent } from '../ports/ports.ts';
import { readWholeStream } from '../runtime/record.ts';
import { eventAt, newestEvent } from '../runtime/stream-pages.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import { type Seal, sealIn, sealsStream } from './seals.ts';

/**
 * Finds seals by what they cover or when they were recorded: log-many reads in the stream of seals, and the seals of version 1 read once.
 */
export class SealIndex {
  readonly #store: EventStore;
  /** Seals beyond it are not looked at; null for none. */
  readonly #until: string;
  #older: readonly Seal[] | null = null;
  #count: number | null = null;

  constructor(store: EventStore, until: string) {
    this.#store = store;
    this.#until = until;
  }

  /** The newest seal, null when there is none. */
  async newest(): Promise<Seal | null> {
    const count = await this.#seals();
    return count > 0 ? this.#at(count - 1) : ((await this.#sealsOfVersion1()).at(-1) ?? null);
  }

  /** The first seal that covers a leaf, null when none does. Each seal covers more than the one before it. */
  async firstOver(leafIndex: number): Promise<Seal | null> {
    const older = (await this.#sealsOfVersion1()).find(({ data }) => data.treeSize > leafIndex);
    if (older !== undefined) return older;
    const count = await this.#seals();
    const first = await partitionPoint(count, async (index) => (await this.#at(index)).data.treeSize > leafIndex);
    return first === count ? null : this.#at(first);
  }

  #isKnown({ position }: StoredEvent): boolean {
    return this.#store.comparePositions(position, this.#until) <= 0;
  }

  async #at(index: number): Promise<Seal> {
    return sealIn((await eventAt(this.#store, sealsStream, BigInt(index)))!);
  }

  /** How many seals of the stream are known. */
  async #seals(): Promise<number> {
    if (this.#count === null) {
      const last = await newestEvent(this.#store, sealsStream);
      const recorded = last === null ? 0 : Number(last.revision) + 1;
      this.#count =
        last !== null && this.#isKnown(last)
          ? recorded
          : await partitionPoint(recorded, async (index) => !this.#isKnown((await this.#at(index)).event));
    }
    return this.#count;
  }

  async #sealsOfVersion1(): Promise<readonly Seal[]> {
    this.#older ??= (await readWholeStream(this.#store, ledgerStream))
      .filter((event) => event.type === 'LedgerSealed' && this.#isKnown(event))
      .map(sealIn);
    return this.#older;
  }
}
