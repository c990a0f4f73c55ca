/** A repository as a witness, with git itself: every answer, and what stands in the repository afterwards. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import * as os from 'node:os';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import type { Offer, Witness } from '../../../handlers/ports/witness.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const folder = temporaryDirectory();
const temporary = temporaryDirectory();
jest.unstable_mockModule('node:os', () => ({ ...os, tmpdir: () => temporary }));
const { gitWitness } = await import('../../../infra/witness/git-witness.ts');
const { openWitness } = await import('../../../infra/witness/open-witness.ts');

const origin = 'example.com/log one';
const below = `log-${encodeURIComponent(origin)}`;
const branch = 'notes';

interface Bench {
  readonly repository: string;
  readonly url: string;
  readonly memory: string;
  /** One that remembers, and one that does not. */
  readonly witness: Witness;
  readonly forgetful: Witness;
  git(...args: string[]): string;
}

function bench(): Bench {
  const repository = mkdtempSync(join(folder, 'repository-'));
  const memory = mkdtempSync(join(folder, 'memory-'));
  const url = `file://${repository}`;
  const git = (...args: string[]): string => execFileSync('git', ['--git-dir', repository, ...args], { encoding: 'utf8' });
  git('init', '--quiet', '--bare');
  const place = { url, branch };
  return { repository, url, memory, git, witness: gitWitness(place, memory), forgetful: gitWitness(place, null) };
}

const noteOf = (size: number, signature = 'one', root = 'root'): string => `${origin}\n${size}\n${root}\n\n\u2014 ${origin} ${signature}\n`;
const offer = (size: number, signature?: string, root?: string): Offer => ({
  old: 0,
  size,
  proof: [],
  note: noteOf(size, signature, root),
});
const rewritten = 'the branch was rewritten: it does not go on from what was pushed there';

