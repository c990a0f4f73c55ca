import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Code } from '../../domain/shared/envelope.ts';

const unknown = 'unknown';
const commitPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** File that a build leaves beside its output: an installed package has neither a repository nor a lock file. */
export const buildInfoFile = 'build-info.json';

const readText = (file: string): string | null => (existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : null);

/** The directory of `.git`, also where a worktree only points to it; and the one with the shared refs. */
function gitDirectories(root: string): readonly string[] {
  const dotGit = join(root, '.git');
  if (!existsSync(dotGit)) return [];
  const pointer = readText(dotGit);
  const own = pointer === null ? dotGit : resolve(root, pointer.replace(/^gitdir:/, '').trim());
  const common = readText(join(own, 'commondir'))?.trim();
  return common === undefined ? [own] : [own, isAbsolute(common) ? common : resolve(own, common)];
}

/** The commit checked out, read from the repository's own files; `unknown` outside one. */
function commitOf(root: string): string {
  const directories = gitDirectories(root);
  const head = directories.length === 0 ? undefined : readText(join(directories[0]!, 'HEAD'))?.trim();
  if (head === undefined) return unknown;
  if (commitPattern.test(head)) return head;
  const reference = head.replace(/^ref: /, '');
  for (const directory of directories) {
    const loose = readText(join(directory, reference))?.trim();
    if (loose !== undefined && commitPattern.test(loose)) return loose;
    const packed = readText(join(directory, 'packed-refs'))
      ?.split('\n')
      .find((line) => line.endsWith(` ${reference}`));
    if (packed !== undefined) return packed.slice(0, packed.indexOf(' '));
  }
  return unknown;
}

/** Members of a file of the package itself, each a text. */
function textsIn<Name extends string>(file: string, text: string, names: readonly Name[]): Readonly<Record<Name, string>> {
  const content = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    names.map((name) => {
      const value = content[name];
      if (typeof value !== 'string') throw new Error(`${file}: ${name} is no text`);
      return [name, value];
    }),
  ) as Record<Name, string>;
}

/** Version, commit and SHA-256 of the lock file of a source tree. */
export function codeOfSourceTree(root: string): Code {
  const lock = join(root, 'package-lock.json');
  const lockHash = existsSync(lock) ? createHash('sha256').update(readFileSync(lock)).digest('hex') : unknown;
  const { version } = textsIn('package.json', readFileSync(join(root, 'package.json'), 'utf8'), ['version']);
  return { version, commit: commitOf(root), lockHash };
}

/** The nearest folder upwards that holds a package.json. */
export function packageRootOf(start: string): string {
  for (let directory = start; ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'package.json'))) return directory;
    if (dirname(directory) === directory) throw new Error(`no package.json above ${start}`);
  }
}

/** What a build wrote of itself, for these members; null for code that is run from its source. */
export function writtenByBuild<Name extends string>(moduleUrl: string, names: readonly Name[]): Readonly<Record<Name, string>> | null {
  if (!moduleUrl.endsWith('.js')) return null;
  const text = readText(join(packageRootOf(dirname(fileURLToPath(moduleUrl))), 'dist', buildInfoFile));
  return text === null ? null : textsIn(buildInfoFile, text, names);
}

let code: Code | null = null;

/**
 * The build that is running. Compiled code reads what its build wrote (`dist/build-info.json`); code run from its source reads
 * the tree around it.
 */
export function codeInForce(): Code {
  return (code ??= codeOf(import.meta.url));
}

/** The same of the build that a module belongs to. */
export function codeOf(moduleUrl: string): Code {
  const written = writtenByBuild(moduleUrl, ['version', 'commit', 'lockHash']);
  return written ?? codeOfSourceTree(packageRootOf(dirname(fileURLToPath(moduleUrl))));
}
