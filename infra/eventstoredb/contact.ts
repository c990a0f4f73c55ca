import type { Log } from '../../handlers/ports/ports.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { reasonOf } from './failures.ts';

/** A server that has been away for this long is mentioned, and from then on as often. */
const sayAfterMs = 1_500;
const sayEveryMs = 60_000;
/** A call that waits for so long for the first answer of all has the way to the server looked at. */
const lookAfterMs = 300;

/**
 * Whether the server is there, as the calls of one connection find out. An outage is said once it has lasted a moment and then once a
 * minute, however many calls wait. Until the first answer of all, what no waiting mends is looked for: it fails every call at once.
 */
export class Contact {
  readonly #server: string;
  readonly #log: Log;
  readonly #look: () => Promise<LedgerError | null>;
  #made = false;
  #awaySince: number | null = null;
  #saidAt: number | null = null;
  #looking: Promise<LedgerError | null> | null = null;

  /** `look` finds what stands between here and the server and does not pass. */
  constructor(server: string, log: Log, look: () => Promise<LedgerError | null>) {
    this.#server = server;
    this.#log = log;
    this.#look = look;
  }

  /** Watches a call that may be the first to wait. The promise rejects with what does not pass, and else stays pending. */
  watch(): { readonly refused: Promise<never>; readonly stop: () => void } {
    const started = performance.now();
    const timers: NodeJS.Timeout[] = [];
    const refused = new Promise<never>((_resolve, reject) => {
      timers.push(setTimeout(() => void this.refusal().then((why) => why !== null && reject(why)), lookAfterMs));
    });
    // It may come while the call pauses before another try, which then meets it.
    refused.catch(() => undefined);
    timers.push(setTimeout(() => this.#say('no answer yet', started), sayAfterMs));
    return {
      refused,
      stop: () => {
        for (const timer of timers) clearTimeout(timer);
      },
    };
  }

  /** What keeps every call from the server and does not pass; null once it has answered, or when nothing of the kind is found. */
  async refusal(): Promise<LedgerError | null> {
    if (this.#made) return null;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  answered(): void {
    this.#made = true;
    if (this.#awaySince === null) return;
    const wasSaid = this.#saidAt !== null && this.#saidAt >= this.#awaySince;
    this.#awaySince = null;
    if (wasSaid) this.#log.info({ server: this.#server }, 'EventStoreDB answers again');
  }

  /** A call failed and is tried again. */
  failed(error: unknown): void {
    const now = performance.now();
    this.#awaySince ??= now;
    if (now - this.#awaySince >= sayAfterMs) this.#say(reasonOf(error), this.#awaySince);
  }

  #say(why: string, since: number): void {
    this.#awaySince ??= since;
    const now = performance.now();
    if (this.#saidAt !== null && now - this.#saidAt < sayEveryMs) return;
    this.#saidAt = now;
    this.#log.warn({ server: this.#server, seconds: Math.round((now - this.#awaySince) / 1000), error: why }, 'waiting for EventStoreDB');
  }
}
