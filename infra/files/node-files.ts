import { link, open, readdir, realpath, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { Files, KeptPlaces } from '../../handlers/ports/ports.ts';
import { withFileErrors } from './failures.ts';
import { makeFolders } from './make-folders.ts';
import { refuseKept, refuseKeptFolder } from './kept-places.ts';
import { readRegularFile, readRegularPieces } from './regular-file.ts';

let written = 0;

/** Makes the renaming itself durable: a directory is flushed like a file. */
async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

type Content = Parameters<Files['writeWhole']>[1];
type WritingOptions = NonNullable<Parameters<Files['writeWhole']>[2]>;

async function writeSibling(sibling: string, content: Content, mode: number | undefined): Promise<void> {
  const handle = await open(sibling, 'wx', mode ?? 0o666);
  try {
    // The umask weakens the mode given to open; a mode that was asked for is meant exactly.
    if (mode !== undefined) await handle.chmod(mode);
    if (typeof content === 'string' || content instanceof Uint8Array) await handle.writeFile(content);
    // On an open handle each piece goes behind the one before.
    else for await (const piece of content) await handle.writeFile(piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** File systems of removable disks have no second names for a file. */
const withoutLinks: readonly unknown[] = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'];

/** Gives a name that is free, atomically: of several writers that place a file at once one wins. False when it was taken. */
async function placeAsNew(sibling: string, file: string): Promise<boolean> {
  try {
    await link(sibling, file);
    return true;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'EEXIST') return false;
    if (!withoutLinks.includes(code)) throw error;
    // The name was free a moment ago, and this disk cannot do both in one step.
    await rename(sibling, file);
    return true;
  }
}

/** How a process writes: whether it replaces files that are no part of a ledger, and what it must leave alone. */
export interface WritingRules {
  readonly replaces: boolean;
  readonly kept: KeptPlaces;
}

const plainRules: WritingRules = { replaces: false, kept: { files: [], folders: [] } };

const taken = (file: string): LedgerError => new LedgerError('OutputExists', `${file} is there already`, { at: { file } });

/** Another process may replace a file between two looks at it. */
const looksMax = 20;

/** Where a file really goes: a link is followed, and what is there must be a regular file, for the rename would replace anything. */
async function targetOf(file: string): Promise<{ readonly path: string; readonly isThere: boolean }> {
  for (let look = 1; look <= looksMax; look++) {
    const there = await stat(file).catch(() => null);
    if (there === null) return { path: file, isThere: false };
    if (!there.isFile()) throw new LedgerError('OutputNotAFile', `${file} exists and is not a regular file`, { at: { file } });
    const path = await realpath(file).catch(() => null);
    const named = path === null ? null : await stat(path).catch(() => null);
    if (path !== null && named !== null && named.dev === there.dev && named.ino === there.ino) return { path, isThere: true };
  }
  // A descriptor of a file that has no name any more: what is written under its old name is another file.
  throw new LedgerError('OutputNotAFile', `${file} is a file without a name`, { at: { file } });
}

async function checkOutput(path: string, { replaces, kept }: WritingRules): Promise<void> {
  await refuseKept(path, kept);
  const there = await stat(path).catch(() => null);
  if (there !== null && !there.isDirectory() && (await targetOf(path)).isThere && !replaces) throw taken(path);
}

/** Whole or not at all: a reader sees the old content or the new, also after a crash. */
async function writeWhole(file: string, content: Content, options: WritingOptions, { replaces, kept }: WritingRules): Promise<void> {
  await refuseKept(file, kept, options.own ?? null);
  await withFileErrors(file, async () => {
    const { path, isThere } = await targetOf(file);
    const mayReplace = replaces || options.own !== undefined;
    if (isThere && !mayReplace) throw taken(file);
    const directory = dirname(path);
    const sibling = join(directory, `.${basename(path).slice(0, 200)}.${process.pid}-${++written}.part`);
    try {
      await writeSibling(sibling, content, options.mode);
      if (mayReplace && options.keepExisting !== true) await rename(sibling, path);
      else if (!(await placeAsNew(sibling, path)) && options.keepExisting !== true) throw taken(file);
    } catch (error) {
      await unlink(sibling).catch(() => undefined);
      throw error;
    }
    await unlink(sibling).catch(() => undefined);
    await flushDirectory(directory);
  });
}

async function writeFolder(directory: string, fill: (folder: string) => Promise<void>, { kept }: WritingRules): Promise<void> {
  const path = resolve(directory);
  await refuseKept(path, kept);
  if (await exists(path)) throw new LedgerError('OutputExists', `${directory} is there already`, { at: { file: directory } });
  const folder = join(dirname(path), `.${basename(path).slice(0, 200)}.${process.pid}-${++written}.part`);
  await makeFolder(folder);
  try {
    await fill(folder);
    await withFileErrors(directory, async () => {
      await flushDirectory(folder);
      await rename(folder, path);
      await flushDirectory(dirname(path));
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function readBytes(file: string): Promise<Uint8Array> {
  return readRegularFile(file, { shownAs: file, bytesMax: limits.artifactBytesMax, followLink: true });
}

function readPieces(file: string, bytesMax: number): AsyncGenerator<Uint8Array> {
  return readRegularPieces(file, { shownAs: file, bytesMax, followLink: true });
}

async function readText(file: string, bytesMax: number = limits.textFileBytesMax): Promise<string> {
  const bytes = await readRegularFile(file, { shownAs: file, bytesMax, followLink: true });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new LedgerError('FileUnreadable', `${file}: not UTF-8 text`, { at: { file }, cause: error });
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await withFileErrors(file, async () => stat(file));
    return true;
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'FileMissing') return false;
    throw error;
  }
}

async function writtenAt(file: string): Promise<string | null> {
  try {
    return (await withFileErrors(file, async () => stat(file))).mtime.toISOString();
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'FileMissing') return null;
    throw error;
  }
}

async function list(directory: string): Promise<string[]> {
  const names = await withFileErrors(directory, async () => readdir(directory));
  return names.toSorted(byCodeUnits);
}

async function makeFolder(directory: string): Promise<void> {
  await withFileErrors(directory, async () => makeFolders(directory));
}

async function volumeOf(path: string): Promise<string> {
  return String((await withFileErrors(path, async () => stat(path))).dev);
}

/** Where `-` is written to: bytes in order, each call done when it may be followed by the next. */
export type StandardOutput = (bytes: Uint8Array) => Promise<void>;

async function pour(content: Content, output: StandardOutput): Promise<void> {
  if (typeof content === 'string') await output(Buffer.from(content, 'utf8'));
  else if (content instanceof Uint8Array) await output(content);
  else for await (const piece of content) await output(piece);
}

/**
 * The file system of the machine; the name `-` is standard output where there is one. Every file that this program writes for somebody goes
 * through `writeWhole` or `writeFolder`, so that the rules hold for all of them. Errors: FileMissing, FileUnreadable, LimitExceeded,
 * StoreFull, StoreIo, OutputProtected, OutputExists, OutputNotAFile.
 */
export function createFiles(standardOutput: StandardOutput | null = null, rules: WritingRules = plainRules): Files {
  const isPoured = (file: string): boolean => file === '-' && standardOutput !== null;
  return {
    readText,
    readBytes,
    readPieces,
    exists,
    writtenAt,
    list,
    makeFolder: async (directory) => {
      await refuseKeptFolder(directory, rules.kept);
      await makeFolder(directory);
    },
    volumeOf,
    absolute: (path, beside) => (beside === undefined ? resolve(path) : resolve(dirname(resolve(beside)), path)),
    checkOutput: async (path) => {
      if (!isPoured(path)) await checkOutput(path, rules);
    },
    writeFolder: (directory, fill) => writeFolder(directory, fill, rules),
    writeWhole: (file, content, options = {}) =>
      isPoured(file) ? pour(content, standardOutput!) : writeWhole(file, content, options, rules),
  };
}
