import type { DomainEvent } from '../../domain/catalogue.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { EventStore } from '../ports/ports.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';

const indexed = ['MetaPortfolioDefined', 'ReallocationScheduled'] as const;

/** Which portfolios contain a sleeve, and when each is due: kept in memory by every worker, folded from the store when it starts. */
export class PortfolioIndex {
  readonly #mark: (meta: string) => void;
  readonly #sleevesOf = new Map<string, readonly string[]>();
  readonly #containing = new Map<string, Set<string>>();
  readonly #dueAt = new Map<string, string>();

  /** `mark` is called for portfolios that are new or newly defined. */
  constructor(mark: (meta: string) => void) {
    this.#mark = mark;
  }

  get size(): number {
    return this.#sleevesOf.size;
  }

  containing(sleeve: string): readonly string[] {
    return [...(this.#containing.get(sleeve) ?? [])];
  }

  due(meta: string, dueAt: string): void {
    this.#dueAt.set(meta, dueAt);
  }

  /** Portfolios that are due; each is returned once. */
  takeDue(now: string): string[] {
    const due = [...this.#dueAt].filter(([, dueAt]) => dueAt <= now).map(([meta]) => meta);
    for (const meta of due) this.#dueAt.delete(meta);
    return due;
  }

  apply(event: DomainEvent): void {
    if (event.type === 'ReallocationScheduled') this.due(event.data.meta, event.data.dueAt);
    if (event.type !== 'MetaPortfolioDefined') return;
    const { meta, sleeves } = event.data;
    for (const sleeve of this.#sleevesOf.get(meta) ?? []) this.#containing.get(sleeve)?.delete(meta);
    const names = [...new Set(sleeves.map(({ sleeve }) => sleeve))];
    this.#sleevesOf.set(meta, names);
    for (const sleeve of names) {
      const metas = this.#containing.get(sleeve) ?? new Set<string>();
      this.#containing.set(sleeve, metas.add(meta));
    }
    this.#mark(meta);
  }

  /** Everything up to now; answers where to follow from. */
  async readAll(store: EventStore): Promise<string | null> {
    let after: string | null = null;
    for (;;) {
      const page = await store.readAll({ after, maxCount: limits.readPageEventsMax, types: indexed });
      for (const event of toDomainEvents(page)) this.apply(event);
      after = page.at(-1)?.position ?? after;
      if (page.length < limits.readPageEventsMax) return after;
    }
  }

  async follow(store: EventStore, after: string | null, signal: AbortSignal): Promise<void> {
    for await (const stored of store.subscribeAll({ after, types: indexed, signal })) {
      for (const event of toDomainEvents([stored])) this.apply(event);
    }
  }
}
