import type { DomainEvent } from '../../domain/catalogue.ts';
import { isAway } from '../../domain/shared/error-kinds.ts';
import { limits } from '../../domain/shared/limits.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';
import type { Delivery, StoredEvent } from '../ports/ports.ts';
import type { Session } from '../runtime/session.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { runTogether } from '../runtime/together.ts';
import { Backoff } from '../runtime/backoff.ts';
import { RecordedInputs } from '../runs/recorded-inputs.ts';
import { pause } from '../runtime/pause.ts';
import { PortfolioIndex } from './portfolio-index.ts';
import { type Reallocation, reallocate } from './reallocate.ts';

/** What may change a decision, and is delivered to one member of the group. */
export const triggers = [
  'SleeveRunAccepted',
  'SleeveQuarantined',
  'SleeveReinstated',
  'ParityWaiverGranted',
  'ParityWaiverRevoked',
  'MetaPortfolioDefined',
  'PublicationResumed',
] as const;

export interface ReactionOptions {
  readonly group: string;
  /** Portfolios evaluated at the same time: the mathematics runs one by one, the waits for the store overlap. */
  readonly concurrency: number;
  /** Called after every look, for metrics and logs. */
  readonly onLook?: (meta: string, outcome: Reallocation) => void;
}

/** A delivery is settled when every portfolio that it marked has been looked at since. */
interface Pending {
  readonly delivery: Delivery;
  readonly metas: Set<string>;
}

/**
 * The process manager: new results mark the portfolios that contain their sleeve, however deep, and marked portfolios are looked at. Marks
 * coalesce: a thousand results for one portfolio that is being allocated are one more look. Nothing is kept but in the store: a
 * process that starts looks at every portfolio once, and deliveries that a dead process had not settled come again.
 */
export class Reaction {
  readonly #session: Session;
  readonly #options: ReactionOptions;
  readonly #index: PortfolioIndex;
  readonly #inputs: RecordedInputs;
  readonly #marked = new Map<string, Pending[]>();
  readonly #working = new Map<string, Promise<void>>();
  readonly #backoff = new Map<string, Backoff>();
  #wake: () => void = () => undefined;

  constructor(session: Session, options: ReactionOptions) {
    this.#session = session;
    this.#options = options;
    this.#inputs = new RecordedInputs(session.ports, session.recent);
    this.#index = new PortfolioIndex((meta) => this.#mark(meta, null));
  }

  /** Whether deliveries are taken. */
  started = false;

  /** Portfolios that wait for their turn. */
  get backlog(): number {
    return this.#marked.size + this.#working.size;
  }

  get portfolios(): number {
    return this.#index.size;
  }

  /** Works until the signal aborts; what is under way is finished. Errors: those of the store, when they do not pass. */
  async run(signal: AbortSignal): Promise<void> {
    const { ports } = this.#session;
    // Joined before the portfolios are read and looked at: a definition or a result in between is delivered.
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const membership = ports.deliveries.join(this.#options.group, { types: triggers, signal: either });
    try {
      await membership.joined;
      const after = await this.#index.readAll(ports.store);
      this.started = true;
      await runTogether(
        either,
        () => this.#takeDeliveries(membership),
        (working) => this.#index.follow(ports.store, after, working),
        (working) => this.#work(working),
        (working) => this.#sweep(working),
      );
    } finally {
      this.started = false;
      stop.abort();
      await Promise.allSettled(this.#working.values());
    }
  }

  #mark(meta: string, pending: Pending | null): void {
    const waiting = this.#marked.get(meta) ?? [];
    if (pending !== null) waiting.push(pending);
    this.#marked.set(meta, waiting);
    this.#wake();
  }

  async #takeDeliveries(membership: AsyncIterable<Delivery>): Promise<void> {
    for await (const delivery of membership) {
      const metas = this.#metasOf(delivery.event);
      if (metas.length === 0) {
        await delivery.settle();
        continue;
      }
      const pending: Pending = { delivery, metas: new Set(metas) };
      for (const meta of metas) this.#mark(meta, pending);
    }
  }

  #metasOf(stored: StoredEvent): readonly string[] {
    const event: DomainEvent = toDomainEvents([stored])[0]!;
    if (event.type === 'MetaPortfolioDefined') this.#index.apply(event);
    const { data } = event;
    if ('sleeve' in data && typeof data.sleeve === 'string') return this.#index.containing(data.sleeve);
    return 'meta' in data ? [data.meta] : [];
  }

  /** Looks at marked portfolios, several at a time and each by one look only. */
  async #work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = [...this.#marked.keys()].find((meta) => !this.#working.has(meta) && (this.#backoff.get(meta)?.ready() ?? true));
      if (next === undefined || this.#working.size >= this.#options.concurrency) {
        await this.#sleepUntilWoken(signal);
        continue;
      }
      const waiting = this.#marked.get(next)!;
      this.#marked.delete(next);
      const looking = this.#look(next, waiting).finally(() => {
        this.#working.delete(next);
        this.#wake();
      });
      this.#working.set(next, looking);
    }
  }

  async #look(meta: string, waiting: readonly Pending[]): Promise<void> {
    const { metrics, log } = this.#session.ports;
    try {
      await yieldToEventLoop('reaction');
      const outcome = await reallocate(this.#session, this.#inputs, meta);
      this.#backoff.delete(meta);
      if (outcome.kind === 'scheduled') this.#index.due(meta, outcome.dueAt);
      this.#options.onLook?.(meta, outcome);
      for (const pending of waiting) {
        pending.metas.delete(meta);
        if (pending.metas.size === 0) await pending.delivery.settle();
      }
    } catch (error) {
      // A look at a store that is away has waited already.
      const backoff = (isAway(error) ? null : this.#backoff.get(meta)) ?? new Backoff();
      this.#backoff.set(meta, backoff);
      const pauseMs = backoff.failed();
      metrics.count('sleeve_ledger_reaction_failures_total');
      // A store that is away is said once for all: here there may be as many lines as portfolios.
      log[isAway(error) ? 'debug' : 'error'](
        { meta, pauseMs, error: error instanceof Error ? error.message : String(error) },
        'could not look at a portfolio; it will be tried again',
      );
      // Unsettled, so that another worker gets it if this one dies meanwhile.
      for (const pending of waiting) this.#mark(meta, pending);
      if (waiting.length === 0) this.#mark(meta, null);
    }
  }

  /** Portfolios whose window or cool-down has ended are marked, no matter which process scheduled them. */
  async #sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const meta of this.#index.takeDue(this.#session.ports.clock.now())) this.#mark(meta, null);
      await pause(limits.sweepMs, signal);
      this.#wake();
    }
  }

  #sleepUntilWoken(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        this.#wake = () => undefined;
        resolve();
      };
      if (signal.aborted) return resolve();
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
  }
}
