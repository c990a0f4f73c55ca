import { createHash } from 'node:crypto';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { ArtifactInfo, Artifacts } from '../../handlers/ports.ts';

/** Content-addressed bytes in memory. */
export class MemoryArtifacts implements Artifacts {
  readonly #bytes = new Map<string, Uint8Array>();

  async put(bytes: Uint8Array): Promise<ArtifactInfo> {
    if (bytes.length > limits.artifactBytesMax) {
      throw new LedgerError('LimitExceeded', `an artifact of ${bytes.length} bytes, at most ${limits.artifactBytesMax} are allowed`, {
        evidence: { bytes: bytes.length, bytesMax: limits.artifactBytesMax },
      });
    }
    const address = sha256(bytes);
    if (!this.#bytes.has(address)) this.#bytes.set(address, Uint8Array.from(bytes));
    return { sha256: address, bytes: bytes.length };
  }

  async get(address: string): Promise<Uint8Array> {
    const bytes = this.#bytes.get(address);
    if (bytes === undefined) throw new LedgerError('ArtifactMissing', `artifact ${address} is not stored`, { evidence: { sha256: address } });
    const actual = sha256(bytes);
    if (actual !== address) {
      throw new LedgerError('ArtifactDamaged', `artifact ${address} no longer matches its address`, { evidence: { sha256: address, actual, bytes: bytes.length } });
    }
    return Uint8Array.from(bytes);
  }

  async has(address: string): Promise<boolean> {
    return this.#bytes.has(address);
  }

  async list(): Promise<readonly string[]> {
    return [...this.#bytes.keys()].toSorted(byCodeUnits);
  }

  /** For tests: flips the lowest bit of one byte. */
  damage(address: string, byteIndex: number): void {
    const bytes = this.#bytes.get(address)!;
    bytes[byteIndex]! ^= 1;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
