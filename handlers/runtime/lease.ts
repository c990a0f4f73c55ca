import { z } from 'zod';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { isConflict } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { CheckpointRecord, Checkpoints, Clock } from '../ports/ports.ts';

export interface LeaseOptions {
  /** Of the checkpoint that holds lease and state. */
  readonly name: string;
  /** Who holds it: another name for every process, also for two lives of one. */
  readonly holder: string;
  /** A holder that has not written for this long is taken for dead. Renew it three times as often. */
  readonly ttlMs: number;
}

export interface Lease {
  readonly ttlMs: number;
  /** The lease, with the state that its last holder left; null while somebody else holds it. */
  hold(): Promise<Held | null>;
}

export interface Held {
  /** What was last written; null when nobody ever wrote. */
  readonly state: JsonObject | null;
  /** Writes the state and renews the lease in one. Errors: LeaseLost; those of the store. */
  write(state: JsonObject): Promise<void>;
  /** Lets the next one in at once; a lease that is lost already is let be. */
  release(): Promise<void>;
}

/** The checkpoint of a lease. */
export interface LeaseRecord {
  /** null once it was released. */
  readonly holder: string | null;
  readonly expiresAt: string;
  readonly state: JsonObject | null;
}

const leaseSchema = z.strictObject({
  holder: z.string().nullable(),
  expiresAt: z.iso.datetime(),
  state: z.record(z.string(), z.unknown()).nullable(),
});

/**
 * One holder at a time, by one checkpoint that carries the lease and the state that it protects. Clocks only say when to try: every
 * write compares and sets, so that of two who both believe that they hold it one loses, whatever their clocks show. What a holder does
 * elsewhere, between two writes, is not fenced: it has to bear being done twice.
 */
export function createLease(checkpoints: Checkpoints, clock: Clock, options: LeaseOptions): Lease {
  const { name, holder, ttlMs } = options;
  let watched: { readonly version: bigint; readonly since: number } | null = null;
  const nowMs = (): number => Date.parse(clock.now());

  /** Expired by its own word, or not renewed for as long as we have watched: the clock that wrote it may have been wrong. */
  const isFree = ({ version }: CheckpointRecord, lease: LeaseRecord): boolean => {
    // A clock that was set back watches anew: the time since would be negative for as long as it had been ahead.
    if (watched?.version !== version || nowMs() < watched.since) watched = { version, since: nowMs() };
    return lease.holder === null || lease.holder === holder || Date.parse(lease.expiresAt) <= nowMs() || nowMs() - watched.since >= ttlMs;
  };

  return {
    ttlMs,
    hold: async () => {
      const found = await checkpoints.read(name);
      const lease = found === null ? null : leaseOf(name, found);
      if (found !== null && !isFree(found, lease!)) return null;
      const record = { holder, expiresAt: instant(nowMs() + ttlMs), state: lease?.state ?? null };
      try {
        const { version } = await checkpoints.write(name, { ...record }, found?.version ?? 'none');
        return new HeldLease(checkpoints, nowMs, options, record, version);
      } catch (error) {
        if (isConflict(error)) return null;
        throw error;
      }
    },
  };
}

/** Who holds a lease and the state under it, to be shown; null when nobody ever held it. */
export async function readLease(checkpoints: Checkpoints, name: string): Promise<LeaseRecord | null> {
  const found = await checkpoints.read(name);
  return found === null ? null : leaseOf(name, found);
}

class HeldLease implements Held {
  readonly #checkpoints: Checkpoints;
  readonly #nowMs: () => number;
  readonly #options: LeaseOptions;
  #record: LeaseRecord;
  #version: bigint;
  /** Writes go one after the other: a renewal by a timer must not overtake the state. */
  #turn: Promise<void> = Promise.resolve();

  constructor(checkpoints: Checkpoints, nowMs: () => number, options: LeaseOptions, record: LeaseRecord, version: bigint) {
    this.#checkpoints = checkpoints;
    this.#nowMs = nowMs;
    this.#options = options;
    this.#record = record;
    this.#version = version;
  }

  get state(): JsonObject | null {
    return this.#record.state;
  }

  async write(state: JsonObject): Promise<void> {
    await this.#inTurn(() =>
      this.#replace({ holder: this.#options.holder, expiresAt: instant(this.#nowMs() + this.#options.ttlMs), state }),
    );
  }

  async release(): Promise<void> {
    try {
      await this.#inTurn(() => this.#replace({ ...this.#record, holder: null }));
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== 'LeaseLost') throw error;
    }
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #replace(next: LeaseRecord): Promise<void> {
    if (this.#record.holder === null || this.#nowMs() >= Date.parse(this.#record.expiresAt)) throw this.#lost('ran out');
    try {
      this.#version = (await this.#checkpoints.write(this.#options.name, { ...next }, this.#version)).version;
      this.#record = next;
    } catch (error) {
      throw isConflict(error) ? this.#lost('was taken over') : error;
    }
  }

  #lost(how: string): LedgerError {
    const { name, holder } = this.#options;
    return new LedgerError('LeaseLost', `the lease "${name}" of ${holder} ${how}`, {
      evidence: { name, holder, expiresAt: this.#record.expiresAt },
    });
  }
}

/** Errors: StoreIo when somebody has written something else under the name. */
function leaseOf(name: string, { value }: CheckpointRecord): LeaseRecord {
  const parsed = leaseSchema.safeParse(value);
  if (!parsed.success) throw new LedgerError('StoreIo', `checkpoint "${name}" holds no lease`, { evidence: { name } });
  return parsed.data as LeaseRecord;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
