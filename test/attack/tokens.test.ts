/**
 * Somebody after the tokens of the API: who reads the disk, the logs or the exports, who guesses, who kept one that ended, who has one of
 * another ledger, who edits the rows that list them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../../handlers/access/bearer.ts';
import { createNodeCrypto } from '../../infra/crypto/node-crypto.ts';
import { Workbench } from '../support/cli.ts';
import { Forger } from '../support/forger.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { ServedLedger, tokenOf } from '../support/served-ledger.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch);
const other = new Workbench(scratch);
let served: ServedLedger;
let logged = '';
let operator: string;
let viewer: string;

/** As the API knows a token: what `token list` calls it. */
const idOf = (token: string): string => fingerprintOf(createNodeCrypto(), token).tokenId;
const halt = (token: string) => served.send('/v1/portfolios/pair/halt', { why: 'an attack' }, token);

beforeAll(async () => {
  for (const one of [bench, other]) await one.json(['ledger', 'init']);
  await bench.json(['manifest', 'apply']);
  operator = await tokenOf(bench, 'olga', 'operator');
  viewer = await tokenOf(bench, 'vera', 'viewer');
  served = await ServedLedger.start(bench, ['--log-level', 'debug'], { onStderr: (text) => (logged += text) });
}, 60_000);
afterAll(() => served.stop());

/** Every file of a folder, whole, by name. */
function filesIn(folder: string): readonly (readonly [name: string, bytes: Buffer])[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name))]);
}

