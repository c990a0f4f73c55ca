import { lstatSync, mkdirSync } from 'node:fs';
import * as module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Whether a folder is there, no link, and only this user may write into it. */
function isOwn(folder: string, uid: number): boolean {
  const found = lstatSync(folder);
  return found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0;
}

/**
 * One folder in one that is there: Node's own way to make several at once never ends where the system says of each that its parent is
 * missing.
 */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * The folder of compiled code, made where it is missing: `~/.cache/sleeve-ledger/VERSION`, or below `XDG_CACHE_HOME`. Null where somebody
 * else could write what this user would then run, where there is no home, or where the system does not say whose a folder is.
 */
export function compileCacheFolder(
  version: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  const uid = process.getuid?.();
  if (uid === undefined) return null;
  try {
    const own = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
    if (!own.startsWith('/')) return null;
    const folders = [join(own, 'sleeve-ledger'), join(own, 'sleeve-ledger', version)];
    for (const folder of [own, ...folders]) makeOne(folder);
    return folders.every((folder) => isOwn(folder, uid)) ? folders[1]! : null;
  } catch {
    // A home that cannot be written: code is compiled each time, as it is without a cache.
    return null;
  }
}

/** Lets Node keep what it compiles, where it can (from 22.1 on) and where nobody else could change it. */
export function keepCompiled(version: string): void {
  const { enableCompileCache } = module as { readonly enableCompileCache?: (folder: string) => unknown };
  if (enableCompileCache === undefined) return;
  const folder = compileCacheFolder(version);
  if (folder !== null) enableCompileCache(folder);
}
