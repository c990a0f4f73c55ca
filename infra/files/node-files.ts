import { link, mkdir, open, readdir, realpath, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { Files } from '../../handlers/ports/ports.ts';
import { withFileErrors } from './failures.ts';
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

/** Of several writers that place a file at once one wins, and the others leave it as it is. */
async function placeUnlessThere(sibling: string, file: string): Promise<void> {
  await link(sibling, file).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
  });
  await unlink(sibling);
}

/** Where a file really goes: a link is followed, and what is there must be a regular file, for the rename would replace anything. */
async function targetOf(file: string): Promise<string> {
  const there = await stat(file).catch(() => null);
  if (there === null) return file;
  if (!there.isFile()) throw new LedgerError('OutputNotAFile', `${file} exists and is not a regular file`, { at: { file } });
  return realpath(file);
}

/** Whole or not at all: a reader sees the old content or the new, also after a crash. */
async function writeWhole(
  file: string,
  content: Content,
  options: { readonly mode?: number; readonly keepExisting?: boolean } = {},
): Promise<void> {
  await withFileErrors(file, async () => {
    const target = await targetOf(file);
    const directory = dirname(target);
    const sibling = join(directory, `.${basename(target).slice(0, 200)}.${process.pid}-${++written}.part`);
    try {
      await writeSibling(sibling, content, options.mode);
      await (options.keepExisting === true ? placeUnlessThere(sibling, target) : rename(sibling, target));
    } catch (error) {
      await unlink(sibling).catch(() => undefined);
      throw error;
    }
    await flushDirectory(directory);
  });
}

async function writeFolder(directory: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const path = resolve(directory);
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

async function readText(file: string): Promise<string> {
  const bytes = await readBytes(file);
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

async function list(directory: string): Promise<string[]> {
  const names = await withFileErrors(directory, async () => readdir(directory));
  return names.toSorted(byCodeUnits);
}

async function makeFolder(directory: string): Promise<void> {
  await withFileErrors(directory, async () => mkdir(directory, { recursive: true }));
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
 * The file system of the machine; the name `-` is standard output where there is one. Errors: FileMissing, FileUnreadable, LimitExceeded,
 * StoreFull, StoreIo.
 */
export function createFiles(standardOutput: StandardOutput | null = null): Files {
  return {
    readText,
    readBytes,
    readPieces,
    exists,
    list,
    makeFolder,
    volumeOf,
    absolute: (path, beside) => (beside === undefined ? resolve(path) : resolve(dirname(resolve(beside)), path)),
    writeFolder,
    writeWhole: (file, content, options) =>
      file === '-' && standardOutput !== null ? pour(content, standardOutput) : writeWhole(file, content, options),
  };
}
