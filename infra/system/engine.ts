import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOfSourceTree, packageRootOf, writtenByBuild } from './code.ts';

function sourcesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).toSorted();
}

/**
 * A name for the build that computes: its version, with a hash over every source of the domain and over the versions of what it imports. A
 * commit would not do: a working copy may differ from it.
 */
export function engineOfSourceTree(root: string): string {
  const { version, lockHash } = codeOfSourceTree(root);
  const hash = createHash('sha256').update(lockHash);
  const folder = join(root, 'domain');
  for (const name of sourcesBelow(folder)) {
    const bytes = readFileSync(join(folder, name));
    hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  }
  return `${version} ${hash.digest('hex')}`;
}

/** Compiled code has its name from its build, which saw the sources. */
export function engineOf(moduleUrl: string = import.meta.url): string {
  const written = writtenByBuild(moduleUrl, ['engine']);
  return written?.engine ?? engineOfSourceTree(packageRootOf(dirname(fileURLToPath(moduleUrl))));
}

let engine: string | null = null;

/** The same of the build that runs, worked out once. */
export function engineInForce(): string {
  return (engine ??= engineOf());
}
