import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from './cli.ts';
import { decisionOn } from './needs.ts';
import { scratchDirectory } from './scratch.ts';

const scratch = scratchDirectory();

/** A search path that holds these programs and no other. */
function pathWith(name: string, programs: Readonly<Record<string, string>>): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  for (const [program, script] of Object.entries(programs)) {
    writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, program), 0o755);
  }
  symlinkSync(process.execPath, join(folder, 'node'));
  return folder;
}

const bare = pathWith('bare', {});
const offline = pathWith('offline', { java: 'exit 0', mvn: 'echo "[ERROR] Could not transfer artifact: Connection refused" >&2; exit 1' });

/** One test file in a jest of its own, on a machine with these programs only. */
async function run(file: string, path: string, ci: string): Promise<{ readonly exit: number | null; readonly output: string }> {
  const flags = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--runTestsByPath',
    file,
  ];
  const environment = { PATH: path, CI: ci, CHROMIUM: join(scratch, 'none'), KAFKA_JARS: join(scratch, 'jars'), HOME: scratch };
  const child = spawn(process.execPath, flags, { cwd: projectRoot, env: environment });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => void (output += text));
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exit, output };
}

const skippedLines = (output: string): string[] => output.split('\n').filter((line) => line.startsWith('skipped '));

describe('what a suite needs beyond Node', () => {
  test.each([
    [null, false, 'true', 'run'],
    [null, false, undefined, 'run'],
    ['missing', false, undefined, 'skip'],
    ['missing', false, '', 'skip'],
    ['missing', false, 'false', 'skip'],
    ['missing', false, 'true', 'fail'],
    ['missing', false, '1', 'fail'],
    ['missing', true, 'true', 'skip'],
  ] as const)('why not: %s, CI may do without: %s, CI=%s: %s', (why, isOptionalInCi, ci, decision) => {
    expect(decisionOn(why, isOptionalInCi, ci)).toBe(decision);
  });

  test.each([
    ['test/infra/kafka/sending.test.ts', offline, 'kafka: Maven cannot fetch Kafka 4.1.0: Could not transfer artifact: Connection refused'],
    ['test/infra/kafka/traps.test.ts', bare, 'kafka: java does not run'],
    ['test/infra/zip/deterministic-zip.test.ts', bare, 'python: python3 does not run'],
    ['test/deploy/certificates.test.ts', bare, 'openssl: openssl does not run'],
    ['test/deploy/compose.test.ts', bare, 'compose: neither docker-compose nor docker compose runs'],
  ])('%s is skipped with its reason in one line where that is missing, and fails with it in CI', async (file, path, reason) => {
    const [alone, inCi] = await Promise.all([run(file, path, ''), run(file, path, 'true')]);
    expect(alone.exit).toBe(0);
    expect(skippedLines(alone.output)).toEqual([expect.stringMatching(new RegExp(`^skipped +${file}: (everything|\\d+ tests?) without `))]);
    expect(skippedLines(alone.output)[0]).toContain(reason);
    expect(inCi.exit).toBe(1);
    expect(inCi.output).toMatch(/1 failed/);
    expect(inCi.output).toContain(`is missing, and CI skips nothing: ${reason.replace(/^\w+: /, '')}`);
  });
});
