import { LedgerError } from '../../domain/shared/errors.ts';
import type { Files } from '../../handlers/ports/ports.ts';

/** What a request brings in place of files, by the names under which its verb reads them. */
export type GivenFiles = Readonly<Record<string, Uint8Array>>;

/** The name of a body that is a manifest: it stands in the place of the setting. */
export const manifestName = 'manifest';

type WriteWhole = Files['writeWhole'];

function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new LedgerError('FileUnreadable', `${file}: not UTF-8 text`, { at: { file }, cause: error });
  }
}

async function refuse(): Promise<void> {
  throw new LedgerError('Internal', 'a verb writes a file while it answers a request');
}

/**
 * The files that a verb sees while it answers a request: what the request brought, and what the ledger itself keeps, its key and the
 * manifest. Whatever it writes goes to `write` and nowhere else: no request makes a file on this machine.
 */
export function filesOfRequest(files: Files, given: GivenFiles, write: WriteWhole | null): Files {
  const isGiven = (file: string): boolean => Object.hasOwn(given, file);
  return {
    readText: async (file, bytesMax) => (isGiven(file) ? textOf(given[file]!, file) : files.readText(file, bytesMax)),
    readBytes: async (file) => (isGiven(file) ? given[file]! : files.readBytes(file)),
    readPieces: (file, bytesMax) =>
      isGiven(file)
        ? (async function* () {
            yield given[file]!;
          })()
        : files.readPieces(file, bytesMax),
    exists: async (file) => isGiven(file) || (await files.exists(file)),
    writtenAt: async (file) => (isGiven(file) ? null : files.writtenAt(file)),
    list: (directory) => files.list(directory),
    volumeOf: (path) => files.volumeOf(path),
    absolute: (path, beside) => files.absolute(path, beside),
    checkOutput: async () => undefined,
    makeFolder: refuse,
    writeWhole: write ?? refuse,
    writeFolder: refuse,
  };
}
