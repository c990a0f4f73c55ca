import { createHash } from 'node:crypto';
import type { ResolvedEvent } from '@eventstore/db-client';
import { v5 } from 'uuid';
import { allowedArtifact } from '../../domain/shared/artifact-size.ts';
import { isConflict } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { ArtifactInfo, Artifacts, ListArtifactsOptions } from '../../handlers/ports/ports.ts';
import { appendProposed } from './appending.ts';
import type { Proposed } from './requests.ts';
import { withRetries } from './retry.ts';
import { comparePositions, type LogPosition } from './positions.ts';
import { bytesOf } from './recorded-event.ts';
import { refuseClosed, type Session } from './session.ts';

const chunkType = 'ArtifactChunk';
/** The last event of an artifact's stream; without it the artifact is unfinished and counts as absent. */
const completeType = 'ArtifactComplete';
const namespace = 'b1a2a5cf-3b53-5f9d-8f6c-4b9f0b7e6f0a';
const chunksPerRead = 8;
const uploadsAtOnce = 16;
const streamPrefix = 'artifact-';

/**
 * Content-addressed bytes, one stream each: chunks, then a mark that it is complete. Ids derive from address and place, so
 * that a put that was cut off is completed by the next one and one that is repeated adds nothing.
 */
export class EventStoreDbArtifacts implements Artifacts {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async put(bytes: Uint8Array): Promise<ArtifactInfo> {
    refuseClosed(this.#session);
    return this.#upload(sha256(allowedArtifact(bytes)), bytes);
  }

  /** No transaction spans streams here: the sizes are checked first, and what was stored before a failure is found by the next try. */
  async putAll(contents: readonly Uint8Array[]): Promise<readonly ArtifactInfo[]> {
    const addressed = contents.map((bytes) => ({ address: sha256(allowedArtifact(bytes)), bytes }));
    const unique = [...new Map(addressed.map((each) => [each.address, each])).values()];
    for (let start = 0; start < unique.length; start += uploadsAtOnce) {
      const uploads = await Promise.allSettled(
        unique.slice(start, start + uploadsAtOnce).map(({ address, bytes }) => this.#upload(address, bytes)),
      );
      for (const upload of uploads) if (upload.status === 'rejected') throw upload.reason;
    }
    return addressed.map(({ address, bytes }) => ({ sha256: address, bytes: bytes.length }));
  }

  /** What one append holds is appended without looking first: the server knows it again by its ids. */
  async #upload(address: string, bytes: Uint8Array): Promise<ArtifactInfo> {
    const proposed = chunksOf(address, bytes);
    const info = { sha256: address, bytes: bytes.length };
    if (proposed.length > 1 && (await this.has(address))) return info;
    for (const [index, chunk] of proposed.entries()) {
      const batch = index === proposed.length - 1 ? [chunk, markOf(address, proposed.length)] : [chunk];
      try {
        await appendProposed(this.#session, streamPrefix + address, batch, index === 0 ? 'none' : BigInt(index - 1));
      } catch (error) {
        // In other pieces than ours, it is whole all the same.
        if (isConflict(error) && (await this.has(address))) return info;
        throw error;
      }
    }
    return info;
  }

  async get(address: string): Promise<Uint8Array> {
    refuseClosed(this.#session);
    const chunks: Uint8Array[] = [];
    for (let isComplete = false; !isComplete;) {
      const page = isAddress(address) ? await this.#read(address, BigInt(chunks.length), chunksPerRead, 'forwards') : [];
      chunks.push(...page.filter((event) => event.type === chunkType).map((event) => event.bytes));
      isComplete = page.at(-1)?.type === completeType;
      if (!isComplete && page.length < chunksPerRead)
        throw new LedgerError('ArtifactMissing', `artifact ${address} is not stored`, { evidence: { sha256: address } });
    }
    const bytes = Buffer.concat(chunks);
    const actual = sha256(bytes);
    if (actual !== address) {
      throw new LedgerError('ArtifactDamaged', `artifact ${address} no longer matches its address`, {
        evidence: { sha256: address, actual, bytes: bytes.length },
      });
    }
    return bytes;
  }

  async has(address: string): Promise<boolean> {
    refuseClosed(this.#session);
    if (!isAddress(address)) return false;
    return (await this.#read(address, 'end', 1, 'backwards'))[0]?.type === completeType;
  }

  /**
   * Reads the marks only: the server leaves the chunks out. It knows no order of addresses, so that each page reads all marks and keeps the
   * lowest.
   */
  async list({ after, limit }: ListArtifactsOptions): Promise<readonly string[]> {
    const { client, retry } = this.#session;
    refuseClosed(this.#session);
    const lowest = new Set<string>();
    const keepLowest = (): string[] => {
      const kept = [...lowest].toSorted(byCodeUnits).slice(0, limit);
      lowest.clear();
      for (const address of kept) lowest.add(address);
      return kept;
    };
    for (let from: LogPosition | null = null; ;) {
      const start: LogPosition | null = from;
      const page: readonly ResolvedEvent[] = await withRetries(this.#session, { call: 'read $all' }, () =>
        client.readAllPage(start, { types: [completeType] }, limits.readPageEventsMax, 'forwards', retry.callMsMax),
      );
      for (const { event } of page) {
        const address =
          event?.type === completeType && event.streamId.startsWith(streamPrefix) ? event.streamId.slice(streamPrefix.length) : null;
        if (address !== null && (after === null || address > after)) lowest.add(address);
      }
      if (lowest.size > limit + limits.readPageEventsMax) keepLowest();
      const last: LogPosition | undefined = page.at(-1)?.event?.position;
      if (page.length < limits.readPageEventsMax || last === undefined || (start !== null && comparePositions(last, start) <= 0))
        return keepLowest();
      from = last;
    }
  }

  async #read(
    address: string,
    from: bigint | 'end',
    maxCount: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly { readonly type: string; readonly bytes: Uint8Array }[]> {
    const { client, retry } = this.#session;
    const stream = streamPrefix + address;
    const page = await withRetries(this.#session, { call: 'read a stream', stream }, () =>
      client.readStreamPage(stream, from, maxCount, direction, retry.callMsMax),
    );
    return (page ?? []).flatMap(({ event }) => (event === undefined ? [] : [{ type: event.type, bytes: bytesOf(event) }]));
  }
}

function isAddress(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function chunksOf(address: string, bytes: Uint8Array): Proposed[] {
  const count = Math.max(1, Math.ceil(bytes.length / limits.artifactChunkBytesMax));
  return Array.from({ length: count }, (_, index) => {
    const start = index * limits.artifactChunkBytesMax;
    return {
      id: v5(`${address}/${index}`, namespace),
      type: chunkType,
      bytes: bytes.subarray(start, start + limits.artifactChunkBytesMax),
      metadata: undefined,
    };
  });
}

function markOf(address: string, chunkCount: number): Proposed {
  return { id: v5(`${address}/complete/${chunkCount}`, namespace), type: completeType, bytes: new Uint8Array(0), metadata: undefined };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
