import { LedgerError } from './errors.ts';
import { limits } from './limits.ts';

/**
 * How stores keep the content of an artifact, below its address: cut into chunks, and these as they are (`raw`) or each as a zlib stream
 * (`deflate`, RFC 1950). The address is the hash of the content, however it is kept.
 */
export const chunkCodecs = ['raw', 'deflate'] as const;
export type ChunkCodec = (typeof chunkCodecs)[number];

/** What a ledger's format says of artifacts that are kept in another way than release 0.1.0 kept them. */
export const artifactVersions = { 'deflated-artifact': 1 } as const;

/** The fastest: the others save a few hundredths more for two to ten times the time (docs/decisions/0118). */
export const deflateLevel = 1;

/** Of an artifact at its limit. */
export const artifactChunksMax = Math.ceil(limits.artifactBytesMax / limits.artifactChunkBytesMax);

export type Deflate = (content: Uint8Array) => Uint8Array;
/**
 * As zlib in Node answers: the content, and how many bytes of `stored` it was made from. Throws for a content of more than `bytesMax` bytes,
 * at least 1, before it has made them.
 */
export type Inflate = (
  stored: Uint8Array,
  bytesMax: number,
) => { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };

/** Of a content, in order. */
export interface KeptChunks {
  /** All chunks of an artifact are kept in one way. */
  readonly codec: ChunkCodec;
  readonly chunks: readonly { readonly stored: Uint8Array; readonly contentBytes: number }[];
}

/** The content cut as it always was; an empty one has no chunk. */
export function rawChunks(content: Uint8Array): KeptChunks {
  const count = Math.ceil(content.length / limits.artifactChunkBytesMax);
  const chunks = Array.from({ length: count }, (_, index) => {
    const start = index * limits.artifactChunkBytesMax;
    const stored = content.subarray(start, start + limits.artifactChunkBytesMax);
    return { stored, contentBytes: stored.length };
  });
  return { codec: 'raw', chunks };
}

/** The same chunks deflated where that makes every one of them shorter: a stored chunk is never longer than its content. */
export function keptChunks(content: Uint8Array, deflate: Deflate): KeptChunks {
  const raw = rawChunks(content);
  const chunks: { stored: Uint8Array; contentBytes: number }[] = [];
  for (const { stored: own, contentBytes } of raw.chunks) {
    const stored = deflate(own);
    if (stored.length >= contentBytes) return raw;
    chunks.push({ stored, contentBytes });
  }
  return chunks.length === 0 ? raw : { codec: 'deflate', chunks };
}

/** A chunk as a store gives it back. Nothing of it is believed. */
export interface StoredChunk {
  readonly codec: string;
  /** Null where it is longer than a chunk may be, so that nobody has read it. */
  readonly stored: Uint8Array | null;
  /** What the store says the content's length is; null where it says nothing. */
  readonly contentBytes: number | null;
}

/**
 * Puts the chunks of one artifact together again, in order. No chunk makes more than its stated length or than a chunk may hold, all of
 * them no more than an artifact may: what would is refused before it is made.
 */
export class ChunkReader {
  readonly #sha256: string;
  readonly #inflate: Inflate;
  readonly #contents: Uint8Array[] = [];
  #bytes = 0;

  constructor(sha256: string, inflate: Inflate) {
    this.#sha256 = sha256;
    this.#inflate = inflate;
  }

  get count(): number {
    return this.#contents.length;
  }

  /** The contents so far. Whether they are those of the address, only their hash says. */
  get contents(): readonly Uint8Array[] {
    return this.#contents;
  }

  /** Errors: ArtifactDamaged naming the chunk; StoreTooNew for one that is kept in a way that this build does not know. */
  add(chunk: StoredChunk): void {
    if (this.count >= artifactChunksMax) this.#refuse(`has more than ${artifactChunksMax} chunks`);
    const content = this.#contentOf(chunk);
    if (chunk.contentBytes !== null && content.length !== chunk.contentBytes)
      this.#refuse(`chunk ${this.count} holds ${content.length} bytes and not ${chunk.contentBytes}`);
    this.#bytes += content.length;
    if (this.#bytes > limits.artifactBytesMax) this.#refuse(`holds more than ${limits.artifactBytesMax} bytes`);
    this.#contents.push(content);
  }

  #contentOf({ codec, stored, contentBytes }: StoredChunk): Uint8Array {
    if (stored === null || stored.length > limits.artifactChunkBytesMax)
      this.#refuse(`chunk ${this.count} is longer than ${limits.artifactChunkBytesMax} bytes`);
    if (codec === 'raw') return stored;
    if (codec === 'deflate') return this.#inflated(stored, Math.min(contentBytes ?? Infinity, limits.artifactChunkBytesMax));
    throw new LedgerError(
      'StoreTooNew',
      `chunk ${this.count} of artifact ${this.#sha256} is kept as ${JSON.stringify(codec.slice(0, 80))}`,
      {
        evidence: { sha256: this.#sha256, chunk: this.count, codec: codec.slice(0, 80), known: chunkCodecs },
      },
    );
  }

  #inflated(stored: Uint8Array, bytesMax: number): Uint8Array {
    try {
      const { buffer, engine } = this.#inflate(stored, Math.max(1, bytesMax));
      // What follows the end of a stream would be in the store and in no content.
      if (engine.bytesWritten === stored.length) return buffer;
    } catch {
      // Why it does not, zlib says in its own words; the chunk has to come from a backup either way.
    }
    return this.#refuse(`chunk ${this.count} does not inflate to the ${bytesMax} bytes that it may hold`);
  }

  #refuse(why: string): never {
    throw new LedgerError('ArtifactDamaged', `artifact ${this.#sha256}: ${why}`, { evidence: { sha256: this.#sha256, chunk: this.count } });
  }
}
