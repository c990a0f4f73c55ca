import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { buildInfoFile, codeInForce, codeOf, codeOfSourceTree } from '../../../infra/system/code.ts';
import { fixedClock, systemClock } from '../../../infra/system/clock.ts';
import { uuidIds } from '../../../infra/system/ids.ts';
import { createLog } from '../../../infra/system/log.ts';
import { createProgress } from '../../../infra/system/progress.ts';

describe('clocks', () => {
  test('the system clock reads UTC milliseconds, between two readings of Date', () => {
    const before = Date.now();
    const now = systemClock.now();
    expect(now).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(now)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(now)).toBeLessThanOrEqual(Date.now());
  });

  test('a fixed clock stands, or steps', () => {
    const still = fixedClock('2026-01-01T00:00:00Z');
    expect([still.now(), still.now()]).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z']);
    const stepping = fixedClock('2026-01-01T00:00:00Z', 1500);
    expect([stepping.now(), stepping.now()]).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.500Z']);
    expect(() => fixedClock('yesterday')).toThrow('not an instant');
  });
});

test('ids are version 5 UUIDs: the example of RFC 9562, appendix A.4', () => {
  expect(uuidIds.uuidV5('www.example.com', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
});

function collect(level: string, isTerminal: boolean) {
  const written: string[] = [];
  return { written, log: createLog(level, isTerminal, { write: (text) => written.push(text) }) };
}

describe('the log', () => {
  test('writes one JSON object a line when it is not a terminal', () => {
    const { log, written } = collect('info', false);
    log.debug({ unseen: 1 }, 'unseen');
    log.warn({ runId: 'abc', revision: 3n }, 'said');
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0]!)).toMatchObject({
      level: 40,
      msg: 'said',
      runId: 'abc',
      revision: '3',
      time: expect.stringMatching(/Z$/),
    });
  });

  test('writes readable lines on a terminal', () => {
    const { log, written } = collect('debug', true);
    log.info({ run: 'abc', reason: 'two words', count: 2 }, 'sleeve recorded');
    expect(written).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d info sleeve recorded run=abc reason="two words" count=2\n$/)]);
  });

  test('A5: nothing that a value holds can start a line or move the cursor', () => {
    const forged = 'x\n{"level":30,"msg":"forged"}\r\u001b[2K\u2028\u0007\u202e';
    for (const isTTY of [false, true]) {
      const { log, written } = collect('debug', isTTY);
      log.info({ reason: forged, [forged]: 1, nested: { list: [forged] } }, forged);
      log.error({ error: new LedgerError('Usage', forged, { evidence: { forged } }) }, 'failed');
      expect(written).toHaveLength(2);
      for (const line of written) expect(Array.from(line.slice(0, -1)).filter((character) => character < ' ')).toEqual([]);
      if (isTTY) for (const line of written) expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    }
  });

  test('A6: secrets do not reach a log, by name or inside a connection string', () => {
    for (const isTTY of [false, true]) {
      const { log, written } = collect('debug', isTTY);
      const uri = 'esdb+discover://admin:hunter2@store.example:2113?tls=true';
      log.info(
        { password: 'hunter2', apiKey: 'hunter2', auth: { token: 'hunter2', privateSeed: 'hunter2' }, uri, list: [{ secret: 'hunter2' }] },
        `connecting to ${uri}`,
      );
      log.error({ error: new Error(`no answer from ${uri}`, { cause: new Error(uri) }) }, 'failed');
      const all = written.join('');
      expect(all).not.toContain('hunter2');
      expect(all).toContain('admin');
      expect(all).toContain('store.example');
    }
  });

  test('shows code and evidence of an error, and neither stack nor buffers nor endless nesting', () => {
    const { log, written } = collect('info', false);
    const deep: Record<string, unknown> = {};
    deep['self'] = deep;
    log.error(
      {
        error: new LedgerError('StoreBusy', 'held', { evidence: { file: 'ledger.db' } }),
        bytes: new Uint8Array(9),
        deep,
        long: 'y'.repeat(100_000),
      },
      'failed',
    );
    const record = JSON.parse(written[0]!) as Record<string, unknown>;
    expect(record['error']).toEqual({ name: 'StoreBusy', message: 'held', code: 'StoreBusy', evidence: { file: 'ledger.db' } });
    expect(record['bytes']).toBe('[9 bytes]');
    expect(JSON.stringify(record['deep'])).toContain('[deeper]');
    expect(written[0]!.length).toBeLessThan(10_000);
    expect(written[0]).not.toContain('system.test');
  });

  test('is silent when configured so', () => {
    const { log, written } = collect('silent', false);
    log.error({}, 'unsaid');
    expect(written).toEqual([]);
    expect(() => collect('loud', false)).toThrow('none of debug');
  });
});

