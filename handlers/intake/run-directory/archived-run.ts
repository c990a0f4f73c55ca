import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { sortedBy } from '../../../domain/shared/order.ts';
import type { OpenedArchive, RunDirectory } from '../../ports/ports.ts';
import { manifestPath } from './run-files.ts';

/** Where the run begins in an archive: at its top, or in the one folder that holds it, as `zip -r run.zip FOLDER` packs it. */
function topOf({ paths }: OpenedArchive): string {
  const tops = paths.flatMap((path) =>
    path === manifestPath || path.endsWith(`/${manifestPath}`) ? [path.slice(0, -manifestPath.length)] : [],
  );
  if (tops.length > 1) throw new LedgerError('RunDirectoryInvalid', `the archive holds ${tops.length} runs; send each by itself`);
  return tops[0] ?? '';
}

/**
 * A run directory in an archive: read as one on the disk is, under the same limits, and with no link that could lead out of it. `name`
 * stands for it in refusals. Errors: RunDirectoryInvalid for several runs; LimitExceeded.
 */
export function archivedRun(archive: OpenedArchive, name: string): RunDirectory {
  const top = topOf(archive);
  const paths = archive.paths.filter((path) => path.startsWith(top));
  if (paths.length > limits.runDirectoryEntriesMax)
    throw new LedgerError('LimitExceeded', `${name}: more than ${limits.runDirectoryEntriesMax} files`);
  const readBytes = async (path: string): Promise<Uint8Array> => {
    const bytes = archive.bytesOf(`${top}${path}`);
    if (bytes <= limits.runFileBytesMax) return archive.read(`${top}${path}`);
    throw new LedgerError('LimitExceeded', `${name}/${path}: ${bytes} bytes, at most ${limits.runFileBytesMax} are read`, {
      evidence: { found: bytes, max: limits.runFileBytesMax },
    });
  };
  return {
    root: name,
    list: async () =>
      sortedBy(
        paths.map((path) => ({ path: path.slice(top.length), bytes: archive.bytesOf(path) })),
        ({ path }) => path,
      ),
    readBytes,
    readReturns: async (path) => {
      throw new LedgerError('RunDirectoryInvalid', `${name}/${path}: returns of an archive are read with the whole run`);
    },
  };
}
