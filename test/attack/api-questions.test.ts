/** A reader over HTTP who asks for more than is meant for them, a page of a stranger, and a client that sends a decision twice. */
import { readdir, readlink } from 'node:fs/promises';
import { request as requestOver } from 'node:http';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { offeredEndpoints } from '../../presentation/api/api.ts';
import { unserved } from '../../presentation/api/unserved.ts';
import { Workbench } from '../support/cli.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { type ApiReply, ServedLedger, tokenOf } from '../support/served-ledger.ts';

const bench = new Workbench(scratchDirectory());
let served: ServedLedger;
let everything: string;
let operator: string;
let run: string;

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve);
  await bench.json(['manifest', 'apply', '--no-seal']);
  const allocated = await bench.json(['flow', 'meta', '--profile', 'pair']);
  run = allocated.result['runId'] as string;
  everything = await tokenOf(bench, 'erin', 'viewer', 'auditor', 'operator', 'approver');
  operator = await tokenOf(bench, 'olga', 'operator');
  served = await ServedLedger.start(bench, []);
}, 300_000);
afterAll(() => served.stop());

const decide = (path: string, key: string, body: object = { why: 'the vendor is out' }, token = operator): Promise<ApiReply> =>
  served.ask(path, {
    method: 'POST',
    body: JSON.stringify(body),
    token,
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
  });

const halts = async (): Promise<number> => (await bench.events()).filter(({ type }) => type === 'PublicationHalted').length;

/** Files of the store that this process has open. */
async function openFiles(): Promise<number> {
  const links = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return links.filter((file) => file.startsWith(bench.store)).length;
}

async function verify(): Promise<void> {
  const { status, json } = await served.ask(`/v1/ledger/verification`, { token: everything });
  expect([status, json['result'].faults]).toEqual([200, []]);
}

/** As a browser asks for a page of `host` that has its name point at this address. */
const asked = (host: string, headers: Record<string, string> = {}): Promise<readonly [number, string]> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(served.url);
    const options = { host: '127.0.0.1', port, path: '/v1/status', headers: { host, authorization: `Bearer ${everything}`, ...headers } };
    requestOver(options, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve([answer.statusCode!, text]));
    })
      .on('error', reject)
      .end();
  });

