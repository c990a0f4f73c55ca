/** Somebody who can connect to the API and has no token: what they send is refused early, and what they take slowly is given up. */
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../domain/shared/limits.ts';
import { type ApiServer, createApiServer } from '../../infra/http/api-server.ts';
import { problemAnswer } from '../../presentation/api/problem.ts';
import type { ApiAnswer, ApiEndpoint, ApiRequest } from '../../presentation/ports/ports.ts';
import { rawClient } from '../support/raw-http.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const answerOf = (body: ApiAnswer['body']): ApiAnswer => ({ status: 200, headers: { 'content-type': 'text/plain' }, body });
const refusal: ApiAnswer = { status: 401, headers: { 'content-type': 'text/plain' }, body: 'who?' };
const echo = async ({ pathParameters, query, body }: ApiRequest): Promise<ApiAnswer> =>
  answerOf(JSON.stringify([pathParameters, [...query], Buffer.from(body).toString('latin1')]));

/** Signals of questions that answer only when nobody waits. */
const asked: AbortSignal[] = [];
let parts = 0;

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) {
    parts += 1;
    yield new Uint8Array(65_536);
  }
}

/** Signals of answers that were begun, by path. */
const begun = new Map<string, AbortSignal>();

function begins(body: () => ApiAnswer['body']): ApiEndpoint['answer'] {
  return async ({ target, signal }) => {
    begun.set(target, signal);
    return answerOf(body());
  };
}

const endpoints: readonly ApiEndpoint[] = [
  { method: 'GET', path: '/v1/names/{name}', bodyBytesMax: 0, answer: echo },
  {
    method: 'POST',
    path: '/v1/names',
    bodyBytesMax: 1_000,
    answer: echo,
    admit: async ({ headers }) => (headers['authorization'] === 'Bearer good' ? { answer: echo } : { refusal }),
  },
  {
    method: 'GET',
    path: '/v1/long',
    bodyBytesMax: 0,
    answer: async ({ signal }) => {
      asked.push(signal);
      await once(signal, 'abort');
      return answerOf('late');
    },
  },
  { method: 'GET', path: '/v1/endless', bodyBytesMax: 0, answer: begins(() => endless()) },
  { method: 'GET', path: '/v1/large', bodyBytesMax: 0, answer: begins(() => 'x'.repeat(50_000_000)) },
];

let server: ApiServer;
const client = rawClient(() => Number(new URL(server.url).port));
beforeAll(async () => {
  server = await createApiServer({
    address: '127.0.0.1:0',
    endpoints,
    hosts: [],
    proxies: [],
    tls: null,
    refusal: problemAnswer,
    log: silent,
    bounds: { stalledMsMax: 300 },
  });
});
afterEach(() => client.destroyAll());
afterAll(() => server.close());

