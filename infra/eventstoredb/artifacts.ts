import { createHash } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import type { ResolvedEvent } from '@eventstore/db-client';
import { artifactChunksMax, contentsOf, deflateLevel, type Inflate, keptChunks } from '../../domain/shared/artifact-chunks.ts';
import { allowedArtifact } from '../../domain/shared/artifact-size.ts';
import { isConflict } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { ArtifactInfo, Artifacts, ListArtifactsOptions } from '../../handlers/ports/ports.ts';
import { appendProposed } from './appending.ts';
import { codecOf, isComplete, type Keeping, keepingOf, keepings, markTypes, addressOf, proposedFor, streamOf } from './artifact-streams.ts';
import { withRetries } from './retry.ts';
import { comparePositions, type LogPosition } from './positions.ts';
import { bytesOf } from './recorded-event.ts';
import { refuseClosed, type Session } from './session.ts';

const chunksPerRead = 8;
const uploadsAtOnce = 16;

/**
 * Content-addressed bytes, one stream each: chunks, then a mark that it is complete. Ids derive from address, codec and place, so that
 * a put that was cut off is completed by the next one and one that is repeated adds nothing.
 */
export class EventStoreDbArtifacts implements Artifacts {
  readonly #session: Session;
  readonly #underWay = new Map<string, Promise<ArtifactInfo>>();

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

  /** Many results have some artifact in common; of two appends of the same that are under way together the server drops the second. */
  async #upload(address: string, bytes: Uint8Array): Promise<ArtifactInfo> {
    const underWay = this.#underWay.get(address);
    if (underWay !== undefined) return underWay;
    const stored = this.#store(address, bytes);
    this.#underWay.set(address, stored);
    try {
      return await stored;
    } finally {
      this.#underWay.delete(address);
    }
  }

  /** What one append holds is appended without looking first: the server knows it again by its ids. */
  async #store(address: string, bytes: Uint8Array): Promise<ArtifactInfo> {
    const info = { sha256: address, bytes: bytes.length };
    if (bytes.length > limits.artifactChunkBytesMax && (await this.has(address))) return info;
    const { codec, chunks } = keptChunks(bytes, deflate);
    const stream = streamOf(keepingOf(codec), address);
    try {
      for (const [index, batch] of proposedFor(address, codec, chunks).entries())
        await appendProposed(this.#session, stream, batch, index === 0 ? 'none' : BigInt(index - 1));
    } catch (error) {
      // In other pieces than ours, it is whole all the same.
      if (!isConflict(error) || !(await this.has(address))) throw error;
    }
    return info;
  }

  async get(address: string): Promise<Uint8Array> {
    refuseClosed(this.#session);
    for (const keeping of isAddress(address) ? keepings : []) {
      const chunks = await this.#chunksOf(address, keeping);
      if (chunks !== null) return checkedContent(address, chunks);
    }
    throw new LedgerError('ArtifactMissing', `artifact ${address} is not stored`, { evidence: { sha256: address } });
  }

  async has(address: string): Promise<boolean> {
    refuseClosed(this.#session);
    if (!isAddress(address)) return false;
    const last = await Promise.all(keepings.map(async (keeping) => (await this.#read(address, keeping, 'end', 1, 'backwards'))[0]));
    return keepings.some((keeping, index) => last[index] !== undefined && isComplete(keeping, last[index].type));
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
        client.readAllPage(start, { types: markTypes }, limits.readPageEventsMax, 'forwards', retry.callMsMax),
      );
      for (const { event } of page) {
        const address = event === undefined ? null : addressOf(event);
        if (address !== null && (after === null || address > after)) lowest.add(address);
      }
      if (lowest.size > limit + limits.readPageEventsMax) keepLowest();
      const last: LogPosition | undefined = page.at(-1)?.event?.position;
      if (page.length < limits.readPageEventsMax || last === undefined || (start !== null && comparePositions(last, start) <= 0))
        return keepLowest();
      from = last;
    }
  }

  /** The chunks of an upload that was completed, in order; null for none. Errors: ArtifactDamaged for what no upload leaves. */
  async #chunksOf(address: string, keeping: Keeping): Promise<readonly RecordedChunk[] | null> {
    const chunks: RecordedChunk[] = [];
    for (;;) {
      const page = await this.#read(address, keeping, BigInt(chunks.length), chunksPerRead, 'forwards');
      for (const { type, bytes } of page) {
        if (isComplete(keeping, type)) return chunks;
        const codec = codecOf(keeping, type);
        const stream = streamOf(keeping, address);
        // A stream without an end would be read without an end.
        if (codec === null || chunks.length > artifactChunksMax)
          throw new LedgerError(
            'ArtifactDamaged',
            `artifact ${address}: event ${chunks.length} of stream "${stream}" is none of its chunks`,
            {
              evidence: { sha256: address, stream, revision: String(chunks.length), type },
            },
          );
        chunks.push({ codec, bytes });
      }
      if (page.length < chunksPerRead) return null;
    }
  }

  async #read(
    address: string,
    keeping: Keeping,
    from: bigint | 'end',
    maxCount: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly { readonly type: string; readonly bytes: Uint8Array }[]> {
    const { client, retry } = this.#session;
    const stream = streamOf(keeping, address);
    const page = await withRetries(this.#session, { call: 'read a stream', stream }, () =>
      client.readStreamPage(stream, from, maxCount, direction, retry.callMsMax),
    );
    return (page ?? []).flatMap(({ event }) => (event === undefined ? [] : [{ type: event.type, bytes: bytesOf(event) }]));
  }
}

interface RecordedChunk {
  readonly codec: string;
  readonly bytes: Uint8Array;
}

/** Errors: ArtifactDamaged, StoreTooNew. */
function checkedContent(address: string, chunks: readonly RecordedChunk[]): Uint8Array {
  const stored = chunks.map(({ codec, bytes }) => ({ codec, stored: bytes, contentBytes: null }));
  const bytes = Buffer.concat(contentsOf(address, stored, inflate));
  const actual = sha256(bytes);
  if (actual !== address) {
    throw new LedgerError('ArtifactDamaged', `artifact ${address} no longer matches its address`, {
      evidence: { sha256: address, actual, bytes: bytes.length },
    });
  }
  return bytes;
}

function isAddress(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function deflate(content: Uint8Array): Uint8Array {
  return deflateSync(content, { level: deflateLevel });
}

const inflate: Inflate = (stored, bytesMax) =>
  inflateSync(stored, { maxOutputLength: bytesMax, info: true }) as unknown as ReturnType<Inflate>;

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
