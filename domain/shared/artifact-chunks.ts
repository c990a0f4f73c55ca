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
 * As zlib in Node answers: the content, and how many bytes of `stored` it was made from. Throws for a content of more than `bytesMax`
 * bytes, at least 1, before it has made them.
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

/** The same chunks deflated where the content is shorter for it, and none of them too long to be one. */
export function keptChunks(content: Uint8Array, deflate: Deflate): KeptChunks {
  const raw = rawChunks(content);
  const chunks: { stored: Uint8Array; contentBytes: number }[] = [];
  let bytes = 0;
  for (const { stored: own, contentBytes } of raw.chunks) {
    const stored = deflate(own);
    if (stored.length > limits.artifactChunkBytesMax) return raw;
    bytes += stored.length;
    chunks.push({ stored, contentBytes });
  }
  return bytes < content.length ? { codec: 'deflate', chunks } : raw;
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
 * What the chunks of one artifact hold, in order. No chunk makes more than its stated length or than a chunk may hold, all of them no more
 * than an artifact may: what would is refused before it is made. Whether it is the content of the address, only its hash says.
 *
 * Errors: ArtifactDamaged naming the chunk; StoreTooNew for one that is kept in a way that this build does not know.
 */
export function contentsOf(sha256: string, chunks: readonly StoredChunk[], inflate: Inflate): Uint8Array[] {
  const stated = chunks.reduce((sum, { contentBytes }) => sum + (contentBytes ?? 0), 0);
  if (chunks.length > artifactChunksMax || stated > limits.artifactBytesMax)
    refuse(sha256, { chunks: chunks.length }, `it has more chunks than an artifact of ${limits.artifactBytesMax} bytes may have`);
  return chunks.map((stored, chunk) => {
    const content = contentOf(sha256, chunk, stored, inflate);
    if (stored.contentBytes !== null && content.length !== stored.contentBytes)
      refuse(sha256, { chunk }, `chunk ${chunk} holds ${content.length} bytes and not ${stored.contentBytes}`);
    return content;
  });
}

function contentOf(sha256: string, chunk: number, { codec, stored, contentBytes }: StoredChunk, inflate: Inflate): Uint8Array {
  if (stored === null || stored.length > limits.artifactChunkBytesMax)
    refuse(sha256, { chunk }, `chunk ${chunk} is longer than ${limits.artifactChunkBytesMax} bytes`);
  if (codec === 'raw') return stored;
  if (codec !== 'deflate') {
    const shown = codec.slice(0, 80);
    throw new LedgerError(
      'StoreTooNew',
      `chunk ${chunk} of artifact ${sha256} is kept as ${JSON.stringify(shown)}, which this build lacks`,
      {
        evidence: { sha256, chunk, codec: shown, known: chunkCodecs },
      },
    );
  }
  const bytesMax = Math.max(1, Math.min(contentBytes ?? Infinity, limits.artifactChunkBytesMax));
  try {
    const { buffer, engine } = inflate(stored, bytesMax);
    // What follows the end of a stream would be in the store and in no content.
    if (engine.bytesWritten === stored.length) return buffer;
  } catch {
    // Why it does not, zlib says in its own words; the chunk has to come from a backup either way.
  }
  return refuse(sha256, { chunk }, `chunk ${chunk} does not inflate to the ${bytesMax} bytes that it may hold`);
}

function refuse(sha256: string, where: Readonly<Record<string, number>>, why: string): never {
  throw new LedgerError('ArtifactDamaged', `artifact ${sha256} is damaged: ${why}`, { evidence: { sha256, ...where } });
}
