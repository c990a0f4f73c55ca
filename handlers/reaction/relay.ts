import { interruptsSending } from '../../domain/shared/error-kinds.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Held, Lease } from '../runtime/lease.ts';
import { allocationMessage } from '../messages/allocation.ts';
import type { MessageSink, StoredEvent } from '../ports/ports.ts';
import type { Session } from '../runtime/session.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { leadingRun, traceIdOf } from '../runtime/trace-id.ts';
import { Backoff } from '../runtime/backoff.ts';
import { pause } from '../runtime/pause.ts';
import { Seldom } from '../runtime/seldom.ts';

export interface RelayOptions {
  readonly lease: Lease;
  readonly sink: MessageSink;
  readonly topic: string;
}

/**
 * Sends every publication to the broker, in ledger order, by the one relay that holds the lease. Where it stands is in the record of the
 * lease: a relay that was taken over cannot move it back, and what it sent at the last moment is sent again with the same id and sequence,
 * so that a reader ignores it.
 */
export class Relay {
  readonly #session: Session;
  readonly #options: RelayOptions;
  #holding = false;
  #failing: string | null = null;
  readonly #said = new Seldom();

  constructor(session: Session, options: RelayOptions) {
    this.#session = session;
    this.#options = options;
  }

  get state(): { readonly ok: boolean; readonly detail: string } {
    if (this.#failing !== null) return { ok: false, detail: this.#failing };
    return { ok: true, detail: this.#holding ? 'holds the lease' : 'stands by' };
  }

  /**
   * Works until the signal aborts. Errors: BrokerRefused, TopicMissing and those of the store; a broker that cannot be reached is tried
   * again.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.#session.ports;
    const { lease } = this.#options;
    const backoff = new Backoff();
    while (!signal.aborted) {
      const held = await lease.hold();
      if (held === null) {
        await pause(lease.ttlMs / 3, signal);
        continue;
      }
      try {
        this.#holding = true;
        await this.#relayWhile(held, signal);
        return await held.release();
      } catch (error) {
        if (!interruptsSending(error)) throw error;
        this.#failing = error.code === 'LeaseLost' ? null : error.message;
        if (error.code === 'LeaseLost' || this.#said.due())
          log.warn({ code: error.code, error: error.message }, 'the relay stops, and tries again');
        await pause(backoff.failed(), signal);
      } finally {
        this.#holding = false;
      }
    }
  }

  async #relayWhile(held: Held, signal: AbortSignal): Promise<void> {
    const { ports } = this.#session;
    const { lease } = this.#options;
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    let after = (held.state?.['position'] as string | undefined) ?? null;
    await this.#requireReached(after);
    let lost: unknown = null;
    const fail = (error: unknown): void => {
      lost ??= error;
      stop.abort();
    };
    const beat = setInterval(() => {
      held.write({ position: after }).catch(fail);
      this.#measureLag(after).catch(fail);
    }, lease.ttlMs / 3);
    try {
      for await (const stored of ports.store.subscribeAll({ after, types: ['AllocationPublished'], signal: either })) {
        await this.#send(stored);
        after = stored.position;
        await held.write({ position: after });
        this.#failing = null;
        ports.metrics.count('sleeve_ledger_publications_relayed_total');
      }
    } finally {
      clearInterval(beat);
    }
    if (lost !== null) throw lost as Error;
  }

  /** A relay that believes to stand beyond the ledger would send nothing, and say nothing. Errors: ChainBroken. */
  async #requireReached(after: string | null): Promise<void> {
    const { store } = this.#session.ports;
    const head = await store.head();
    if (after === null || (head !== null && store.comparePositions(after, head) <= 0)) return;
    throw new LedgerError(
      'ChainBroken',
      `the relay of ${this.#options.topic} is said to stand at ${after}, beyond the ledger: nothing is sent`,
      {
        evidence: { position: after, head },
      },
    );
  }

  async #measureLag(after: string | null): Promise<void> {
    const { store, metrics } = this.#session.ports;
    const unsent = await store.readAll({ after, maxCount: limits.readPageEventsMax, types: ['AllocationPublished'] });
    metrics.set('sleeve_ledger_relay_lag_events', unsent.length);
  }

  async #send(stored: StoredEvent): Promise<void> {
    const { ports, ledger } = this.#session;
    const { sink, topic } = this.#options;
    const [event] = toDomainEvents([stored]);
    invariant(event?.type === 'AllocationPublished', 'the relay was given something else than a publication', { type: stored.type });
    const { meta, inputs } = event.data;
    const traceId = traceIdOf(ports.ids, leadingRun(inputs).runId);
    const message = allocationMessage(event, { ledgerId: ledger.ledgerId, position: stored.position, traceId });
    await ports.tracer.span('relay a publication', { traceId, attributes: { meta } }, () => sink.send(topic, [message]));
  }
}
