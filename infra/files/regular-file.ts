import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { LedgerError } from '../../domain/shared/errors.ts';
import { withFileErrors } from './failures.ts';

interface ReadOptions {
  readonly shownAs: string;
  readonly bytesMax: number;
  readonly followLink: boolean;
}

/**
 * Opens a regular file of limited size. Without waiting, so a pipe without a writer cannot hang us, and the kind of the file is asked of
 * the open handle, so it cannot be exchanged in between.
 */
async function openRegular(
  path: string,
  { shownAs, bytesMax, followLink }: ReadOptions,
): Promise<{ readonly handle: FileHandle; readonly size: number }> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | (followLink ? 0 : constants.O_NOFOLLOW));
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new LedgerError('FileUnreadable', `${shownAs}: not a regular file`, { at: { file: shownAs } });
    if (status.size > bytesMax) {
      throw new LedgerError('LimitExceeded', `${shownAs}: ${status.size} bytes, at most ${bytesMax} are read`, {
        evidence: { bytes: status.size, bytesMax },
        at: { file: shownAs },
      });
    }
    return { handle, size: status.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Reads a whole regular file of limited size. Errors: FileMissing, FileUnreadable, LimitExceeded. */
export async function readRegularFile(path: string, options: ReadOptions): Promise<Uint8Array> {
  return withFileErrors(options.shownAs, async () => {
    const { handle, size } = await openRegular(path, options);
    try {
      const bytes = new Uint8Array(size);
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await handle.close();
    }
  });
}

const pieceBytes = 1 << 18;

/** The same, piece by piece; each piece is the caller's to keep. */
export async function* readRegularPieces(path: string, options: ReadOptions): AsyncGenerator<Uint8Array> {
  const { handle } = await withFileErrors(options.shownAs, async () => openRegular(path, options));
  try {
    for (let read = 0; read <= options.bytesMax;) {
      const piece = new Uint8Array(pieceBytes);
      const { bytesRead } = await withFileErrors(options.shownAs, async () => handle.read(piece, 0, pieceBytes, read));
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
      read += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