describe('the secret of a token', () => {
  test('stands in no file of the ledger, in no export, no backup and no answer about it', async () => {
    for (const token of [operator, viewer]) expect((await served.ask('/v1/status', { token })).status).toBe(200);
    expect((await served.ask('/v1/status', { token: viewer.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')) })).status).toBe(401);
    const answers = [
      await bench.run(['audit', 'export', '--all', '-o', bench.path('audit.jsonl')]),
      await bench.run(['ledger', 'backup', '--to', bench.path('backup.sqlite')]),
      await bench.run(['ledger', 'events', '--json', '--limit', '1000']),
      await bench.run(['token', 'list', '--json']),
      await bench.run(['token', 'list']),
    ].map(({ exit, stdout, stderr }) => [exit, stdout + stderr] as const);
    expect(answers.map(([exit]) => exit)).toEqual([0, 0, 0, 0, 0]);
    const files = filesIn(bench.directory);
    expect(files.map(([name]) => name)).toEqual(
      expect.arrayContaining(['ledger.sqlite', 'ledger.sqlite.token-uses', 'audit.jsonl', 'backup.sqlite']),
    );
    for (const token of [operator, viewer]) {
      const secret = token.slice('slt_'.length);
      const raw = Buffer.from(secret, 'base64url');
      const forms = [secret, raw, raw.toString('hex'), raw.toString('base64')];
      for (const form of forms) {
        expect(files.filter(([, bytes]) => bytes.includes(form)).map(([name]) => name)).toEqual([]);
        expect(answers.filter(([, text]) => text.includes(form.toString('latin1')))).toEqual([]);
      }
      // The honest case: the same look finds what is kept of it.
      expect(files.filter(([, bytes]) => bytes.includes(idOf(token))).map(([name]) => name)).toContain('ledger.sqlite.token-uses');
    }
  });

  test('is in no line of the log, wherever a request shows it', async () => {
    const secret = operator.slice('slt_'.length);
    await served.ask(`/v1/runs?token=${operator}`, { token: operator });
    await served.ask(`/v1/runs/${operator}`, { token: operator });
    await served.ask(`/v1/${operator}`);
    await served.send(`/v1/portfolios/${operator}/halt`, { why: operator, token: operator }, operator);
    await served.ask('/v1/status', { headers: { authorization: operator } });
    await served.ask('/v1/status', { headers: { authorization: `Basic ${btoa(`olga:${operator}`)}` } });
    expect(logged).toContain('Serving ');
    expect(logged).not.toContain(secret);
  });
});

describe('who has no token in force', () => {
  test.each([
    ['nothing', undefined],
    ['another scheme', 'Basic b2xnYTpwYXNz'],
    ['no more than the prefix', 'Bearer slt_'],
    ['a token that nobody made', `Bearer slt_${'A'.repeat(43)}`],
    ['a text that is no token', `Bearer ${'x'.repeat(4_000)}`],
    ['two words', 'Bearer a b'],
  ])('is turned away with %s, and learns nothing of the ledger', async (_, authorization) => {
    const answer = await served.ask('/v1/status', authorization === undefined ? {} : { headers: { authorization } });
    expect([answer.status, answer.json['title'], answer.headers.get('www-authenticate')]).toEqual([401, 'NotAuthenticated', 'Bearer']);
    expect(answer.text).not.toMatch(/pair|olga|ledger\.sqlite/);
  });

  test('is turned away with the id of a token, or its hash, which the ledger shows to its readers', async () => {
    const { secretSha256, tokenId } = fingerprintOf(createNodeCrypto(), operator);
    for (const shown of [tokenId, secretSha256, `slt_${secretSha256.slice(0, 43)}`])
      expect((await served.ask('/v1/status', { token: shown })).status).toBe(401);
  });

  test('is turned away with a token of another ledger', async () => {
    const foreign = await tokenOf(other, 'olga', 'operator');
    expect((await served.ask('/v1/status', { token: foreign })).status).toBe(401);
  });

  test('is turned away from the request on that follows a revocation, also one by another process', async () => {
    const leaving = await tokenOf(bench, 'leon', 'viewer');
    expect((await served.ask('/v1/status', { token: leaving })).status).toBe(200);
    expect((await bench.json(['token', 'revoke', leaving, '--why', 'he left'])).exit).toBe(0);
    const after = await served.ask('/v1/status', { token: leaving });
    expect([after.status, after.json['detail']]).toEqual([401, 'the token was revoked']);
  });

  test('is turned away from the end of a token on', async () => {
    const { result } = await bench.json(['token', 'create', '--holder', 'tess', '--role', 'viewer', '--days', '1', '--no-seal']);
    const { token, expiresAt } = result as { token: string; expiresAt: string };
    const later = await ServedLedger.start(bench, [], { now: expiresAt });
    const answer = await later.ask('/v1/status', { token });
    await later.stop();
    expect([answer.status, answer.json['detail']]).toEqual([401, `the token expired at ${expiresAt}`]);
  });
});

describe('who may write the disk', () => {
  test('gains no role by the rows that list the tokens, and verification finds the edit', async () => {
    new Forger(bench.store).execute(
      `UPDATE projection_rows SET value = replace(value, '["viewer"]', '["operator"]') WHERE projection = 'token-directory'`,
    );
    expect(await halt(viewer)).toMatchObject({ status: 403, json: { title: 'NotPermitted' } });
    const { exit, result } = await bench.json(['ledger', 'verify']);
    expect([exit, (result['faults'] as { kind: string }[]).map(({ kind }) => kind)]).toEqual([1, ['read_model_differs']]);
    expect((await bench.json(['ledger', 'rebuild'])).exit).toBe(0);
  });

  test('can say of a token that it was used when it was not, and nothing is decided by that', async () => {
    const idle = await tokenOf(bench, 'ida', 'viewer');
    new Forger(`${bench.store}.token-uses`).sql('INSERT INTO token_uses VALUES (?, ?)', idOf(idle), '2026-01-01T00:00:00.000Z');
    expect((await served.ask('/v1/status', { token: idle })).status).toBe(200);
    expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
  });
});

test('control: the honest operator decides, under the name that the token was made for', async () => {
  expect(await halt(operator)).toMatchObject({ status: 200, json: { result: { state: 'halted' } } });
  const { result } = await bench.json(['ledger', 'events', '--types', 'PublicationHalted']);
  expect(result['events']).toMatchObject([{ actor: 'olga' }]);
});
