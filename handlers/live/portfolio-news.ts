import { metaRunStream } from '../../domain/meta-run/stream.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { EventStore, StoredEvent } from '../ports/ports.ts';
import { InOrder } from '../runtime/in-order.ts';
import { toDomainEvent } from '../runtime/stored-events.ts';

/** Runs of which it is remembered whose they are. */
const runsMax = 1_000;

/**
 * Knows when something was last recorded of a portfolio or of its runs, as far as this process has looked: for answers that nothing else
 * changes. It reads what is new in the log once for all who ask, and remembers nothing of it but whose it is.
 */
export class PortfolioNews {
  readonly #store: Pick<EventStore, 'head' | 'readAll'>;
  readonly #turns = new InOrder();
  /** By portfolio, the number of its newest event among those that were read. */
  readonly #newest = new Map<string, number>();
  readonly #portfolioOfRun = new Map<string, string>();
  /** Number of the newest event that may be of any portfolio. */
  #ofAny = 0;
  #read = 0;
  /** How far the log was read; undefined before anybody has asked. */
  #head: string | null | undefined;

  constructor(store: Pick<EventStore, 'head' | 'readAll'>) {
    this.#store = store;
  }

  /** A text that is another one once something has been recorded of the portfolio. */
  async mark(meta: string): Promise<string> {
    // Whoever waits behind one that fails looks for themselves.
    await this.#turns.runApart('', () => this.#readOn());
    return `${this.#ofAny}/${this.#newest.get(meta) ?? 0}`;
  }

  async #readOn(): Promise<void> {
    const head = await this.#store.head();
    if (head === this.#head) return;
    const after = this.#head;
    const page = after === undefined ? null : await this.#store.readAll({ after, maxCount: limits.readPageEventsMax, types: null });
    if (page === null || page.length === limits.readPageEventsMax) {
      // What so many events are about is not looked through.
      this.#ofAny = ++this.#read;
      this.#head = head;
      return;
    }
    for (const event of page) this.#note(event);
    this.#head = page.at(-1)?.position ?? head;
  }

  #note(event: StoredEvent): void {
    const number = ++this.#read;
    const { stream } = event;
    const run = metaRunStream.idOf(stream);
    if (run === null) {
      const meta = metaPortfolioStream.idOf(stream);
      if (meta !== null) this.#newest.set(meta, number);
      return;
    }
    const opened = event.type === 'MetaRunOpened' ? toDomainEvent(event) : null;
    if (opened?.type === 'MetaRunOpened') this.#remember(run, opened.data.meta);
    const meta = this.#portfolioOfRun.get(run);
    if (meta === undefined) this.#ofAny = number;
    else this.#newest.set(meta, number);
  }

  #remember(run: string, meta: string): void {
    this.#portfolioOfRun.set(run, meta);
    if (this.#portfolioOfRun.size > runsMax) this.#portfolioOfRun.delete(this.#portfolioOfRun.keys().next().value!);
  }
}
