import { limits } from '../../domain/shared/limits.ts';
import type { Log } from '../ports/ports.ts';
import type { Sealer } from './sealer.ts';

/**
 * Seals for many who record: all that is recorded until the next seal is under it. A seal that fails is said in the log and made with the
 * next; what was recorded is recorded.
 */
export class SealSoon {
  readonly #sealer: Sealer;
  readonly #log: Log;
  readonly #pauseMs: number;
  #timer: NodeJS.Timeout | null = null;
  #sealing: Promise<void> = Promise.resolve();

  constructor(sealer: Sealer, log: Log, pauseMs: number = limits.sealSoonMs) {
    this.#sealer = sealer;
    this.#log = log;
    this.#pauseMs = pauseMs;
  }

  /** Something was recorded. */
  due(): void {
    this.#timer ??= setTimeout(() => this.#seal(), this.#pauseMs);
  }

  /** Seals what waits for it; resolves when that is done. */
  async finish(): Promise<void> {
    if (this.#timer !== null) this.#seal();
    await this.#sealing;
  }

  #seal(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    this.#sealing = this.#sealing.then(async () => {
      try {
        await this.#sealer.seal();
      } catch (error) {
        this.#log.error({ error: error instanceof Error ? error.message : String(error) }, 'could not seal what was recorded');
      }
    });
  }
}