describe('a body of JSON', () => {
  const path = '/v1/portfolios/pair/halt';
  const post = (body: string | Buffer): Promise<ApiReply> =>
    served.ask(path, { method: 'POST', body: body as string, token: operator, headers: { 'content-type': 'application/json' } });

  test.each<[string, string | Buffer]>([
    ['nested without end', `{"why":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
    ['with a member twice', '{"why":"a","why":"b"}'],
    ['with a member twice, once as an escape', '{"why":"a","wh\\u0079":"b"}'],
    ['with a member named __proto__', '{"why":"a","__proto__":{"why":"b"}}'],
    ['with a member that is not known', '{"why":"a","actor":"somebody else"}'],
    ['that is no UTF-8', Buffer.from([0x7b, 0x22, 0x77, 0xff, 0x22, 0x7d])],
    ['with half a pair', '{"why":"\\ud800"}'],
    ['that is a list', '["why"]'],
    ['with a number where a text belongs', '{"why":1}'],
    ['that is empty', ''],
    ['that goes on behind its end', '{"why":"a"}{"why":"b"}'],
    ['without a reason', '{"why":""}'],
  ])('%s is refused, and nothing is recorded', async (_what, body) => {
    const { status, json } = await post(body);
    expect([status, json['title']]).toEqual([400, 'RequestInvalid']);
    expect(await halts()).toBe(0);
  });

  test('that is larger than a decision is refused', async () => {
    expect((await post(`{"why":"${'x'.repeat(70_000)}"}`)).status).toBe(413);
  });
});

describe('what is asked for', () => {
  test.each(['..%2f..%2fetc%2fpasswd', '%00', '%2e%2e', '-h', '--store=x.sqlite', '__proto__', 'a%0ab', "'%20OR%201=1--", '%f0%9f%92%a3'])(
    '%s is a name that is not there, for every part of every path',
    async (name) => {
      for (const { endpoint } of offeredEndpoints(unserved)) {
        const { method, path } = endpoint;
        if (!path.includes('{') || !path.startsWith('/v1/')) continue;
        const posted = method === 'POST' ? { method, body: '{"why":"x"}', headers: { 'content-type': 'application/json' } } : { method };
        const target = path.replaceAll(/\{[^}]+\}/g, name);
        // What the client makes another path of is asked of that.
        if (new URL(target, served.url).pathname !== target) continue;
        const { status } = await served.ask(target, { ...posted, token: everything });
        expect([path, status, [400, 403, 404, 409, 422].includes(status)]).toEqual([path, status, true]);
      }
    },
    300_000,
  );

  test('no answer names a folder or the machine, and none holds a secret or a trace', async () => {
    const values: Readonly<Record<string, string>> = {
      meta: 'pair',
      run,
      before: run,
      after: run,
      symbol: 'NYSE:AAA',
      event: '3',
      sleeve: 'stocks',
    };
    const answers: string[] = [];
    for (const { endpoint } of offeredEndpoints(unserved)) {
      if (endpoint.method !== 'GET' || !endpoint.path.startsWith('/v1/') || endpoint.path === '/v1/stream') continue;
      const path = endpoint.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => values[name] ?? 'nothing');
      answers.push(`${endpoint.path} ${(await served.ask(path, { token: everything })).text}`);
    }
    // A short name of a machine stands in compressed bytes by chance.
    const machine = hostname().length < 6 ? [] : [hostname()];
    const secrets = [bench.directory, ...machine, everything, operator, process.cwd(), 'node_modules'];
    for (const answer of answers) {
      for (const secret of secrets) expect(answer).not.toContain(secret);
      expect(answer).not.toMatch(/\.ts:\d+|\bat Object\.|"stack"/);
    }
  }, 300_000);

  test('a verification leaves nothing open behind it', async () => {
    if (process.platform !== 'linux') return;
    await verify();
    const before = await openFiles();
    for (let time = 0; time < 3; time++) {
      await new Promise((resolve) => setTimeout(resolve, 1_001));
      await verify();
    }
    expect(await openFiles()).toBe(before);
  }, 300_000);
});

describe('a page of a stranger', () => {
  test.each([
    'evil.example',
    'evil.example:8470',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '0.0.0.0',
    '169.254.169.254',
  ])('that has its name %s point at the server is refused, even with a token', async (host) => {
    const [status, text] = await asked(host);
    expect([status, (JSON.parse(text) as { title: string }).title]).toEqual([421, 'HostUnknown']);
    expect(text).not.toContain('ledgerId');
  });

  test('reads nothing across origins, and cannot frame or sniff what it is shown', async () => {
    const { headers } = await served.ask('/v1/status', { token: everything });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect([headers.get('cross-origin-resource-policy'), headers.get('x-content-type-options')]).toEqual(['same-origin', 'nosniff']);
    expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
    const preflight = await served.ask('/v1/portfolios/pair/halt', { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([405, null]);
  });

  test('the names of the server itself are served', async () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]:8470']) expect((await asked(host))[0]).toBe(200);
  });
});

describe('a decision that is sent again', () => {
  test('with the same key is recorded once and answered as the first time', async () => {
    const first = await decide('/v1/portfolios/pair/halt', 'halt-1');
    const again = await decide('/v1/portfolios/pair/halt', '"halt-1"');
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([200, null]);
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([200, first.text, 'true']);
    expect(first.json['result'].already).toBe(false);
    expect(await halts()).toBe(1);
  });

  test('with the same key and something else is refused; the key of another name is another key', async () => {
    const other = await decide('/v1/portfolios/pair/halt', 'halt-1', { why: 'another reason' });
    expect([other.status, other.json['title'], other.json['at']]).toEqual([422, 'IdempotencyKeyUsed', { path: 'idempotency-key' }]);
    const elsewhere = await decide('/v1/portfolios/pair/resume', 'halt-1');
    expect([elsewhere.status, elsewhere.json['title']]).toEqual([422, 'IdempotencyKeyUsed']);
    const erin = await decide('/v1/portfolios/pair/halt', 'halt-1', { why: 'another reason' }, everything);
    expect([erin.status, erin.json['result'].already]).toEqual([200, true]);
    expect(await halts()).toBe(1);
  });

  test('many times at once is recorded once; whoever comes meanwhile is told to wait or is given the answer', async () => {
    await decide('/v1/portfolios/pair/resume', 'resume-1');
    const answers = await Promise.all(Array.from({ length: 8 }, () => decide('/v1/portfolios/pair/halt', 'halt-2')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(
      new Set(answers.some(({ status }) => status === 409) ? [200, 409] : [200]),
    );
    for (const { status, json, headers } of answers)
      if (status === 409) expect([json['title'], headers.get('retry-after')]).toEqual(['RequestUnderWay', '1']);
    expect(await halts()).toBe(2);
  });

  test('without permission is refused each time, and the key stays free for who may', async () => {
    const viewer = await tokenOf(bench, 'olga', 'viewer');
    expect((await decide('/v1/portfolios/pair/resume', 'resume-2', { why: 'x' }, viewer)).status).toBe(403);
    expect((await decide('/v1/portfolios/pair/resume', 'resume-2', { why: 'x' })).status).toBe(200);
  });

  test('is completed although its client has left, and the answer is there when it comes back', async () => {
    const leaving = new AbortController();
    const path = '/v1/portfolios/pair/halt';
    const sent = served
      .ask(path, {
        method: 'POST',
        body: '{"why":"left"}',
        token: operator,
        headers: { 'content-type': 'application/json', 'idempotency-key': 'halt-3' },
        signal: leaving.signal,
      })
      .catch(() => null);
    const before = 2;
    while ((await halts()) === before) await new Promise((resolve) => setTimeout(resolve, 5));
    leaving.abort();
    await sent;
    const again = async (): Promise<ApiReply> => {
      const answer = await decide(path, 'halt-3', { why: 'left' });
      return answer.status === 409 ? again() : answer;
    };
    const { status, json } = await again();
    expect([status, json['result'].already]).toEqual([200, false]);
    expect(await halts()).toBe(before + 1);
  });

  test('to a server that was started anew is recorded once all the same: the ledger knows it', async () => {
    const anew = await ServedLedger.start(bench, []);
    const count = await halts();
    const answer = await anew.ask('/v1/portfolios/pair/halt', {
      method: 'POST',
      body: '{"why":"left"}',
      token: operator,
      headers: { 'content-type': 'application/json', 'idempotency-key': 'halt-3' },
    });
    expect([answer.status, answer.headers.get('idempotent-replayed'), answer.json['result'].already]).toEqual([200, null, true]);
    expect(await halts()).toBe(count);
    await anew.stop();
  });
});
