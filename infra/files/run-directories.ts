import { createHash } from 'node:crypto';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { sortedBy } from '../../domain/shared/order.ts';
import type {
  ReturnsFile,
  ReturnsParsers,
  RunDirectories,
  RunDirectory,
  RunDirectoryCandidate,
  RunDirectoryEntry,
} from '../../handlers/ports/ports.ts';
import { withFileErrors } from './failures.ts';
import { readRegularFile } from './regular-file.ts';

const formatOf: ReadonlyMap<string, ReturnsFile['format']> = new Map([
  ['.csv', 'csv'],
  ['.parquet', 'parquet'],
  ['.pkl', 'pickle'],
  ['.pickle', 'pickle'],
]);

const pathCharsMax = 4096;
const nameBytesMax = 255;
/** Spellings of `.`, `/`, `\` and NUL that some later decoder might turn back: no run directory has such names. */
const escaped = /%(?:2e|2f|5c|00|25)/i;

function refuseOutside(path: string, why: string): never {
  const shown = JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}...` : path);
  throw new LedgerError('PathOutsideRoot', `${shown}: ${why}`, { at: { path: path.slice(0, 200) } });
}

/** A relative path of plain names, `/` between them; anything cleverer is refused before the disk is asked. */
function checkPath(path: string): void {
  if (path === '' || path.length > pathCharsMax) refuseOutside(path, `a path of ${path.length} characters`);
  if (path.includes('\0')) refuseOutside(path, 'a path with a NUL character');
  if (path.includes('\\') || escaped.test(path)) refuseOutside(path, 'a path with an escaped separator');
  for (const name of path.split('/')) {
    if (name === '' || name === '.' || name === '..')
      refuseOutside(path, 'a path must stay below the run directory, relative and without dots');
    if (Buffer.byteLength(name) > nameBytesMax) refuseOutside(path, `a name of more than ${nameBytesMax} bytes`);
  }
}

async function listBelow(root: string, shownAs: string): Promise<RunDirectoryEntry[]> {
  const entries: RunDirectoryEntry[] = [];
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entries.length + pending.length >= limits.runDirectoryEntriesMax) {
        throw new LedgerError('LimitExceeded', `${shownAs}: more than ${limits.runDirectoryEntriesMax} files`, { at: { file: shownAs } });
      }
      // A link is listed and never followed here; reading it decides whether it stays inside.
      if (entry.isDirectory()) pending.push(path);
      else entries.push({ path, bytes: (await lstat(join(root, path))).size });
    }
  }
  return sortedBy(entries, (entry) => entry.path);
}

async function readBelow(root: string, shownRoot: string, path: string): Promise<Uint8Array> {
  checkPath(path);
  const shownAs = `${shownRoot}/${path}`;
  const real = await withFileErrors(shownAs, async () => realpath(join(root, path)));
  if (!real.startsWith(root + sep)) refuseOutside(path, 'a link that leads out of the run directory');
  const bytes = await readRegularFile(real, { shownAs, bytesMax: limits.runFileBytesMax, followLink: false });
  // A directory on the way may have been exchanged for a link since: what was read counts only if the path still leads there.
  if ((await withFileErrors(shownAs, async () => realpath(real))) !== real) refuseOutside(path, 'a path that changed while it was read');
  return bytes;
}

function runDirectory(root: string, shownRoot: string, parsers: ReturnsParsers): RunDirectory {
  const readBytes = async (path: string): Promise<Uint8Array> => readBelow(root, shownRoot, path);
  return {
    root: shownRoot,
    list: async () => withFileErrors(shownRoot, async () => listBelow(root, shownRoot)),
    readBytes,
    readReturns: async (path) => {
      const file = `${shownRoot}/${path}`;
      const format = formatOf.get(extname(path).toLowerCase());
      if (format === undefined)
        throw new LedgerError('RunDirectoryInvalid', `${file}: returns are read from .pkl, .parquet and .csv`, { at: { file } });
      const bytes = await readBytes(path);
      return { file, sha256: createHash('sha256').update(bytes).digest('hex'), series: await parsers[format](bytes, file), format };
    },
  };
}

async function candidatesBelow(folder: string): Promise<RunDirectoryCandidate[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  if (entries.length > limits.runDirectoryEntriesMax) {
    throw new LedgerError(
      'LimitExceeded',
      `${folder}: ${entries.length} directories, at most ${limits.runDirectoryEntriesMax} are looked at`,
      { at: { file: folder } },
    );
  }
  const candidates: RunDirectoryCandidate[] = [];
  for (const { name } of entries) {
    // One that is gone since is not a candidate any more.
    const status = await lstat(join(folder, name)).catch(() => null);
    if (status?.isDirectory() === true) candidates.push({ name, mark: `${status.ino} ${status.mtimeMs}` });
  }
  return sortedBy(candidates, ({ name }) => name);
}

/**
 * Opens run directories; each is read only below its own root, whatever paths its own files contain. The root itself may be a link
 * (`latest`). Errors: FileMissing, RunDirectoryInvalid when it is not a directory; reading: PathOutsideRoot, FileMissing, FileUnreadable
 * for devices and pipes, LimitExceeded, and those of the parsers.
 */
export function createRunDirectories(parsers: ReturnsParsers): RunDirectories {
  const openReal = async (real: string, given: string): Promise<RunDirectory> => {
    const shownRoot = given.length > 1 ? given.replace(/\/+$/, '') : given;
    if (!(await withFileErrors(given, async () => stat(real))).isDirectory()) {
      throw new LedgerError('RunDirectoryInvalid', `${given}: not a directory`, { at: { file: given } });
    }
    return runDirectory(real, shownRoot, parsers);
  };
  return {
    open: async (given) => openReal(await withFileErrors(given, async () => realpath(given)), given),
    openBelow: async (folder, name) => {
      checkPath(name);
      const given = `${folder.replace(/\/+$/, '')}/${name}`;
      const real = await withFileErrors(given, async () => realpath(given));
      const expected = join(await withFileErrors(folder, async () => realpath(folder)), name);
      if (real !== expected) refuseOutside(name, 'a link in place of a run directory');
      return openReal(real, given);
    },
    below: async (folder) => withFileErrors(folder, async () => candidatesBelow(folder)),
  };
}
