import type { TokenUses } from '../../handlers/ports/ports.ts';

/** When tokens were last used, in memory. */
export class MemoryTokenUses implements TokenUses {
  readonly #hours = new Map<string, string>();

  async all(): Promise<ReadonlyMap<string, string>> {
    return new Map(this.#hours);
  }

  async note(tokenId: string, hour: string): Promise<void> {
    const before = this.#hours.get(tokenId);
    if (before === undefined || before < hour) this.#hours.set(tokenId, hour);
  }
}
