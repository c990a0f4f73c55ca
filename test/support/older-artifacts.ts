/** Artifacts on a server as builds up to release 0.1.0 wrote and read them: every chunk as it is. */
import { createHash } from 'node:crypto';
import { v5 } from 'uuid';
import { limits } from '../../domain/shared/limits.ts';
import type { FakeLog } from './fake-eventstoredb/log.ts';

const namespace = 'b1a2a5cf-3b53-5f9d-8f6c-4b9f0b7e6f0a';

interface OlderEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
}

/** The appends of one upload, in order, straight into the log of the fake server. */
export class OlderUpload {
  readonly address: string;
  readonly #log: FakeLog;
  readonly #batches: readonly (readonly OlderEvent[])[];
  #done = 0;

  constructor(log: FakeLog, bytes: Uint8Array) {
    this.#log = log;
    this.address = createHash('sha256').update(bytes).digest('hex');
    const count = Math.max(1, Math.ceil(bytes.length / limits.artifactChunkBytesMax));
    this.#batches = Array.from({ length: count }, (_, index) => [
      {
        id: v5(`${this.address}/${index}`, namespace),
        type: 'ArtifactChunk',
        data: bytes.subarray(index * limits.artifactChunkBytesMax, (index + 1) * limits.artifactChunkBytesMax),
      },
      ...(index === count - 1
        ? [{ id: v5(`${this.address}/complete/${count}`, namespace), type: 'ArtifactComplete', data: new Uint8Array(0) }]
        : []),
    ]);
  }

  /** The next append; answers false when there is none left. A refusal is an error of the test: no build may be in the way of another. */
  step(): boolean {
    const batch = this.#batches[this.#done];
    if (batch === undefined) return false;
    const proposed = batch.map((event) => ({ ...event, contentType: 'application/octet-stream', metadata: new Uint8Array(0) }));
    const expected = this.#done === 0 ? 'no_stream' : BigInt(this.#done - 1);
    const decision = this.#log.append(`artifact-${this.address}`, proposed, expected);
    if (decision.kind !== 'success') throw new Error(`the older build is refused: ${decision.kind}`);
    this.#done++;
    return true;
  }

  finish(): void {
    while (this.step());
  }
}

/** What the older build reads; null where it finds nothing whole. */
export function olderContent(log: FakeLog, address: string): Buffer | null {
  const events = log.visible(`artifact-${address}`) ?? [];
  if (events.at(-1)?.type !== 'ArtifactComplete') return null;
  return Buffer.concat(events.filter(({ type }) => type === 'ArtifactChunk').map(({ data }) => data));
}
