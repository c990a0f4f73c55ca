import { Readable } from 'node:stream';
import { limits } from '../../domain/shared/limits.ts';

function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += limits.httpPieceBytes) yield bytes.subarray(at, at + limits.httpPieceBytes);
}

async function* cutEach(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) yield* cut(part);
}

/**
 * An answer in parts, each made when the one before has been taken; nobody makes more once whoever asked is gone. A part is small, however
 * large what is handed in: so it can be told who takes an answer slowly from who takes nothing of it.
 */
export function inParts(body: Uint8Array | AsyncIterable<Uint8Array>): Readable {
  return Readable.from(body instanceof Uint8Array ? cut(body) : cutEach(body), { objectMode: false });
}