const head = (line: string, ...headers: readonly string[]): string =>
  [`${line} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');

/** Status, and the code of the problem where there is one, of the first answer that comes back. */
function outcomeOf(answer: string): readonly [number, string | null] {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
  return [status, /"title":"(\w+)"/.exec(answer)?.[1] ?? null];
}

async function answered(...pieces: (string | Buffer)[]): Promise<readonly [number, string | null]> {
  const answer = await client.exchange(...pieces);
  expect(answer).not.toMatch(/node_modules|\.ts:|at Object\./);
  if (!answer.startsWith('HTTP/1.1 200'))
    expect(answer.split('\r\n\r\n')[0]).toMatch(/content-type: (?:application\/problem\+json|text\/plain)/i);
  return outcomeOf(answer);
}

describe('a body', () => {
  const good = 'Authorization: Bearer good';

  test('of somebody who may not send it is not waited for', async () => {
    // Who waits for it answers 408 in the end.
    expect(await answered(head('POST /v1/names', 'Content-Length: 900'), 'x')).toEqual([401, null]);
    expect(await answered(head('POST /v1/names', 'Transfer-Encoding: chunked'), '1\r\nx\r\n')).toEqual([401, null]);
  });

  test('that is too large, or where none is taken, is refused before it is there', async () => {
    expect(await answered(head('POST /v1/names', good, 'Content-Length: 1001'), 'x')).toEqual([413, 'LimitExceeded']);
    expect(await answered(head('GET /v1/names/a', 'Content-Length: 5'), 'x')).toEqual([400, 'RequestInvalid']);
    expect(await answered(head('GET /v1/names/a', 'Transfer-Encoding: chunked'), '1\r\nx\r\n')).toEqual([400, 'RequestInvalid']);
    expect(await answered(head('POST /v1/nowhere', 'Content-Length: 100000'), 'x')).toEqual([404, 'RouteUnknown']);
    expect(await answered(head('POST /v1/names/a', 'Content-Length: 100000'), 'x')).toEqual([405, 'MethodNotAllowed']);
  });

  test('that grows beyond the bound while it comes is cut off', async () => {
    const chunks = Array.from({ length: 20 }, () => `64\r\n${'y'.repeat(100)}\r\n`);
    expect(await answered(head('POST /v1/names', good, 'Transfer-Encoding: chunked'), ...chunks)).toEqual([413, 'LimitExceeded']);
  });

  test('that dribbles is cut off at the limit', async () => {
    const socket = await client.open();
    const started = performance.now();
    const received: Buffer[] = [];
    socket.on('data', (data: Buffer) => received.push(data));
    socket.write(head('POST /v1/names', good, 'Content-Length: 900'));
    const drip = setInterval(() => socket.write('x'), 200);
    await once(socket, 'close');
    clearInterval(drip);
    expect(performance.now() - started).toBeLessThan(limits.httpRequestMsMax + 5_000);
    expect(outcomeOf(Buffer.concat(received).toString())).toEqual([408, 'RequestTooSlow']);
  }, 120_000);

  test('is bytes, whatever its type is said to be', async () => {
    const sent = head(
      'POST /v1/names',
      good,
      'Content-Type: application/x-www-form-urlencoded; charset=nonsense',
      'Content-Length: 3',
      'Connection: close',
    );
    expect((await client.exchange(sent, Buffer.from([0xff, 0x00, 0x41]))).endsWith(JSON.stringify([{}, [], '\u00ff\u0000A']))).toBe(true);
  });
});

describe('what is no request', () => {
  test.each<[string, string | Buffer, number, string]>([
    ['headers beyond the limit', head('GET /v1/names/a', `X: ${'b'.repeat(limits.httpHeaderBytesMax)}`), 431, 'HeadersTooLarge'],
    ['a path beyond the limit', head(`GET /v1/names/${'b'.repeat(limits.httpHeaderBytesMax)}`), 431, 'HeadersTooLarge'],
    ['ten thousand headers', head('GET /v1/names/a', ...Array.from({ length: 10_000 }, (_, at) => `X-${at}: 1`)), 431, 'HeadersTooLarge'],
    ['two lengths', head('POST /v1/names', 'Content-Length: 1', 'Content-Length: 2'), 400, 'RequestInvalid'],
    ['a length and chunks', head('POST /v1/names', 'Content-Length: 4', 'Transfer-Encoding: chunked'), 400, 'RequestInvalid'],
    ['a coding behind chunks', head('POST /v1/names', 'Transfer-Encoding: chunked, identity'), 400, 'RequestInvalid'],
    ['a blank before the colon', head('POST /v1/names', 'Transfer-Encoding : chunked'), 400, 'RequestInvalid'],
    ['a length with a sign', head('POST /v1/names', 'Content-Length: +4'), 400, 'RequestInvalid'],
    ['a folded header', head('POST /v1/names', 'X: a\r\n Transfer-Encoding: chunked', 'Content-Length : 4'), 400, 'RequestInvalid'],
    ['a bare line feed in a header', 'GET /v1/names/a HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n', 400, 'RequestInvalid'],
    ['two hosts', head('GET /v1/names/a', 'Host: evil.example'), 400, 'RequestInvalid'],
    ['two tokens', head('GET /v1/names/a', 'Authorization: Bearer good', 'authorization: Bearer evil'), 400, 'RequestInvalid'],
    ['two origins', head('GET /v1/names/a', 'Origin: http://localhost', 'Origin: http://localhost'), 403, 'OriginUnknown'],
    ['two types', head('POST /v1/names', 'Content-Type: a/b', 'Content-Type: c/d', 'Content-Length: 1'), 400, 'RequestInvalid'],
    ['two keys', head('POST /v1/names', 'Idempotency-Key: a', 'Idempotency-Key: b', 'Content-Length: 1'), 400, 'RequestInvalid'],
    ['a target of another server', head('GET http://evil.example/v1/names/a'), 400, 'RequestInvalid'],
    ['HTTP/2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'RequestInvalid'],
    ['bytes of TLS', Buffer.from([0x16, 0x03, 0x01, 0x00, 0xff, 0xff]), 400, 'RequestInvalid'],
    [
      'bytes that are no UTF-8 in the path',
      Buffer.from('GET /v1/names/\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n', 'latin1'),
      400,
      'RequestInvalid',
    ],
    ['escapes that are no UTF-8 in the path', head('GET /v1/names/%ff%fe'), 400, 'RequestInvalid'],
    ['an overlong escape', head('GET /v1/names/%c0%af'), 400, 'RequestInvalid'],
    ['half an escape', head('GET /v1/names/%2'), 400, 'RequestInvalid'],
    ['escapes that are no UTF-8 in the query', head('GET /v1/names/a?x=%ff'), 400, 'RequestInvalid'],
    ['half a pair in the query', head('GET /v1/names/a?x=%ed%a0%80'), 400, 'RequestInvalid'],
  ])('%s: refused, and nothing behind it is read as another', async (_what, sent, status, code) => {
    const smuggled = head('GET /v1/names/smuggled');
    const answer = await client.exchange(sent, smuggled);
    expect(outcomeOf(answer)).toEqual([status, code]);
    expect(answer).not.toContain('smuggled');
    expect(answer.split('\r\n\r\n')[0]).toMatch(/content-type: application\/problem\+json/i);
  });

  test('a request without a host is refused', async () => {
    expect(await client.exchange('GET /v1/names/a HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  test.each(['CONNECT', 'TRACE', 'OPTIONS', 'PUT', 'PATCH', 'PROPFIND', 'QUERY'])('%s is answered by nothing of ours', async (method) => {
    const answer = await client.exchange(head(`${method} /v1/names/a`, 'Connection: close'));
    // A tunnel is not even refused: the connection ends.
    if (method === 'CONNECT') expect(answer).not.toContain('200');
    else expect(outcomeOf(answer)).toEqual([405, 'MethodNotAllowed']);
  });
});

const sent = (site: string, destination: string): Promise<string> =>
  client.exchange(head('GET /v1/names/a', `Sec-Fetch-Site: ${site}`, `Sec-Fetch-Dest: ${destination}`, 'Connection: close'));

describe('a page of a stranger that has a browser ask', () => {
  test.each([
    ['cross-site', 'image'],
    ['cross-site', 'script'],
    ['cross-site', 'iframe'],
    ['cross-site', 'empty'],
    ['same-site', 'empty'],
  ])('from %s for %s is refused', async (site, destination) => {
    expect(outcomeOf(await sent(site, destination))).toEqual([403, 'OriginUnknown']);
  });

  test.each([
    ['same-origin', 'empty'],
    ['none', 'document'],
    ['cross-site', 'document'],
  ])('is no stranger from %s for %s: a page of ours, or a link that somebody follows', async (site, destination) => {
    expect(outcomeOf(await sent(site, destination))).toEqual([200, null]);
  });
});

describe('tricks with paths', () => {
  const close = 'Connection: close';
  test.each([
    '/v1/names/../names/a',
    '/v1//names/a',
    '/v1/names/a/',
    '/v1/names',
    '/V1/names/a',
    '/v1/names/a;b/c',
    '/v1/names/a/../../../etc/passwd',
  ])('%s is nothing', async (path) => {
    const [status] = await answered(head(`GET ${path}`, close));
    expect([404, 405]).toContain(status);
  });

  test.each([
    ['%2e%2e', '..'],
    ['..%2f..%2fetc%2fpasswd', '../../etc/passwd'],
    ['%252e%252e', '%2e%2e'],
    ['a%00b', 'a\u0000b'],
    ['a%0d%0aSet-Cookie:%20x', 'a\r\nSet-Cookie: x'],
    ['NASDAQ:AAPL', 'NASDAQ:AAPL'],
    ['x'.repeat(1_000), 'x'.repeat(1_000)],
  ])('/v1/names/%s is a name, decoded once, and no path', async (part, name) => {
    const answer = await client.exchange(head(`GET /v1/names/${part}`, close));
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toEqual([{ name }, [], '']);
  });
});

/** The signal of the next answer that begins at a path. */
async function answering(path: string): Promise<AbortSignal> {
  while (!begun.has(path)) await new Promise((resolve) => setTimeout(resolve, 5));
  const signal = begun.get(path)!;
  begun.delete(path);
  return signal;
}

describe('a client that does not wait or does not take', () => {
  test('ends the work by leaving', async () => {
    const socket = await client.open();
    socket.write(head('GET /v1/long'));
    while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(asked[0]!.aborted).toBe(false);
    const aborted = once(asked[0]!, 'abort');
    socket.destroy();
    await aborted;
  });

  test.each([
    ['', ''],
    [', also when it sends blank lines meanwhile', '\r\n'],
    [', also when it goes on asking', head('GET /v1/names/a')],
  ])(
    'is given up when it takes nothing of its answer%s',
    async (_how, meanwhile) => {
      for (const path of ['/v1/large', '/v1/endless']) {
        const socket = await client.open();
        socket.pause();
        socket.write(head(`GET ${path}`));
        const sending = setInterval(() => socket.write(meanwhile), 50);
        await once(await answering(path), 'abort');
        clearInterval(sending);
      }
      const before = parts;
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(parts).toBe(before);
    },
    30_000,
  );
});

test('a thousand connections that send half a body leave others their answers', async () => {
  const attackers = await Promise.all(Array.from({ length: 1_000 }, () => client.open()));
  for (const attacker of attackers) attacker.write(head('POST /v1/names', 'Authorization: Bearer good', 'Content-Length: 900'));
  const started = performance.now();
  for (let index = 0; index < 20; index++) expect((await fetch(`${server.url}/v1/names/${index}`)).status).toBe(200);
  expect(performance.now() - started).toBeLessThan(limits.httpRequestMsMax);
}, 90_000);
