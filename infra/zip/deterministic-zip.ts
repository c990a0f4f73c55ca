import { Zip, ZipDeflate } from 'fflate';
import { invariant } from '../../domain/shared/errors.ts';
import type { Archives, ArchiveEntry } from '../../handlers/ports/ports.ts';
import { readZip } from './read-zip.ts';

/**
 * The day that ZIP counts from. The format keeps local time without a zone, and so does this date: the library reads back the same
 * hour in every zone. Noon, since some zones have no midnight on some days.
 */
const modified = new Date(1980, 0, 1, 12);
const unix = 3;
const readableByAll = 0o100644 * 0x10000;
const level = 6;

async function* zip(entries: AsyncIterable<ArchiveEntry>): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let failure: Error | null = null;
  const archive = new Zip((error, piece) => {
    failure ??= error;
    // No error, no piece missing: the library hands in either.
    if (error === null) pieces.push(piece);
  });
  const drained = function* (): Generator<Uint8Array> {
    if (failure !== null) throw failure;
    yield* pieces.splice(0);
  };
  let before = '';
  for await (const { path, bytes } of entries) {
    invariant(path > before && !path.startsWith('/') && !path.split('/').includes('..'), 'paths of an archive ascend and stay inside it', {
      path,
      before,
    });
    before = path;
    const file = new ZipDeflate(path, { level });
    file.mtime = modified;
    file.os = unix;
    file.attrs = readableByAll;
    archive.add(file);
    file.push(bytes, true);
    yield* drained();
  }
  archive.end();
  yield* drained();
}

/** ZIP with one time stamp for all, so that only paths and contents decide the bytes. */
export const deterministicZip: Archives = { zip, open: async (bytes) => readZip(bytes) };
