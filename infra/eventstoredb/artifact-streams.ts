import { v5 } from 'uuid';
import type { ChunkCodec, KeptChunks } from '../../domain/shared/artifact-chunks.ts';
import type { Proposed } from './requests.ts';

/**
 * The names of an artifact on a server. What is kept raw has the stream, types and ids of release 0.1.0. What is kept in another way has a
 * stream of its own, and its types and ids bear the codec: an upload that a build began raw and another one goes on with otherwise is two
 * uploads, each whole or not there, and builds that upload one artifact together never meet.
 */
export type Keeping = 'raw' | 'packed';

/** Looked for in this order. */
export const keepings: readonly Keeping[] = ['packed', 'raw'];

const namespace = 'b1a2a5cf-3b53-5f9d-8f6c-4b9f0b7e6f0a';
const prefixes: Readonly<Record<Keeping, string>> = { raw: 'artifact-', packed: 'artifact-packed-' };
const chunkType = 'ArtifactChunk';
/** Of the last event of an artifact's stream; without it the artifact is unfinished and counts as absent. */
const completeType = 'ArtifactComplete';

/** Beginnings, as the server filters by them: those of packed artifacts begin so too. */
export const markTypes = [completeType] as const;

export function keepingOf(codec: ChunkCodec): Keeping {
  return codec === 'raw' ? 'raw' : 'packed';
}

export function streamOf(keeping: Keeping, address: string): string {
  return prefixes[keeping] + address;
}

/** The codec of a chunk, also one that this build does not know; null for what is no chunk of such a stream. */
export function codecOf(keeping: Keeping, type: string): string | null {
  if (keeping === 'raw') return type === chunkType ? 'raw' : null;
  return type.startsWith(`${chunkType}-`) ? type.slice(chunkType.length + 1) : null;
}

export function isComplete(keeping: Keeping, type: string): boolean {
  return keeping === 'raw' ? type === completeType : type.startsWith(`${completeType}-`);
}

/** The address that a mark stands for; null for any other event. */
export function addressOf({ streamId, type }: { readonly streamId: string; readonly type: string }): string | null {
  const found = keepings.find((keeping) => isComplete(keeping, type) && /^[0-9a-f]{64}$/.test(streamId.slice(prefixes[keeping].length)));
  return found !== undefined && streamId.startsWith(prefixes[found]) ? streamId.slice(prefixes[found].length) : null;
}

/** What is appended, one batch after the other: a chunk each, the last one with the mark. An empty artifact has an empty chunk. */
export function proposedFor(address: string, codec: ChunkCodec, chunks: KeptChunks['chunks']): Proposed[][] {
  const [typed, within] = codec === 'raw' ? ['', address] : [`-${codec}`, `${address}/${codec}`];
  const event = (type: string, place: string, bytes: Uint8Array): Proposed => ({
    id: v5(`${within}/${place}`, namespace),
    type: type + typed,
    bytes,
    metadata: undefined,
  });
  const contents = chunks.length === 0 ? [new Uint8Array(0)] : chunks.map(({ stored }) => stored);
  const mark = event(completeType, `complete/${contents.length}`, new Uint8Array(0));
  return contents.map((bytes, index) => [event(chunkType, String(index), bytes), ...(index === contents.length - 1 ? [mark] : [])]);
}
