import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeInForce } from './code.ts';

/** The code of the domain, as it lies beside this file: compiled or not. */
const sourcePattern = /(?<!\.d)\.[jt]s$/;

function sourcesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => sourcePattern.test(name)).toSorted();
}

/**
 * A name for the build that computes: its version, with a hash over every file of the domain and over the versions of what it imports. A
 * commit would not do: a working copy may differ from it.
 */
export function engineOf(moduleUrl: string = import.meta.url): string {
  const folder = join(dirname(fileURLToPath(moduleUrl)), '../../domain');
  const { version, lockHash } = codeInForce(moduleUrl);
  const hash = createHash('sha256').update(lockHash);
  if (!existsSync(folder)) throw new Error(`${folder}: the domain is not where this build has it`);
  for (const name of sourcesBelow(folder)) {
    const bytes = readFileSync(join(folder, name));
    hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  }
  return `${version} ${hash.digest('hex')}`;
}

let engine: string | null = null;

/** The same of the build that runs, worked out once. */
export function engineInForce(): string {
  return (engine ??= engineOf());
}
