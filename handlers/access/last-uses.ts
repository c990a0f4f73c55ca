import type { Ports } from '../ports/ports.ts';

/** The hour of an instant in UTC, as the instant at which it begins. */
function hourOf(instant: string): string {
  return `${instant.slice(0, 13)}:00:00.000Z`;
}

/**
 * Notes when tokens are used, to the hour: each token once an hour, however often it is shown. It stops nobody: where the file cannot be
 * written, the log says so, and the next hour tries again.
 */
export class LastUses {
  readonly #ports: Pick<Ports, 'tokenUses' | 'clock' | 'log'>;
  /** By token; only tokens that were made get here, so there are as many as were used. */
  readonly #noted = new Map<string, string>();

  constructor(ports: Pick<Ports, 'tokenUses' | 'clock' | 'log'>) {
    this.#ports = ports;
  }

  async note(tokenId: string): Promise<void> {
    const { tokenUses, clock, log } = this.#ports;
    const hour = hourOf(clock.now());
    if (this.#noted.get(tokenId) === hour) return;
    this.#noted.set(tokenId, hour);
    try {
      await tokenUses.note(tokenId, hour);
    } catch (error) {
      log.warn({ error, id: tokenId }, 'the last use of a token could not be noted');
    }
  }
}
