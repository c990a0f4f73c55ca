/** Tokens at the command line: made, listed and revoked, with what is recorded of it and what is not. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeEnvelope } from '../../../../domain/shared/envelope.ts';
import { projectRoot, Workbench } from '../../../support/cli.ts';
import { needs } from '../../../support/needs.ts';
import { anyPython } from '../../../support/python.ts';
import { scratchDirectory } from '../../../support/scratch.ts';
import { ServedLedger, tokenOf } from '../../../support/served-ledger.ts';
import { spawnSync } from 'node:child_process';

const scratch = scratchDirectory();
const at = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T08:00:00.000Z`;

async function ledger(): Promise<Workbench> {
  const bench = new Workbench(scratch);
  await bench.json(['ledger', 'init'], { now: at(1) });
  return bench;
}

type Listed = { tokenId: string; holder: string; standing: string | null; lastUsedHour: string | null };
const listed = async (bench: Workbench, ...flags: string[]): Promise<Listed[]> =>
  (await bench.json(['token', 'list', ...flags], { now: at(20) })).result['tokens'] as Listed[];
const create = (bench: Workbench, ...flags: string[]) => bench.json(['token', 'create', ...flags, '--no-seal'], { now: at(2) });

describe('token create', () => {
  test('shows the token once, and records its hash, its holder, its roles and its end', async () => {
    const bench = await ledger();
    const { exit, result } = await create(bench, '--holder', 'olga', '--role', 'approver,operator', '--role', 'operator', '--days', '30');
    const { token, tokenId } = result as { token: string; tokenId: string };
    expect([exit, result]).toEqual([
      0,
      { tokenId, token, holder: 'olga', roles: ['operator', 'approver'], expiresAt: '2026-12-02T08:00:00.000Z' },
    ]);
    const made = (await bench.events()).find(({ type }) => type === 'TokenCreated')!;
    const { data, actor } = decodeEnvelope(made.bytes);
    expect([made.stream, actor, Object.keys(data).toSorted()]).toEqual([
      `token-${tokenId}`,
      'tester',
      ['expiresAt', 'holder', 'roles', 'secretSha256', 'tokenId'],
    ]);
    expect(data).toMatchObject({ holder: 'olga', roles: ['operator', 'approver'], expiresAt: '2026-12-02T08:00:00.000Z' });
  });

  test('prints the token on a line of its own for people, and says that this is the only time', async () => {
    const bench = await ledger();
    const { stdout } = await bench.run(['token', 'create', '--holder', 'olga', '--role', 'viewer'], { now: at(2) });
    expect(stdout).toMatch(
      /^Token [0-9a-f]{16} of olga \(viewer\), until 2027-01-31T08:00:00\.000Z\. It is shown this once and kept nowhere:$/m,
    );
    expect(stdout).toMatch(/^ *slt_[A-Za-z0-9_-]{43}$/m);
  });

  test.each([
    ['nobody', ['--holder', 'unnamed', '--role', 'viewer'], 'ActorUnnamed', '--holder'],
    ['a holder with a character that nobody sees', ['--holder', 'ol\u200bga', '--role', 'viewer'], 'Usage', '--holder'],
    ['a role that there is not', ['--holder', 'olga', '--role', 'aprover'], 'Usage', '--role'],
    ['no role', ['--holder', 'olga', '--role', ','], 'Usage', '--role'],
    ['no day', ['--holder', 'olga', '--role', 'viewer', '--days', '0'], 'Usage', '--days'],
    ['more than two years', ['--holder', 'olga', '--role', 'viewer', '--days', '732'], 'Usage', '--days'],
  ])('refuses %s, and records nothing', async (_, flags, code, path) => {
    const bench = await ledger();
    expect(await create(bench, ...flags)).toMatchObject({ exit: 2, error: { code, at: { path } } });
    expect((await bench.events()).filter(({ stream }) => stream.startsWith('token-'))).toEqual([]);
  });
});

describe('token list', () => {
  test('says of each token how it stands now, and how it stood at a point of ledger time', async () => {
    const bench = await ledger();
    await create(bench, '--holder', 'short', '--role', 'viewer', '--days', '5');
    await create(bench, '--holder', 'long', '--role', 'viewer');
    const { result } = await create(bench, '--holder', 'gone', '--role', 'sender');
    const known = (await bench.events()).at(-1)!.position;
    await bench.json(['token', 'revoke', result['tokenId'] as string, '--why', 'she left', '--no-seal'], { now: at(10) });
    const standings = async (...flags: string[]) =>
      Object.fromEntries((await listed(bench, ...flags)).map(({ holder, standing }) => [holder, standing]));
    expect(await standings()).toEqual({ short: 'expired', long: 'in force', gone: 'revoked' });
    expect(await standings('--known-at', at(3))).toEqual({ short: 'in force', long: 'in force', gone: 'in force' });
    expect(await standings('--known-at', at(8))).toEqual({ short: 'expired', long: 'in force', gone: 'in force' });
    expect(await standings('--known-at', at(12))).toEqual({ short: 'expired', long: 'in force', gone: 'revoked' });
    // A position is no instant: whether a token had expired cannot be said.
    expect(await standings('--known-at', known)).toEqual({ short: null, long: null, gone: null });
    expect(await standings('--known-at', at(1))).toEqual({});
  });

  test('shows in which hour each was last used, also after it was revoked, and never of the past', async () => {
    const bench = await ledger();
    const token = await tokenOf(bench, 'vera', 'viewer');
    await tokenOf(bench, 'idle', 'viewer');
    const used = '2027-01-04T09:41:17.000Z';
    const served = await ServedLedger.start(bench, [], { now: used });
    for (let time = 0; time < 3; time++) expect((await served.ask('/v1/status', { token })).status).toBe(200);
    await served.stop();
    const hours = async (...flags: string[]) => (await listed(bench, ...flags)).map(({ holder, lastUsedHour }) => [holder, lastUsedHour]);
    expect(await hours()).toEqual([
      ['vera', '2027-01-04T09:00:00.000Z'],
      ['idle', null],
    ]);
    await bench.json(['token', 'revoke', token, '--why', 'found in a chat']);
    expect((await hours())[0]).toEqual(['vera', '2027-01-04T09:00:00.000Z']);
    const position = (await bench.events()).at(-1)!.position;
    expect(await hours('--known-at', position)).toEqual([
      ['vera', null],
      ['idle', null],
    ]);
    expect((await bench.run(['token', 'list'])).stdout).toContain('2027-01-04T09:00:00.000Z');
  });

  test('answers where the notes of last uses are no such file, and says that they are not known', async () => {
    const bench = await ledger();
    await create(bench, '--holder', 'vera', '--role', 'viewer');
    bench.write('ledger.sqlite.token-uses', 'of somebody else');
    const { exit, result, warnings } = await bench.json(['token', 'list']);
    expect([exit, (result['tokens'] as Listed[]).map(({ lastUsedHour }) => lastUsedHour)]).toEqual([0, [null]]);
    expect(warnings).toEqual([expect.stringContaining('when tokens were last used is not known: ')]);
  });
});

describe('token revoke', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await ledger();
  });

  test('names the token by its id, once: the second time changes nothing and tells the first reason', async () => {
    const { result } = await create(bench, '--holder', 'olga', '--role', 'operator');
    const revoke = (why: string) => bench.json(['token', 'revoke', result['tokenId'] as string, '--why', why, '--no-seal']);
    expect((await revoke('she left')).result).toEqual({ tokenId: result['tokenId'], holder: 'olga', already: false, why: 'she left' });
    expect((await revoke('again')).result).toEqual({ tokenId: result['tokenId'], holder: 'olga', already: true, why: 'she left' });
    expect((await bench.events()).filter(({ type }) => type === 'TokenRevoked')).toHaveLength(1);
  });

  test('takes the token itself from whoever found it, and repeats it nowhere', async () => {
    const { result } = await create(bench, '--holder', 'desk', '--role', 'sender');
    const token = result['token'] as string;
    const { exit, stdout, stderr } = await bench.run(['token', 'revoke', token, '--why', 'found in a chat']);
    expect([exit, stdout]).toEqual([0, `Token ${result['tokenId'] as string} of desk is revoked.\n`]);
    expect(stderr).not.toContain(token.slice(4));
  });

  test('refuses an id that nobody has, naming one that is near, and what is neither id nor token without repeating it', async () => {
    const { result } = await create(bench, '--holder', 'near', '--role', 'viewer');
    const tokenId = result['tokenId'] as string;
    const mistyped = `${tokenId.slice(0, -1)}${tokenId.endsWith('0') ? '1' : '0'}`;
    const unknown = await bench.json(['token', 'revoke', mistyped, '--why', 'x', '--no-seal']);
    expect(unknown).toMatchObject({
      exit: 66,
      error: { code: 'TokenUnknown', message: expect.stringContaining(`did you mean ${tokenId}?`) },
    });
    const half = (result['token'] as string).slice(0, 40);
    const refused = await bench.json(['token', 'revoke', half, '--why', 'x', '--no-seal']);
    expect(refused).toMatchObject({ exit: 2, error: { code: 'Usage' } });
    expect(JSON.stringify(refused)).not.toContain(half.slice(4));
  });

  test('offers to a shell the tokens that it can revoke, and the roles to those that are made', async () => {
    const { stdout } = await bench.run(['completion', '--values', 'tokens']);
    const standing = (await listed(bench)).filter(({ standing: stands }) => stands !== 'revoked').map(({ tokenId }) => tokenId);
    expect(stdout.trim().split(/\s+/).toSorted()).toEqual(standing.toSorted());
    expect((await bench.run(['completion', 'bash'])).stdout).toContain('viewer auditor sender operator approver');
  });
});

describe('a ledger with tokens', () => {
  let bench: Workbench;
  let log: string;
  beforeAll(async () => {
    bench = await ledger();
    const token = await tokenOf(bench, 'olga', 'operator');
    await bench.json(['token', 'revoke', token, '--why', 'she left']);
    log = bench.path('audit.jsonl');
    await bench.json(['audit', 'export', '--all', '-o', log]);
  });

  test('is verified without a fault, and exported with a line for each of their facts', async () => {
    expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
    expect((await bench.json(['audit', 'verify', log])).exit).toBe(0);
    const steps = readFileSync(log, 'utf8').match(/"step":"token_[a-z]+"/g);
    expect(steps).toEqual(['"step":"token_create"', '"step":"token_revoke"']);
  });

  needs('python').test('is verified by the verifier that shares no code with this program', () => {
    const { status, stderr } = spawnSync(anyPython, ['-I', join(projectRoot, 'examples/verify_audit.py'), log], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  test('keeps no notes of last uses before a token was used', () => {
    expect(readdirSync(bench.directory).filter((name) => name.endsWith('.token-uses'))).toEqual([]);
  });
});
