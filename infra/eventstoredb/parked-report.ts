import dbClient from '@eventstore/db-client';
import { isUncertain } from './failures.ts';
import { groupSettings } from './group.ts';
import { withTimeout } from './retry.ts';
import type { Session } from './session.ts';

const sayEveryMs = 60_000;

/** Says what an operator must know of a group: parked events wait for somebody, and nothing else tells. */
export class ParkedReport {
  readonly #session: Session;
  readonly #group: string;
  readonly #ended: AbortSignal;
  #isRefused = false;
  #unknownSaidAt: number | null = null;

  constructor(session: Session, group: string, ended: AbortSignal) {
    this.#session = session;
    this.#group = group;
    this.#ended = ended;
  }

  /** Asked beside the deliveries, which do not wait for it. A server that will not tell whom it does not trust is asked once. */
  ask(): void {
    if (!this.#isRefused) void this.#report();
  }

  async #report(): Promise<void> {
    const { client, retry, log } = this.#session;
    const group = this.#group;
    try {
      const info = await withTimeout(client.groupInfo(group, retry.callMsMax), retry.callMsMax, this.#ended);
      const parked = Number(info.getParkedMessageCount());
      if (parked > 0) log.error({ group, parked }, 'events of this group are parked: nobody reacts to them until an operator replays them');
      const retries = info.getMaxRetryCount();
      if (retries < groupSettings.retriesMax)
        log.error({ group, retries }, 'this group was changed: it parks an event after a number of tries');
    } catch (error) {
      if (this.#ended.aborted) return;
      this.#isRefused = !isUncertain(error, 'look at a group');
      // A server that goes away is asked again when the member joins again.
      if (error instanceof dbClient.UnavailableError || error instanceof dbClient.CancelledError) return;
      this.#sayUnknown(error);
    }
  }

  #sayUnknown(error: unknown): void {
    const now = performance.now();
    if (this.#unknownSaidAt !== null && now - this.#unknownSaidAt < sayEveryMs) return;
    this.#unknownSaidAt = now;
    this.#session.log.warn({ group: this.#group, error: String(error) }, 'whether events of this group are parked is not known');
  }
}
