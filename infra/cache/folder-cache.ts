import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { CacheSize, Clock, FoundAnswer, ResultCache } from '../../handlers/ports/ports.ts';
import type { Recipe } from '../../domain/jobs/recipe.ts';
import { entryBytes, readEntry } from './entry.ts';

export interface FolderCacheOptions {
  readonly folder: string;
  readonly bytesMax: number;
  readonly engine: () => string;
  readonly clock: Clock;
  /** Makes a folder and those above it that are missing. */
  readonly makeFolder: (folder: string, mode: number) => Promise<void>;
}

const answerName = /^([a-z][a-z-]*)-([0-9a-f]{64})\.answer$/;
const tableName = /^[0-9a-f]{64}\.table$/;
const partName = /^\.[0-9a-f]{64}\.\d+-\d+\.part$/;
/** Room that is made when there is too much, so that not every write has to look for more. */
const keptFraction = 0.9;

interface KeptFile {
  readonly name: string;
  readonly bytes: number;
  readonly usedAtMs: number;
}

/** null where there is none. Errors: FileUnreadable. */
async function unlessMissing<Result>(file: string, work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === 'ENOENT') return null;
    throw new LedgerError(code === 'ENOSPC' ? 'StoreFull' : 'FileUnreadable', `${file}: ${String(code)}`, { at: { file }, cause: error });
  }
}

let parts = 0;

class FolderCache implements ResultCache {
  readonly #options: FolderCacheOptions;
  /** Bytes in the folder as far as this process knows; null before it has looked. */
  #bytes: number | null = null;

  constructor(options: FolderCacheOptions) {
    this.#options = options;
  }

  engine(): string {
    return this.#options.engine();
  }

  #file(name: string): string {
    return join(this.#options.folder, name);
  }

  async read(job: string, key: string): Promise<FoundAnswer> {
    const file = this.#file(`${job}-${key}.answer`);
    const bytes = await unlessMissing(file, () => readFile(file));
    if (bytes === null) return { kind: 'nothing' };
    const found = readEntry(bytes, key);
    if (found.kind === 'answer') await this.#use(file);
    return found;
  }

  async write(key: string, recipe: Recipe, answer: unknown, tables: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const { folder } = this.#options;
    await unlessMissing(folder, () => this.#options.makeFolder(folder, 0o700));
    for (const [address, text] of tables) await this.#keepTable(address, text);
    await this.#place(this.#file(`${recipe.job}-${key}.answer`), key, entryBytes(key, recipe, answer));
    if ((this.#bytes ?? (await this.size()).bytes) > this.#options.bytesMax) await this.#makeRoom();
  }

  async #keepTable(address: string, text: Uint8Array): Promise<void> {
    const file = this.#file(`${address}.table`);
    const isThere = (await unlessMissing(file, () => stat(file))) !== null;
    if (isThere) await this.#use(file);
    else await this.#place(file, address, text);
  }

  async table(address: string): Promise<Uint8Array | null> {
    const file = this.#file(`${address}.table`);
    const bytes = await unlessMissing(file, () => readFile(file));
    return bytes !== null && createHash('sha256').update(bytes).digest('hex') === address ? bytes : null;
  }

  async size(): Promise<CacheSize> {
    const files = await this.#files();
    this.#bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const answers = files.flatMap(({ name, bytes }) => {
      const [, job, key] = answerName.exec(name) ?? [];
      return job === undefined || key === undefined ? [] : [{ key, job, bytes }];
    });
    const { folder, bytesMax } = this.#options;
    return { folder, answers, tables: files.filter(({ name }) => tableName.test(name)).length, bytes: this.#bytes, bytesMax };
  }

  async clear(): Promise<{ readonly bytes: number; readonly answers: number }> {
    const { bytes, answers } = await this.size();
    for (const { name } of await this.#files()) await rm(this.#file(name), { force: true });
    this.#bytes = 0;
    return { bytes, answers: answers.length };
  }

  /** What was used is dropped last. Another process may have dropped it meanwhile. */
  async #use(file: string): Promise<void> {
    const now = new Date(this.#options.clock.now());
    await unlessMissing(file, () => utimes(file, now, now));
  }

  /** Written beside and renamed. It is not flushed: what a crash tears is found by its hash, and computed again. */
  async #place(file: string, key: string, bytes: Uint8Array): Promise<void> {
    const part = this.#file(`.${key}.${process.pid}-${++parts}.part`);
    await unlessMissing(file, async () => {
      try {
        await writeFile(part, bytes, { mode: 0o600, flag: 'wx' });
        await rename(part, file);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
    });
    await this.#use(file);
    if (this.#bytes !== null) this.#bytes += bytes.length;
  }

  /** What the cache has written, by its names. */
  async #files(): Promise<KeptFile[]> {
    const { folder } = this.#options;
    const names = (await unlessMissing(folder, () => readdir(folder))) ?? [];
    const files: KeptFile[] = [];
    for (const name of names) {
      if (!answerName.test(name) && !tableName.test(name) && !partName.test(name)) continue;
      const found = await unlessMissing(this.#file(name), () => stat(this.#file(name)));
      if (found !== null) files.push({ name, bytes: found.size, usedAtMs: found.mtimeMs });
    }
    return files;
  }

  async #makeRoom(): Promise<void> {
    const oldestFirst = (await this.#files()).toSorted((left, right) => left.usedAtMs - right.usedAtMs);
    let bytes = oldestFirst.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of oldestFirst) {
      if (bytes <= keptFraction * this.#options.bytesMax) break;
      await rm(this.#file(file.name), { force: true });
      bytes -= file.bytes;
    }
    this.#bytes = bytes;
  }
}

/** A cache in a folder of its own, a file for each answer and each table. The folder is made by the first write. */
export function createFolderCache(options: FolderCacheOptions): ResultCache {
  return new FolderCache(options);
}
