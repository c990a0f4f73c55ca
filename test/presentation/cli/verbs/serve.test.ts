/** `serve` at the command line: what it refuses to show to whoever can listen, how it is reached over TLS, how it begins and ends. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../../support/cli.ts';
import { needs } from '../../../support/needs.ts';
import { scratchDirectory } from '../../../support/scratch.ts';
import { ServedLedger, tokenOf } from '../../../support/served-ledger.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch);

beforeAll(async () => {
  await bench.json(['ledger', 'init']);
});

/** A signal that has been given already: what would serve until it comes ends at once. */
const stopped = AbortSignal.abort();
const serve = (...flags: string[]) => bench.json(['serve', ...flags], { signal: stopped });

describe('serve refuses', () => {
  const pem = bench.write('some.pem', 'a certificate or a key');

  test.each([
    ['other machines without TLS', ['--listen', '0.0.0.0:0'], '--listen', '0.0.0.0:0 is reached by other machines'],
    ['an address of its own network without TLS', ['--listen', '192.0.2.7:0'], '--listen', '192.0.2.7:0 is reached by other machines'],
    ['every address of IPv6 without TLS', ['--listen', '[::]:0'], '--listen', '[::]:0 is reached by other machines'],
    ['a name that only begins as loopback', ['--listen', '127.0.0.1.example:0'], '--listen', 'is reached by other machines'],
    ['a certificate without its key', ['--tls-certificate', pem], '--tls-key', '--tls-certificate needs --tls-key'],
    ['a key without its certificate', ['--tls-key', pem], '--tls-certificate', '--tls-key needs --tls-certificate'],
    [
      'readers without a token beyond loopback',
      ['--listen', '0.0.0.0:0', '--behind-proxy', '127.0.0.1', '--anybody-reads'],
      '--anybody-reads',
      'loopback',
    ],
    [
      'readers without a token beyond loopback with TLS',
      ['--listen', '0.0.0.0:0', '--tls-certificate', pem, '--tls-key', pem, '--anybody-reads'],
      '--anybody-reads',
      'loopback',
    ],
    [
      'readers without a token behind a proxy on this machine',
      ['--behind-proxy', '127.0.0.1', '--anybody-reads'],
      '--anybody-reads',
      'no proxy',
    ],
    [
      'readers without a token under another name',
      ['--listen-hosts', 'ledger.example', '--anybody-reads'],
      '--anybody-reads',
      'other name',
    ],
  ])('%s', async (_, flags, path, message) => {
    expect(await serve(...flags)).toMatchObject({
      exit: 2,
      error: { code: 'Usage', at: { path }, message: expect.stringContaining(message) },
    });
  });

  test('a certificate and a key that are none, naming the flag and not what is in the files', async () => {
    const answer = await serve('--listen', '127.0.0.1:0', '--tls-certificate', pem, '--tls-key', pem);
    expect(answer).toMatchObject({ exit: 2, error: { code: 'ConfigInvalid', at: { path: '--tls-certificate' } } });
    expect(answer.error!.message).toContain('certificate and key cannot be used');
    expect(answer.error!.message).not.toContain('a certificate or a key');
  });

  test.each([
    ['127.0.0.1', 'Usage'],
    ['127.0.0.1:', 'Usage'],
    ['127.0.0.1:70000', 'ConfigInvalid'],
    [':8470', 'ConfigInvalid'],
  ])('the address %s, which is none', async (address, code) => {
    const { exit, error } = await serve('--listen', address, '--behind-proxy', '127.0.0.1');
    expect([exit, error?.code]).toEqual([2, code]);
    expect(error!.message).toContain('HOST:PORT');
  });

  test('an address at which something listens already', async () => {
    const served = await ServedLedger.start(bench);
    const answer = await serve('--listen', new URL(served.url).host);
    await served.stop();
    expect(answer).toMatchObject({ exit: 2, error: { code: 'ConfigInvalid', message: expect.stringContaining('cannot be listened on') } });
  });
});

describe('serve', () => {
  test('asks everybody for a token unless it is told otherwise, also on loopback', async () => {
    const served = await ServedLedger.start(bench, []);
    const token = await tokenOf(bench, 'vera', 'viewer');
    expect([(await served.ask('/v1/status')).status, (await served.ask('/v1/status', { token })).status]).toEqual([401, 200]);
    await served.stop();
  });

  test('says where it serves, serves until it is stopped, and then ends well', async () => {
    const stopping = new AbortController();
    let announced = '';
    const { exit, stderr } = await bench.run(['serve', '--listen', '127.0.0.1:0', '--json'], {
      signal: stopping.signal,
      onStderr: (text) => {
        announced += text;
        if (announced.includes('\n')) stopping.abort();
      },
    });
    expect(exit).toBe(0);
    expect(stderr).toMatch(
      /^Serving .*ledger\.sqlite at (http:\/\/127\.0\.0\.1:\d+) \(\1\/v1\/openapi\.json says how it is asked\)\. Stop with Ctrl-C\.\n$/,
    );
    await expect(fetch(/at (http:\S+) /.exec(stderr)![1]!)).rejects.toThrow('fetch failed');
  });

  test('is asked under the names that it was given, and under no other: a page of a stranger reads nothing through a browser', async () => {
    const served = await ServedLedger.start(bench, ['--behind-proxy', '127.0.0.1', '--listen-hosts', 'ledger.example, other.example']);
    const answers = await Promise.all(
      ['ledger.example', 'other.example', 'localhost', 'evil.example'].map((host) => statusUnder(served.url, host)),
    );
    await served.stop();
    expect(answers).toEqual([401, 401, 401, 421]);
  });
});

/** The status that a question gets when it is asked under a name: `fetch` says none but the URL's own. */
async function statusUnder(url: string, host: string): Promise<number> {
  const { get } = await import('node:http');
  return new Promise((resolve, reject) => {
    get(`${url}/v1/status`, { headers: { host, 'x-forwarded-proto': 'https' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    }).once('error', reject);
  });
}

needs('openssl').describe('serve with a certificate', () => {
  const [certificate, key, otherKey] = ['served.pem', 'served.key', 'other.key'].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const made = (keyFile: string, out: string): void => {
    const words = ['req', '-x509', ...curve, '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync('openssl', [...words, '-keyout', keyFile, '-out', out], { stdio: 'ignore' });
  };
  beforeAll(() => {
    made(key, certificate);
    made(otherKey, join(scratch, 'other.pem'));
  });

  test('answers over TLS to those who trust it', async () => {
    const token = await tokenOf(bench, 'vera', 'viewer');
    const served = await ServedLedger.start(bench, ['--tls-certificate', certificate, '--tls-key', key]);
    expect(served.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const { port } = new URL(served.url);
    const status = await new Promise<number>((resolve, reject) => {
      const asking = request(
        { host: '127.0.0.1', servername: 'localhost', port, path: '/v1/status', ca: readFileSync(certificate), agent: false },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode!);
        },
      );
      asking.setHeader('authorization', `Bearer ${token}`);
      asking.setHeader('host', 'localhost');
      asking.once('error', reject);
      asking.end();
    });
    await served.stop();
    expect(status).toBe(200);
  });

  test('refuses a key of another certificate', async () => {
    expect(await serve('--listen', '127.0.0.1:0', '--tls-certificate', certificate, '--tls-key', otherKey)).toMatchObject({
      exit: 2,
      error: { code: 'ConfigInvalid', at: { path: '--tls-certificate' } },
    });
  });
});
