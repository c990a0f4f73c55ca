import { createHash } from 'node:crypto';
import { allowedArtifact } from '../../domain/shared/artifact-size.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { ArtifactInfo, Artifacts, ListArtifactsOptions } from '../../handlers/ports/ports.ts';

/** Content-addressed bytes in memory. */
export class MemoryArtifacts implements Artifacts {
  readonly #bytes: Map<string, Uint8Array>;

  constructor(bytes: Map<string, Uint8Array>) {
    this.#bytes = bytes;
  }

  async put(bytes: Uint8Array): Promise<ArtifactInfo> {
    return (await this.putAll([bytes]))[0]!;
  }

  async putAll(contents: readonly Uint8Array[]): Promise<readonly ArtifactInfo[]> {
    const addressed = contents.map((bytes) => ({ sha256: sha256(allowedArtifact(bytes)), bytes }));
    for (const { sha256: address, bytes } of addressed) if (!this.#bytes.has(address)) this.#bytes.set(address, Uint8Array.from(bytes));
    return addressed.map(({ sha256: address, bytes }) => ({ sha256: address, bytes: bytes.length }));
  }

  async get(address: string): Promise<Uint8Array> {
    const bytes = this.#bytes.get(address);
    if (bytes === undefined)
      throw new LedgerError('ArtifactMissing', `artifact ${address} is not stored`, { evidence: { sha256: address } });
    const actual = sha256(bytes);
    if (actual !== address) {
      throw new LedgerError('ArtifactDamaged', `artifact ${address} no longer matches its address`, {
        evidence: { sha256: address, actual, bytes: bytes.length },
      });
    }
    return Uint8Array.from(bytes);
  }

  async has(address: string): Promise<boolean> {
    return this.#bytes.has(address);
  }

  async list({ after, limit }: ListArtifactsOptions): Promise<readonly string[]> {
    return [...this.#bytes.keys()]
      .filter((address) => after === null || address > after)
      .toSorted(byCodeUnits)
      .slice(0, limit);
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
