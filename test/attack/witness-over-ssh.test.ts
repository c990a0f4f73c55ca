/**
 * A repository over ssh as a witness, by OpenSSH's own server. Somebody between a ledger and its witness has a host key of their own, or
 * would push with a key that nobody let in.
 */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { spawnProgram, Workbench } from '../support/cli.ts';
import { needs } from '../support/needs.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { type SshServer, startSshServer } from '../support/ssh-server.ts';

const scratch = scratchDirectory();
const minute = 180_000;
const fitting = needs('an ssh server');

fitting.describe('a repository over ssh', () => {
  let server: SshServer;
  let bench: Workbench;
  let repository: string;
  beforeAll(async () => {
    server = await startSshServer(scratch);
    bench = new Workbench(scratch);
    repository = bench.path('witness.git');
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch', 'main', repository]);
    expect(await bench.json(['ledger', 'init'])).toMatchObject({ exit: 0 });
  }, minute);
  afterAll(() => server.stop());

  const pushed = (): number => Number(execFileSync('git', ['--git-dir', repository, 'rev-list', '--all', '--count'], { encoding: 'utf8' }));

  async function ran(command: string, ...argv: string[]): Promise<{ exit: number; result: Record<string, unknown> }> {
    const { ended } = spawnProgram(bench, [...argv, '--json'], {
      GIT_SSH_COMMAND: command,
      SLEEVE_LEDGER_WITNESS: `${bench.store}.witness git+${server.url}${repository}#main`,
    });
    const { exit, stdout } = await ended;
    return { exit, result: (JSON.parse(stdout) as { result: Record<string, unknown> }).result };
  }

  fitting.test.each([
    ['whose host has another key than the one that is known', () => server.commandOfOtherHost, /host key verification failed/i],
    ['that lets in other keys only', () => server.commandOfStranger, /permission denied/i],
  ])(
    '%s is away: nothing is pushed, and the seal is made all the same',
    async (_, command, why) => {
      const before = pushed();
      const sealed = await ran(command(), 'ledger', 'seal');
      expect(sealed).toMatchObject({ exit: 0, result: { witnesses: [{ kind: 'git', outcome: 'away', why: expect.stringMatching(why) }] } });
      expect(pushed()).toBe(before);
    },
    minute,
  );

  fitting.test(
    'control: to which the key may log in keeps the checkpoint, and verification reads it back',
    async () => {
      const before = pushed();
      expect(await ran(server.command, 'ledger', 'seal')).toMatchObject({ exit: 0, result: { witnesses: [{ outcome: 'kept' }] } });
      expect(pushed()).toBe(before + 1);
      expect(await ran(server.command, 'ledger', 'verify')).toMatchObject({ exit: 0, result: { faults: [], witnessedTo: 2 } });
    },
    minute,
  );
});
