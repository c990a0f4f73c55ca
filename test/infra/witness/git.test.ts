/** How git is run, with a program of that name that only says what it was told, and what of its complaints is passed on. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { complaint, git, GitFailed, gitOrFail } from '../../../infra/witness/git.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const folder = temporaryDirectory();
const path = process.env['PATH'];

/** Puts a program in the place of git: lines of a shell. */
function gitIs(...lines: readonly string[]): void {
  writeFileSync(join(folder, 'git'), ['#!/bin/sh', ...lines].join('\n'));
  chmodSync(join(folder, 'git'), 0o755);
}

beforeEach(() => void (process.env['PATH'] = `${folder}:${path}`));
afterEach(() => {
  process.env['PATH'] = path;
  delete process.env['GIT_SSH_COMMAND'];
  jest.restoreAllMocks();
});

const told = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'nothing',
    (error: unknown) => [error instanceof GitFailed, (error as Error).message],
  );

const environment = async (): Promise<string[]> => (await gitOrFail('/repository', ['env'], '', { MORE: 'more' })).trim().split('\n');

const expectedWith = (ssh: string): string[] => [
  'GIT_AUTHOR_EMAIL=sleeve-ledger@localhost',
  'GIT_AUTHOR_NAME=sleeve-ledger',
  'GIT_COMMITTER_EMAIL=sleeve-ledger@localhost',
  'GIT_COMMITTER_NAME=sleeve-ledger',
  `GIT_SSH_COMMAND=${ssh}`,
  'GIT_TERMINAL_PROMPT=0',
  'LC_ALL=C',
  'MORE=more',
];

describe('git', () => {
  test('is given the repository and settings that let nothing of the machine run along', async () => {
    gitIs('for word in "$@"; do echo "$word"; done');
    const { exit, stdout, stderr } = await git('/repository', ['fetch', '--', 'url']);
    expect({ exit, stdout: stdout.trim().split('\n'), stderr }).toEqual({
      exit: 0,
      stdout: [
        ...[
          'core.hooksPath=/dev/null',
          'commit.gpgSign=false',
          'gc.auto=0',
          'protocol.allow=never',
          'protocol.file.allow=always',
          'protocol.https.allow=always',
          'protocol.http.allow=always',
          'protocol.ssh.allow=always',
        ].flatMap((setting) => ['-c', setting]),
        '--git-dir',
        '/repository',
        'fetch',
        '--',
        'url',
      ],
      stderr: '',
    });
  });

  test('asks nobody for a password, speaks English, and writes under the name of this program', async () => {
    gitIs('env | grep -E "^(LC_ALL|MORE|GIT_(AUTHOR|COMMITTER|TERMINAL|SSH_))" | sort');
    expect(await environment()).toEqual(expectedWith('ssh -o BatchMode=yes -o ConnectTimeout=10'));
    process.env['GIT_SSH_COMMAND'] = 'ssh -i mine';
    expect(await environment()).toEqual(expectedWith('ssh -i mine'));
  });

  test('is given its input, and nothing where there is none', async () => {
    gitIs('cat');
    expect([await gitOrFail('/r', ['cat'], 'a note \u2014\n'), await gitOrFail('/r', ['cat'])]).toEqual(['a note \u2014\n', '']);
    gitIs('exit 0');
    expect(await gitOrFail('/r', ['cat'], 'x'.repeat(1_000_000))).toBe('');
  });

  test('says how it ended, and of what it complains', async () => {
    gitIs('echo out', 'echo "fatal: no" >&2', 'exit 3');
    expect(await git('/r', ['x'])).toEqual({ exit: 3, stdout: 'out\n', stderr: 'fatal: no\n' });
    expect(await told(gitOrFail('/r', ['x']))).toEqual([true, 'fatal: no']);
    gitIs('kill -9 $$');
    expect((await git('/r', ['x'])).exit).toBe(-1);
  });

  test('that is not there, or takes too long, has failed', async () => {
    process.env['PATH'] = join(folder, 'none');
    expect(await told(git('/r', ['x']))).toEqual([true, 'git cannot be run: spawn git ENOENT']);
    process.env['PATH'] = `${folder}:${path}`;
    gitIs('exec sleep 60');
    jest.replaceProperty<{ gitMsMax: number }, 'gitMsMax'>(limits, 'gitMsMax', 50);
    expect(await told(git('/r', ['fetch', 'x']))).toEqual([true, 'git fetch took more than 50 ms']);
  });

  test('that says too much is ended', async () => {
    gitIs('cat');
    jest.replaceProperty<{ gitAnswerBytesMax: number }, 'gitAnswerBytesMax'>(limits, 'gitAnswerBytesMax', 1_000);
    expect(await git('/r', ['x'], 'x'.repeat(1_000))).toEqual({ exit: 0, stdout: 'x'.repeat(1_000), stderr: '' });
    gitIs('printf "%01001d" 0', 'exec sleep 60');
    expect(await git('/r', ['x'])).toEqual({ exit: -1, stdout: '', stderr: '' });
  });
});

test.each([
  ['fatal: no\nerror: more', 'fatal: no'],
  ['From file\nerror: no\n', 'error: no'],
  ['hint: x\n ! [rejected] a -> b\n', '! [rejected] a -> b'],
  ['hint: x\n! [rejected] a\n', '! [rejected] a'],
  ['remote: denied', 'remote: denied'],
  ['hint\nssh: no host', 'ssh: no host'],
  ['said once\nsaid twice', 'said once'],
  ['not fatal: x\nsaid', 'not fatal: x'],
  ['Host key verification failed.\nfatal: Could not read from remote repository.', 'Host key verification failed.'],
  ['\nfatal: Could not read from remote repository.', 'git ended with 9'],
  ['fatal: Could not read from remote repository.\nmore', 'fatal: Could not read from remote repository.'],
  ['warning\nfatal: something else', 'fatal: something else'],
  ['', 'git ended with 9'],
  [`fatal: ${'x'.repeat(400)}`, `fatal: ${'x'.repeat(293)}`],
])('of %j is passed on: %s', (stderr, expected) => {
  expect(complaint({ exit: 9, stdout: '', stderr })).toBe(expected);
});