/** A terminal that keeps what is written. */
const screen = () => {
  let text = '';
  const sink = new Writable({ write: (chunk: Buffer, _, done) => ((text += chunk.toString()), done()) });
  Object.assign(sink, {
    isTTY: true,
    columns: 80,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
    clearScreenDown: () => true,
  });
  return { stream: sink, text: () => text };
};

describe('progress', () => {
  test('writes nothing when it is not a terminal', () => {
    const { stream, text } = screen();
    const progress = createProgress(false, stream);
    progress.start('windows', 10);
    progress.advance(5);
    progress.stop();
    expect(text()).toBe('');
  });

  test('shows label and count on a terminal, and may be stopped twice', async () => {
    await import('cli-progress');
    const { stream, text } = screen();
    const progress = createProgress(true, stream);
    progress.start('windows', 10);
    await setTimeout(20);
    progress.advance(10);
    progress.stop();
    progress.stop();
    progress.advance(11);
    expect(text()).toContain('windows');
    expect(text()).toContain('0/10');
  });
});

describe('the build in force', () => {
  let root: string;
  const commit = 'c0ffee'.padEnd(40, '0');
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'build-info-'));
    writeFileSync(join(root, 'package.json'), '{"name":"x","version":"1.2.3"}');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const put = (file: string, text: string): void => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  };

  const moduleUrl = (file: string): string => pathToFileURL(join(root, file)).href;

  test('of a bare tree has a version and says what is unknown', () => {
    expect(codeOfSourceTree(root)).toEqual({ version: '1.2.3', commit: 'unknown', lockHash: 'unknown' });
  });

  test('names the lock file by its SHA-256 and the commit of a branch, a packed branch, a detached head and a worktree', () => {
    put('package-lock.json', '{}');
    put('.git/HEAD', 'ref: refs/heads/main\n');
    expect(codeOfSourceTree(root).commit).toBe('unknown');
    put('.git/packed-refs', `# pack-refs with: peeled fully-peeled sorted\n${commit} refs/heads/main\n`);
    expect(codeOfSourceTree(root)).toEqual({ version: '1.2.3', commit, lockHash: createHash('sha256').update('{}').digest('hex') });
    put('.git/refs/heads/main', `${commit.replace('c0', 'd0')}\n`);
    expect(codeOfSourceTree(root).commit).toBe(commit.replace('c0', 'd0'));
    put('.git/HEAD', `${commit}\n`);
    expect(codeOfSourceTree(root).commit).toBe(commit);

    put('tree/package.json', '{"version":"2.0.0"}');
    put('tree/.git', `gitdir: ${join(root, '.git/worktrees/tree')}\n`);
    put('.git/worktrees/tree/HEAD', 'ref: refs/heads/side\n');
    put('.git/worktrees/tree/commondir', '../..\n');
    put('.git/refs/heads/side', `${commit.replace('c0', 'e0')}\n`);
    expect(codeOfSourceTree(join(root, 'tree')).commit).toBe(commit.replace('c0', 'e0'));
  });

  test('of compiled code is what its build wrote, of code run from source the tree around it', () => {
    put(`dist/${buildInfoFile}`, JSON.stringify({ version: '9.9.9', commit, lockHash: 'f'.repeat(64) }));
    put('dist/infra/system/code.js', '');
    expect(codeOf(moduleUrl('dist/infra/system/code.js'))).toEqual({ version: '9.9.9', commit, lockHash: 'f'.repeat(64) });
    expect(codeOf(moduleUrl('infra/system/code.ts')).version).toBe('1.2.3');
    expect(codeInForce().version).toMatch(/^\d+\.\d+\.\d+/);
  });
});
