import { spawn } from 'node:child_process';
import { limits } from '../../domain/shared/limits.ts';

/** What git said; its output is bytes, for it may hold notes. */
export interface GitAnswer {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class GitFailed extends Error {}

const settings = [
  // Nothing of the machine runs along, and nothing but these ways leads to a repository.
  'core.hooksPath=/dev/null',
  'commit.gpgSign=false',
  'gc.auto=0',
  'protocol.allow=never',
  'protocol.file.allow=always',
  'protocol.https.allow=always',
  'protocol.http.allow=always',
  'protocol.ssh.allow=always',
].flatMap((setting) => ['-c', setting]);

const author = { name: 'sleeve-ledger', email: 'sleeve-ledger@localhost' };

/** Nobody is asked for a password: a program that waits for one would wait for ever. */
function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: process.env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes -o ConnectTimeout=10',
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
  };
}

/** Runs git on a bare repository, within a time limit. Errors: GitFailed where it cannot be run or takes too long. */
export function git(repository: string, args: readonly string[], input = '', more: NodeJS.ProcessEnv = {}): Promise<GitAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...settings, '--git-dir', repository, ...args], {
      env: { ...environment(), ...more },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new GitFailed(`git ${args[0]!} took more than ${limits.gitMsMax} ms`));
    }, limits.gitMsMax);
    const pieces: { readonly out: Buffer[]; readonly err: Buffer[] } = { out: [], err: [] };
    let bytes = 0;
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > limits.gitAnswerBytesMax) child.kill('SIGKILL');
      else pieces.out.push(piece);
    });
    child.stderr.on('data', (piece: Buffer) => {
      if (pieces.err.length < 100) pieces.err.push(piece);
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new GitFailed(`git cannot be run: ${error.message}`));
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ exit: code ?? -1, stdout: Buffer.concat(pieces.out).toString('utf8'), stderr: Buffer.concat(pieces.err).toString('utf8') });
    });
    // A git that ends before it has read all says so by its status.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** The first of what git complains of, in one line. That nothing could be read says less than what ssh had said of it before. */
export function complaint({ stderr, exit }: GitAnswer): string {
  const lines = stderr.split('\n');
  const at = lines.findIndex((candidate) => /^(?:fatal|error|remote|ssh|!|\s!)/.test(candidate));
  const line = lines[at > 0 && lines[at]!.startsWith('fatal: Could not read from remote') ? at - 1 : Math.max(at, 0)]!;
  return line.trim().slice(0, 300) || `git ended with ${exit}`;
}

/** The same where the answer is needed. Errors: GitFailed. */
export async function gitOrFail(repository: string, args: readonly string[], input = '', more: NodeJS.ProcessEnv = {}): Promise<string> {
  const answer = await git(repository, args, input, more);
  if (answer.exit !== 0) throw new GitFailed(complaint(answer));
  return answer.stdout;
}
