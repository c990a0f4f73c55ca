import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';

const program = '/usr/sbin/sshd';

export const whyNoSshServer = (): string | null =>
  spawnSync(program, ['-V'], { stdio: 'ignore' }).error === undefined && spawnSync('ssh', ['-V'], { stdio: 'ignore' }).error === undefined
    ? null
    : `ssh or ${program} does not run`;

/** Keys of a user or of a host. */
function makeKey(folder: string, name: string): { readonly file: string; readonly open: string } {
  const file = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
  return { file, open: readFileSync(`${file}.pub`, 'utf8').trim() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(port: number, process: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (process.exitCode !== null) throw new Error(`sshd ended with ${process.exitCode}`);
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
      socket.once('error', () => resolve(false));
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('sshd does not answer');
}

/** OpenSSH's server on this machine, to which one key may log in as whoever runs the tests. */
export interface SshServer {
  /** `ssh://USER@127.0.0.1:PORT` */
  readonly url: string;
  /** What `GIT_SSH_COMMAND` says for somebody with the key, who knows the host by its key. */
  readonly command: string;
  /** The same, of somebody who knows another host by this name. */
  readonly commandOfOtherHost: string;
  /** The same, of somebody with a key that may not log in. */
  readonly commandOfStranger: string;
  readonly stop: () => void;
}

/** What git runs for somebody with a key who knows hosts by a file. */
const command = (key: string, hosts: string): string =>
  `ssh -F none -i ${key} -o IdentitiesOnly=yes -o UserKnownHostsFile=${hosts} -o StrictHostKeyChecking=yes -o BatchMode=yes`;

export async function startSshServer(folder: string): Promise<SshServer> {
  const [user, stranger, host, otherHost] = ['user', 'stranger', 'host', 'other-host'].map((name) => makeKey(folder, name));
  const port = await freePort();
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const at = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const configuration = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${host!.file}`,
    `AuthorizedKeysFile ${at('authorized', `${user!.open}\n`)}`,
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PidFile none',
  ];
  const server = spawn(program, ['-D', '-e', '-f', at('configuration', `${configuration.join('\n')}\n`)], { stdio: 'ignore' });
  await answering(port, server);
  const known = (name: string, key: string): string => at(name, `[127.0.0.1]:${port} ${key}\n`);
  const hosts = known('known', host!.open);
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    command: command(user!.file, hosts),
    commandOfOtherHost: command(user!.file, known('known-other', otherHost!.open)),
    commandOfStranger: command(stranger!.file, hosts),
    stop: () => server.kill('SIGKILL'),
  };
}
