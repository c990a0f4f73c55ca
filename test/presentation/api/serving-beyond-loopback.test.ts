import { readFileSync } from 'node:fs';
import { request as byTls } from 'node:https';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { needs } from '../../support/needs.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { ServedLedger, tokenOf } from '../../support/served-ledger.ts';

const bench = new Workbench(scratchDirectory());
let viewer: string;
beforeAll(async () => {
  await bench.json(['manifest', 'apply', '--no-seal']);
  viewer = await tokenOf(bench, 'olga', 'viewer');
});

const json = { 'content-type': 'application/json' };

describe('serve', () => {
  test.each([
    ['without TLS', '--listen', ['--listen', '0.0.0.0:0']],
    ['to anybody', '--anybody-reads', ['--listen', '0.0.0.0:0', '--behind-proxy', '10.0.0.7', '--anybody-reads']],
    ['to anybody through a proxy of this machine', '--anybody-reads', ['--behind-proxy', '127.0.0.1', '--anybody-reads']],
    ['with a certificate without its key', '--tls-key', ['--tls-certificate', 'a.pem']],
    ['with a key without its certificate', '--tls-certificate', ['--tls-key', 'a.key']],
  ])('shows no ledger to other machines %s', async (_, path, flags) => {
    const { exit, error } = await bench.json(['serve', ...flags]);
    expect([exit, error?.code, error?.at.path]).toEqual([2, 'Usage', path]);
  });

  test('names a proxy by its address', async () => {
    const { exit, error } = await bench.json(['serve', '--behind-proxy', 'proxy.example']);
    expect([exit, error?.code, error?.at.path]).toEqual([2, 'ConfigInvalid', '--behind-proxy']);
  });

  test('refuses half of an identity provider before it serves', async () => {
    const environment = { SLEEVE_LEDGER_OIDC_ISSUER: 'https://login.example', SLEEVE_LEDGER_OIDC_ROLES: 'a=viewer' };
    const { exit, error } = await bench.json(['serve', '--listen', '127.0.0.1:0'], { environment });
    expect([exit, error?.code, error?.at.path]).toEqual([2, 'ConfigInvalid', 'oidcAudience']);
  });

  test('behind a proxy gives a session to who came to it by TLS, under its name', async () => {
    const served = await ServedLedger.start(bench, ['--behind-proxy', '127.0.0.1', '--listen-hosts', 'ledger.example']);
    try {
      const page = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ledger.example', origin: 'https://ledger.example' };
      const signIn = { method: 'POST', body: JSON.stringify({ token: viewer }) };
      const answer = await served.ask('/v1/session', { ...signIn, headers: { ...json, ...page } });
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([
        200,
        expect.stringMatching(/^__Host-sleeve-ledger-session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict; Secure$/),
      ]);
      const cookie = answer.headers.get('set-cookie')!.split(';', 1)[0]!;
      const asked = await served.ask('/v1/session', { headers: { ...page, cookie } });
      expect([asked.status, asked.json['by']]).toEqual([200, 'session']);
      const open = await served.ask('/v1/session', { ...signIn, headers: json });
      expect([open.status, open.json['title'], open.headers.get('set-cookie')]).toEqual([403, 'TlsNeeded', null]);
    } finally {
      await served.stop();
    }
  });
});

needs('openssl').describe('serve with a certificate', () => {
  test('answers by TLS, and gives a session that no request without it shows', async () => {
    const { certificate, key } = selfSigned(bench.directory, 'ledger');
    const served = await ServedLedger.start(bench, ['--tls-certificate', certificate, '--tls-key', key]);
    const ca = readFileSync(certificate, 'utf8');
    const asked = (method: string, headers: object, body = ''): Promise<{ status: number; cookie: string; body: string }> =>
      new Promise((resolve, reject) => {
        const sent = byTls(`${served.url}/v1/session`, { method, ca, headers: { ...json, ...headers } }, (answer) => {
          let heard = '';
          answer.on('data', (chunk: Buffer) => (heard += chunk.toString('utf8')));
          answer.on('end', () => resolve({ status: answer.statusCode!, cookie: answer.headers['set-cookie']?.join() ?? '', body: heard }));
        });
        sent.on('error', reject);
        sent.end(body);
      });
    try {
      const signedIn = await asked('POST', { origin: served.url }, JSON.stringify({ token: viewer }));
      expect(signedIn.status).toBe(200);
      expect(signedIn.cookie).toMatch(/^__Host-sleeve-ledger-session=[\w-]{43}; .*; Secure$/);
      const cookie = signedIn.cookie.split(';', 1)[0]!;
      expect(JSON.parse((await asked('GET', { cookie })).body)).toMatchObject({ name: 'olga', roles: ['viewer'], by: 'session' });
      expect((await asked('GET', { cookie: cookie.replace('__Host-', '') })).status).toBe(401);
    } finally {
      await served.stop();
    }
  });
});
