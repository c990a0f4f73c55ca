import { createHash } from 'node:crypto';
import { constants, createReadStream, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LedgerError } from '../../domain/shared/errors.ts';
import {
  beginsAsDatabase,
  contentHashInName,
  databaseOfSideName,
  keptHeadBytes,
  type KeptKind,
  keptKindOf,
  keptWords,
} from '../../domain/shared/kept-files.ts';
import type { KeptPlaces } from '../../handlers/ports/ports.ts';
import { fileFailure } from './failures.ts';

const sideSuffixes = ['-wal', '-shm', '-journal'] as const;
/** Made by the first seal in a folder of checkpoints. */
const witnessMark = 'latest.checkpoint';

/** Names in a folder of checkpoints or of answers that a ledger would take for its own. */
const ownNames = /\.(?:checkpoint|answer|table|part)$/i;

/** Why a path may not be written; `kind` is null for what its place decides, not its content. */
interface Kept {
  readonly kind: KeptKind | null;
  readonly why: string;
}

const statusOf = (path: string): Promise<Stats | null> => stat(path).catch(() => null);
const isSame = (one: Stats | null, other: Stats | null): boolean =>
  one !== null && other !== null && one.dev === other.dev && one.ino === other.ino;

/** The beginning of a regular file; empty for what is none. Opened without waiting, for a pipe has no beginning. */
async function headOf(path: string): Promise<Uint8Array> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) return new Uint8Array();
    const head = new Uint8Array(keptHeadBytes);
    return head.subarray(0, (await handle.read(head, 0, head.length, 0)).bytesRead);
  } finally {
    await handle.close();
  }
}

async function isNamedByItsContent(path: string): Promise<boolean> {
  const address = contentHashInName(basename(path));
  if (address === null) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === address;
}

/** What belongs to the ledger of this process, found by name or, whatever it is called now, by device and inode. */
async function keptByLedger(path: string, status: Stats | null, files: readonly string[]): Promise<Kept | null> {
  for (const own of files) {
    for (const suffix of ['', ...sideSuffixes]) {
      const name = `${own}${suffix}`;
      if (resolve(path) !== resolve(name) && !isSame(status, await statusOf(name))) continue;
      return { kind: null, why: suffix === '' ? `is ${own}, which this ledger needs` : `is kept by SQLite beside ${own}` };
    }
  }
  return null;
}

/** A folder in which a ledger keeps files, or what is in one. */
async function keptByFolder(path: string, status: Stats | null, folders: readonly string[]): Promise<Kept | null> {
  for (const folder of folders)
    if (resolve(path) === resolve(folder)) return { kind: null, why: `is where this ledger keeps files: the folder ${folder}` };
  if (status?.isDirectory() === true && (await statusOf(join(path, witnessMark))) !== null)
    return { kind: null, why: 'is a folder where a ledger keeps its checkpoints' };
  // What is there already stays, and no new file takes a name that is read as one of the ledger's own.
  if (status === null ? !ownNames.test(basename(path)) : !status.isFile()) return null;
  const above = dirname(resolve(path));
  const aboveStatus = await statusOf(above);
  if ((await statusOf(join(above, witnessMark))) !== null)
    return { kind: null, why: `is in ${above}, where a ledger keeps its checkpoints` };
  for (const folder of folders) {
    if (isSame(aboveStatus, await statusOf(folder))) return { kind: null, why: `is in ${folder}, where this ledger keeps its own files` };
  }
  return null;
}

/** A name that SQLite would read as part of a database that stands there. */
async function keptByName(path: string): Promise<Kept | null> {
  const database = databaseOfSideName(path);
  if (database === null || !((await statusOf(database))?.isFile() ?? false)) return null;
  return beginsAsDatabase(await headOf(database)) ? { kind: 'log', why: `would be read as the log of the database ${database}` } : null;
}

async function keptByContent(path: string): Promise<Kept | null> {
  const kind = keptKindOf(await headOf(path));
  if (kind !== null) return { kind, why: `is ${keptWords[kind]}` };
  return (await isNamedByItsContent(path)) ? { kind: null, why: 'is an artifact, named by the hash of its content' } : null;
}

/**
 * Refuses to write where something stands that a ledger cannot lose, under whatever name, link or letter case. The files of the ledger of
 * this process are told by their inode first and never opened here: closing them would drop the locks that SQLite holds on them.
 *
 * `own` is a kind that the ledger replaces itself, in its own places. Errors: OutputProtected; FileUnreadable.
 */
export async function refuseKept(path: string, places: KeptPlaces, own: KeptKind | null = null): Promise<void> {
  try {
    const status = await statusOf(path);
    const byPlace =
      own === null ? ((await keptByLedger(path, status, places.files)) ?? (await keptByFolder(path, status, places.folders))) : null;
    const kept = byPlace ?? (await keptByName(path)) ?? (status?.isFile() === true ? await keptByContent(path) : null);
    if (kept !== null && (own === null || kept.kind !== own)) refuse(path, kept);
  } catch (error) {
    throw fileFailure(error, path);
  }
}

function refuse(path: string, { why }: Kept): never {
  throw new LedgerError('OutputProtected', `${path} ${why}: nothing is written there`, { evidence: { file: path }, at: { file: path } });
}

/** A folder that is to be made would be in the way of a file of this name. Errors: OutputProtected. */
export async function refuseKeptFolder(path: string, { files }: KeptPlaces): Promise<void> {
  const kept = (await keptByLedger(path, await statusOf(path), files)) ?? (await keptByName(path));
  if (kept !== null) refuse(path, kept);
}
