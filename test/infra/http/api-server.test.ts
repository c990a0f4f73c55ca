import { readFileSync } from 'node:fs';
import { request as byTls } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LedgerError } from '../../../domain/shared/errors.ts';
import { type ApiServer, createApiServer } from '../../../infra/http/api-server.ts';
import type { ApiAnswer, ApiEndpoint } from '../../../presentation/ports/ports.ts';
import { needs } from '../../support/needs.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { selfSigned } from '../../support/self-signed.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const text = (status: number, body: string): ApiAnswer => ({ status, headers: { 'content-type': 'text/plain' }, body });
const refusal = ({ code }: LedgerError): ApiAnswer => text(403, code);

/** Answers how the server was reached, as the endpoints see it. */
const origin: ApiEndpoint = {
  method: 'GET',
  path: '/origin',
  bodyBytesMax: 0,
  answer: async (request) => text(200, request.origin),
};
const base = { address: '127.0.0.1:0', endpoints: [origin], hosts: ['ledger.example'], proxies: [], tls: null, refusal, log };

async function asked(server: ApiServer, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await fetch(`${server.url}/origin`, { headers })).text();
}

const servers: Record<string, ApiServer> = {};
beforeAll(async () => {
  servers['alone'] = await createApiServer(base);
  servers['behind a proxy'] = await createApiServer({ ...base, proxies: ['127.0.0.1'] });
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.close();
});

const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ledger.example' };

describe('a server of the API alone', () => {
  test('is reached at its own address, whatever a stranger says of a proxy', async () => {
    const server = servers['alone']!;
    expect(await asked(server)).toBe(server.url);
    expect(await asked(server, forwarded)).toBe(server.url);
  });

  test.each(['https://evil.example', 'null', 'http://127.0.0.1', 'http://127.0.0.1:1', 'http://localhost', '', '/'])(
    'answers no page of the origin %j',
    async (stranger) => {
      expect(await asked(servers['alone']!, { origin: stranger })).toBe('OriginUnknown');
    },
  );

  test('answers its own page, by the name that the page has', async () => {
    const { url } = servers['alone']!;
    expect(await asked(servers['alone']!, { origin: url })).toBe(url);
    const byName = url.replace('127.0.0.1', 'localhost');
    expect(await (await fetch(`${byName}/origin`, { headers: { origin: byName } })).text()).toBe(byName);
  });
});

describe('a server of the API behind a proxy', () => {
  test('is reached under the name that the proxy was asked for, and its page has that origin', async () => {
    const server = servers['behind a proxy']!;
    expect(await asked(server, forwarded)).toBe('https://ledger.example');
    expect(await asked(server, { ...forwarded, origin: 'https://ledger.example' })).toBe('https://ledger.example');
    expect(await asked(server, { ...forwarded, origin: server.url })).toBe('OriginUnknown');
  });

  test('answers nothing that came to the proxy without TLS, or of which it does not say how it came', async () => {
    const server = servers['behind a proxy']!;
    expect(await asked(server, { ...forwarded, 'x-forwarded-proto': 'http' })).toBe('TlsNeeded');
    expect(await asked(server)).toBe('TlsNeeded');
  });

  test('answers under no name that is not its own', async () => {
    expect(await asked(servers['behind a proxy']!, { ...forwarded, 'x-forwarded-host': 'evil.example' })).toBe('HostUnknown');
  });
});

needs('openssl').describe('a server of the API with a certificate', () => {
  const folder = scratchDirectory();
  let certificate: string;
  let server: ApiServer;
  const files = (name: string) => {
    const made = selfSigned(folder, name);
    return { certificate: readFileSync(made.certificate, 'utf8'), key: readFileSync(made.key, 'utf8') };
  };
  beforeAll(async () => {
    const tls = files('ledger');
    ({ certificate } = tls);
    server = await createApiServer({ ...base, tls });
  });
  afterAll(() => server.close());

  const askedByTls = (options: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const sent = byTls(`${server.url}/origin`, options, (answer) => {
        let body = '';
        answer.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
        answer.on('end', () => resolve(body));
      });
      sent.on('error', reject);
      sent.end();
    });

  test('answers who trusts it, and nobody without TLS', async () => {
    expect(server.url).toMatch(/^https:/);
    expect(await askedByTls({ ca: certificate })).toBe(server.url);
    await expect(askedByTls({})).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await expect(fetch(server.url.replace('https:', 'http:'))).rejects.toThrow();
  });

  test('speaks TLS 1.2 and later only', async () => {
    const old = { ca: certificate, minVersion: 'TLSv1' as const, ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(askedByTls({ ...old, maxVersion: 'TLSv1.1' })).rejects.toThrow();
    expect(await askedByTls({ ...old, maxVersion: 'TLSv1.2' })).toBe(server.url);
  });

  test('is not begun with the key of another, or with what is no certificate', async () => {
    const other = files('other');
    for (const tls of [
      { certificate, key: other.key },
      { certificate: 'none', key: other.key },
    ])
      await expect(createApiServer({ ...base, tls })).rejects.toMatchObject({ code: 'ConfigInvalid', at: { path: '--tls-certificate' } });
  });
});
