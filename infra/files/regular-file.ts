import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { LedgerError } from '../../domain/shared/errors.ts';
import { onFile } from './failures.ts';

/**
 * Reads a whole regular file of limited size. Opened without waiting, so a pipe without a writer cannot hang us, and the kind of the file is
 * asked of the open handle, so it cannot be exchanged in between. Errors: FileMissing, FileUnreadable, LimitExceeded.
 */
export async function readRegularFile(path: string, options: { readonly shownAs: string; readonly bytesMax: number; readonly followLink: boolean }): Promise<Uint8Array> {
  const { shownAs, bytesMax, followLink } = options;
  return onFile(shownAs, async () => {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | (followLink ? 0 : constants.O_NOFOLLOW));
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw new LedgerError('FileUnreadable', `${shownAs}: not a regular file`, { at: { file: shownAs } });
      if (status.size > bytesMax) {
        throw new LedgerError('LimitExceeded', `${shownAs}: ${status.size} bytes, at most ${bytesMax} are read`, { evidence: { bytes: status.size, bytesMax }, at: { file: shownAs } });
      }
      const bytes = new Uint8Array(status.size);
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
