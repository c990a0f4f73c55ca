import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Shown, Taken, Witness } from '../../handlers/ports/witness.ts';
import { complaint, git, GitFailed, gitOrFail } from './git.ts';

export interface Repository {
  readonly url: string;
  readonly branch: string;
}

const pushesMax = 5;
const noteName = /^\d{12,16}\.checkpoint$/;

/** Where the notes of a ledger stand in the repository: its origin without anything that could lead elsewhere. */
const folderOf = (origin: string): string => `log-${encodeURIComponent(origin)}`;

/** Works on a bare repository: in a folder that lasts, or in one that is removed again. */
async function inRepository<Result>(memory: string | null, { url, branch }: Repository, work: (repository: string) => Promise<Result>) {
  const name = createHash('sha256').update(`${url}\n${branch}`).digest('hex').slice(0, 16);
  const repository = memory === null ? await mkdtemp(join(tmpdir(), 'sleeve-ledger-witness-')) : join(memory, `repository-${name}`);
  try {
    await gitOrFail(repository, ['init', '--quiet', '--bare']);
    return await work(repository);
  } finally {
    if (memory === null) await rm(repository, { recursive: true, force: true });
  }
}

/** The newest commit of the branch, null where there is none; a branch that was rewritten is refused. Errors: GitFailed. */
async function fetched(repository: string, { url, branch }: Repository): Promise<string | null> {
  const known = `refs/witness/${branch}`;
  // Without a plus sign git takes nothing that does not go on from what it has.
  const answer = await git(repository, ['fetch', '--no-tags', '--', url, `refs/heads/${branch}:${known}`]);
  if (answer.exit === 0) return (await gitOrFail(repository, ['rev-parse', known])).trim();
  if (/non-fast-forward|\[rejected\]/.test(answer.stderr)) throw new Rewritten();
  if (!/couldn't find remote ref/.test(answer.stderr)) throw new GitFailed(complaint(answer));
  if ((await git(repository, ['rev-parse', '--verify', '--quiet', known])).exit === 0) throw new Rewritten();
  return null;
}

class Rewritten extends Error {}
const rewritten = 'the branch was rewritten: it does not go on from what was pushed there';

async function widestIn(repository: string, commit: string | null, origin: string): Promise<string | null> {
  if (commit === null) return null;
  const list = await gitOrFail(repository, ['ls-tree', '--name-only', commit, `${folderOf(origin)}/`]);
  const names = list.split('\n').map((path) => path.slice(path.lastIndexOf('/') + 1));
  const notes = names.filter((name) => noteName.test(name));
  return notes.toSorted((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10)).at(-1) ?? null;
}

async function readNote(repository: string, commit: string, origin: string, name: string): Promise<string | null> {
  const answer = await git(repository, ['cat-file', 'blob', `${commit}:${folderOf(origin)}/${name}`]);
  return answer.exit === 0 ? answer.stdout : null;
}

/** A commit with one more note behind the given one; nothing is checked out. */
async function committed(repository: string, parent: string | null, path: string, note: string): Promise<string> {
  const blob = (await gitOrFail(repository, ['hash-object', '-w', '--stdin'], note)).trim();
  // Several processes may keep notes at once: each has an index of its own.
  const index = await mkdtemp(join(tmpdir(), 'sleeve-ledger-index-'));
  const indexed = (args: readonly string[]): Promise<string> => gitOrFail(repository, args, '', { GIT_INDEX_FILE: join(index, 'index') });
  try {
    await indexed(parent === null ? ['read-tree', '--empty'] : ['read-tree', parent]);
    await indexed(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`]);
    const tree = (await indexed(['write-tree'])).trim();
    const behind = parent === null ? [] : ['-p', parent];
    return (await gitOrFail(repository, ['commit-tree', tree, ...behind, '-m', `Checkpoint ${path}`])).trim();
  } finally {
    await rm(index, { recursive: true, force: true });
  }
}

const textOf = (note: string): string => note.slice(0, note.lastIndexOf('\n\n'));

/** Pushes a note behind what is there; others who push meanwhile are gone on from. */
async function pushed(repository: string, place: Repository, origin: string, name: string, note: string): Promise<Taken> {
  for (let attempt = 1; ; attempt++) {
    const commit = await fetched(repository, place);
    const there = commit === null ? null : await readNote(repository, commit, origin, name);
    if (there !== null)
      return textOf(there) === textOf(note)
        ? { kind: 'kept', lines: '' }
        : { kind: 'contradicted', why: `it holds another checkpoint of this size: ${textOf(there).split('\n').join(' ')}` };
    const next = await committed(repository, commit, `${folderOf(origin)}/${name}`, note);
    const answer = await git(repository, ['push', '--quiet', '--', place.url, `${next}:refs/heads/${place.branch}`]);
    if (answer.exit === 0) {
      await gitOrFail(repository, ['update-ref', `refs/witness/${place.branch}`, next]);
      return { kind: 'kept', lines: '' };
    }
    if (attempt >= pushesMax || !/rejected|failed to push|cannot lock ref/.test(answer.stderr)) throw new GitFailed(complaint(answer));
  }
}

async function answered<Answer>(work: () => Promise<Answer>, otherwise: (why: string, isRewritten: boolean) => Answer): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Rewritten) return otherwise(rewritten, true);
    if (error instanceof GitFailed) return otherwise(error.message, false);
    throw error;
  }
}

/**
 * A repository that keeps one file for each checkpoint, pushed behind what is there and never over it. Who may rewrite its history can make
 * it forget; who may only push cannot.
 */
export function gitWitness(place: Repository, memory: string | null): Witness {
  return {
    show: (origin) =>
      answered<Shown>(
        () =>
          inRepository(memory, place, async (repository) => {
            const commit = await fetched(repository, place);
            const name = await widestIn(repository, commit, origin);
            if (name === null) return { kind: 'shown', newest: null };
            const note = await gitOrFail(repository, ['cat-file', 'blob', `${commit!}:${folderOf(origin)}/${name}`]);
            return { kind: 'shown', newest: { file: `${place.url}#${place.branch}:${name}`, note } };
          }),
        (why) => ({ kind: 'away', why }),
      ),
    take: ({ note, size }, origin) =>
      answered<Taken>(
        () =>
          inRepository(memory, place, (repository) =>
            pushed(repository, place, origin, `${String(size).padStart(12, '0')}.checkpoint`, note),
          ),
        (why, isRewritten) => ({ kind: isRewritten ? 'refused' : 'away', why }),
      ),
  };
}