describe('a repository as a witness', () => {
  test('shows nothing while it has no branch or no note of this log, and then the widest', async () => {
    const { witness, forgetful, git, url } = bench();
    expect(await witness.show(origin)).toEqual({ kind: 'shown', newest: null });
    for (const size of [9, 1_000_000_000_000, 10]) expect(await witness.take(offer(size), origin)).toEqual({ kind: 'kept', lines: '' });
    expect(await witness.show('another log')).toEqual({ kind: 'shown', newest: null });
    const shown = { kind: 'shown', newest: { file: `${url}#${branch}:1000000000000.checkpoint`, note: noteOf(1_000_000_000_000) } };
    expect([await witness.show(origin), await forgetful.show(origin)]).toEqual([shown, shown]);
    expect(git('ls-tree', '-r', '--name-only', branch).trim().split('\n')).toEqual(
      ['000000000009', '000000000010', '1000000000000'].map((name) => `${below}/${name}.checkpoint`),
    );
    expect(git('log', '--format=%s|%an|%ae', branch).trim().split('\n')).toEqual(
      ['000000000010', '1000000000000', '000000000009'].map(
        (name) => `Checkpoint ${below}/${name}.checkpoint|sleeve-ledger|sleeve-ledger@localhost`,
      ),
    );
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('keeps what is there beside the notes, and takes no other file for one', async () => {
    const { witness, git } = bench();
    await witness.take(offer(5), origin);
    const blob = execFileSync('git', ['--git-dir', git('rev-parse', '--absolute-git-dir').trim(), 'hash-object', '-w', '--stdin'], {
      input: 'other',
      encoding: 'utf8',
    }).trim();
    const names = [
      '12345678901234567.checkpoint',
      '00000000009.checkpoint',
      '000000000009.checkpoint.txt',
      'x000000000009.checkpoint',
      'latest',
    ];
    const index = { env: { ...process.env, GIT_INDEX_FILE: join(folder, 'index') }, encoding: 'utf8' } as const;
    const repository = git('rev-parse', '--absolute-git-dir').trim();
    const indexed = (...args: string[]): string => execFileSync('git', ['--git-dir', repository, ...args], index).trim();
    indexed('read-tree', branch);
    for (const name of names) indexed('update-index', '--add', '--cacheinfo', `100644,${blob},${below}/${name}`);
    const identity = ['-c', 'user.name=x', '-c', 'user.email=x@localhost'];
    const commit = indexed(...identity, 'commit-tree', indexed('write-tree'), '-p', branch, '-m', 'more');
    git('update-ref', `refs/heads/${branch}`, commit);
    expect(await witness.show(origin)).toMatchObject({ newest: { note: noteOf(5) } });
    expect(await witness.take(offer(6), origin)).toEqual({ kind: 'kept', lines: '' });
    expect(git('ls-tree', '-r', '--name-only', branch).trim().split('\n')).toHaveLength(names.length + 2);
  });

  test('is opened by its address, and takes the same checkpoint again, whoever signed it, but no other of its size', async () => {
    const { witness, git, url, memory } = bench();
    const opened = openWitness({ kind: 'git', place: `git+${url}`, url, branch }, memory);
    await opened.take(offer(5), origin);
    expect(await witness.take(offer(5, 'another signature'), origin)).toEqual({ kind: 'kept', lines: '' });
    expect(await witness.take(offer(5, 'one', 'other root'), origin)).toEqual({
      kind: 'contradicted',
      why: `it holds another checkpoint of this size: ${origin} 5 root`,
    });
    expect(git('rev-list', '--count', branch).trim()).toBe('1');
    const server = openWitness({ kind: 'tlog', place: 'p', url: 'http://127.0.0.1:1', verifierKey: 'k' }, memory);
    expect(await server.show(origin)).toMatchObject({ kind: 'away' });
  });

  test('goes on from what another has pushed meanwhile', async () => {
    const { witness, memory, url } = bench();
    const other = gitWitness({ url, branch }, null);
    await witness.take(offer(5), origin);
    await other.take(offer(6), origin);
    expect(await witness.take(offer(7), origin)).toEqual({ kind: 'kept', lines: '' });
    const name = createHash('sha256').update(`${url}\n${branch}`).digest('hex').slice(0, 16);
    expect(readdirSync(memory)).toEqual([`repository-${name}`]);
  });

  test('that was rewritten, or has lost its branch, is told by what is remembered, and not without it', async () => {
    const { witness, forgetful, git } = bench();
    await witness.take(offer(5), origin);
    const first = git('rev-parse', branch).trim();
    await witness.take(offer(6), origin);
    git('update-ref', `refs/heads/${branch}`, first);
    expect([await witness.show(origin), await witness.take(offer(7), origin)]).toEqual([
      { kind: 'away', why: rewritten },
      { kind: 'refused', why: rewritten },
    ]);
    expect(await forgetful.show(origin)).toMatchObject({ kind: 'shown', newest: { note: noteOf(5) } });
    git('update-ref', '-d', `refs/heads/${branch}`);
    expect([await witness.show(origin), await witness.take(offer(7), origin)]).toEqual([
      { kind: 'away', why: rewritten },
      { kind: 'refused', why: rewritten },
    ]);
    expect(await forgetful.show(origin)).toEqual({ kind: 'shown', newest: null });
  });

  test('that is not there, or takes no push, is away', async () => {
    const { memory, repository, witness } = bench();
    const missing = gitWitness({ url: `file://${folder}/none`, branch }, memory);
    const why = `fatal: '${folder}/none' does not appear to be a git repository`;
    expect([await missing.show(origin), await missing.take(offer(5), origin)]).toEqual([
      { kind: 'away', why },
      { kind: 'away', why },
    ]);
    const hook = join(repository, 'hooks/pre-receive');
    writeFileSync(hook, '#!/bin/sh\necho "no more" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    expect(await witness.take(offer(5), origin)).toMatchObject({ kind: 'away', why: 'remote: no more' });
    const program = gitWitness({ url: 'ext::sh -c date', branch }, null);
    expect(await program.show(origin)).toEqual({ kind: 'away', why: "fatal: transport 'ext' not allowed" });
  });
});
