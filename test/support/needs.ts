import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { chromiumPath } from './chromium.ts';
import { composeCommand } from './compose-file.ts';
import { whyNoBroker } from './kafka/jars.ts';
import { ownAddress } from './own-address.ts';
import { whyNoClarabel, whyNoPandas, whyNoPython, whyNoQuantstats, whyNoSchemathesis } from './python.ts';
import { sharedDirectory } from './reference.ts';
import { bound } from './rights.ts';
import { whyNoSshServer } from './ssh-server.ts';

interface Probe {
  /** Why it is missing; null where it is there. */
  readonly why: () => string | null;
  /** CI has everything but these: data that are not ours to publish, rights, a server of the user's. */
  readonly isOptionalInCi?: boolean;
}

const answers = (command: string, ...words: readonly string[]): boolean => spawnSync(command, words, { stdio: 'ignore' }).status === 0;
const unless = (isThere: boolean, why: string): string | null => (isThere ? null : why);

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'sleeve-ledger-mount-'));
  const mounted = answers('mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', folder);
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}

/** What some suites need beyond Node. */
const probes = {
  kafka: { why: whyNoBroker },
  'a git checkout': { why: () => unless(answers('git', 'rev-parse', '--git-dir'), 'these files stand in no git repository') },
  openssl: { why: () => unless(answers('openssl', 'version'), 'openssl does not run') },
  'an ssh server': { why: whyNoSshServer },
  zsh: { why: () => unless(answers('zsh', '--version'), 'zsh does not run') },
  fish: { why: () => unless(answers('fish', '--version'), 'fish does not run') },
  python: { why: whyNoPython },
  pandas: { why: whyNoPandas },
  clarabel: { why: whyNoClarabel },
  schemathesis: { why: whyNoSchemathesis },
  quantstats: { why: whyNoQuantstats, isOptionalInCi: true },
  strace: {
    why: () =>
      unless(
        answers('strace', '-f', '-e', 'inject=fdatasync:error=EIO:when=1000', 'true'),
        'strace does not run, or may not inject faults',
      ),
  },
  chromium: { why: () => unless(existsSync(chromiumPath ?? ''), 'no Chromium (CHROMIUM, or in /usr/bin)') },
  compose: { why: () => unless(composeCommand() !== null, 'neither docker-compose nor docker compose runs') },
  'an address beyond loopback': {
    why: () => unless(ownAddress() !== null, 'this machine has no address of IPv4 but loopback'),
    isOptionalInCi: true,
  },
  'an ordinary user': { why: () => unless(process.getuid?.() !== 0, 'an administrator may read everything'), isOptionalInCi: true },
  'small disks': { why: () => unless(mayMount(), 'only an administrator may mount a small file system'), isOptionalInCi: true },
  'rights that bind': {
    why: () => unless(answers(...bound('true')), 'setpriv does not take the rights of an administrator away here'),
    isOptionalInCi: true,
  },
  'a parquet corpus': {
    why: () =>
      unless(existsSync(process.env['PARQUET_CORPUS'] ?? ''), 'PARQUET_CORPUS names no folder (test/fixtures/make-parquet-corpus.py)'),
  },
  'reference data': { why: () => unless(sharedDirectory !== null, 'the reference data are not beside the project'), isOptionalInCi: true },
  'a running EventStoreDB': {
    why: () => unless((process.env['EVENTSTORE_URL'] ?? '') !== '', 'EVENTSTORE_URL names none'),
    isOptionalInCi: true,
  },
} satisfies Record<string, Probe>;

export type Need = keyof typeof probes;

export interface Fitting {
  readonly describe: typeof describe.skip;
  readonly test: typeof test.skip;
  readonly isMet: boolean;
}

/** Where a need is missing, CI fails with the cause, unless it can do without; everybody else skips. */
export function decisionOn(why: string | null, isOptionalInCi: boolean, ci: string | undefined): 'run' | 'skip' | 'fail' {
  if (why === null) return 'run';
  const isCi = ci !== undefined && ci !== '' && ci !== 'false';
  return isCi && !isOptionalInCi ? 'fail' : 'skip';
}

function decide(need: Need): 'run' | 'skip' | 'fail' {
  const { why, isOptionalInCi = false } = probes[need] as Probe;
  const reason = why();
  const decision = decisionOn(reason, isOptionalInCi, process.env['CI']);
  // The list at the end of a run is made from these titles (skips-reporter.js).
  if (decision === 'skip') test.skip(`skipped without ${need}: ${reason}`, () => undefined);
  if (decision === 'fail') {
    test(`needs ${need}`, () => {
      throw new Error(`${need} is missing, and CI skips nothing: ${reason}`);
    });
  }
  return decision;
}

/**
 * `describe` and `test` for suites that need something beyond Node, to be called once at the top of a test file. Where it is
 * missing they skip, and one line says why; in CI one test fails with the cause in place of each.
 */
export function needs(...names: readonly Need[]): Fitting {
  const isMet = names.map(decide).every((decision) => decision === 'run');
  return isMet ? { describe, test, isMet } : { describe: describe.skip, test: test.skip, isMet };
}
