import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { errorKinds, LedgerError } from '../../../domain/shared/errors.ts';
import type { Log } from '../../../handlers/ports/ports.ts';
import type { HttpRoute } from '../../../presentation/ports/ports.ts';
import { createHttpServer, type HttpServer } from '../../../infra/http/server.ts';
import { expectRefusal, rawClient } from '../../support/raw-http.ts';

const lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
const at = (level: string) => (fields: Record<string, unknown>, message: string) => void lines.push({ level, fields, message });
const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };

const routes: readonly HttpRoute[] = [
  { path: '/healthz', answer: async () => ({ status: 200, contentType: 'application/json; charset=utf-8', body: '{"alive":true}\n' }) },
  {
    path: '/echo',
    bodyBytesMax: 8,
    answer: async ({ query, body }) => ({ status: 201, contentType: 'text/plain', body: `${String(query)}|${body}` }),
  },
  { path: '/asked', answer: async ({ query, body }) => ({ status: 200, contentType: 'text/plain', body: `${String(query)}|${body}` }) },
  { path: '/busy', answer: async () => Promise.reject(new LedgerError('StoreBusy', 'held by esdb://ops:hunter2@host')) },
  { path: '/wrong', answer: async () => Promise.reject(new LedgerError('Usage', 'hunter2')) },
  { path: '/broken', answer: async () => Promise.reject(new Error('cannot reach esdb://ops:hunter2@host')) },
];

let server: HttpServer;
let port: number;
const client = rawClient(() => port);
beforeAll(async () => {
  server = await createHttpServer({ address: '127.0.0.1:0', routes, log });
  port = Number(new URL(server.url).port);
});
afterEach(() => client.destroyAll());
afterAll(() => server.close());

const post = (body: string, path = '/echo?a=1&b=x%20y') => fetch(`${server.url}${path}`, { method: 'POST', body });
const whole = async (answer: Response) => [answer.status, answer.headers.get('content-type'), await answer.text()];

const errorOf = async (path: string) => {
  const answer = await fetch(`${server.url}${path}`);
  return [answer.status, ((await answer.json()) as { readonly error: unknown }).error];
};

describe('the HTTP server', () => {
  test('answers GET and HEAD, uncached', async () => {
    const answer = await fetch(`${server.url}/healthz?probe=1`);
    expect([answer.status, await answer.text(), answer.headers.get('cache-control')]).toEqual([200, '{"alive":true}\n', 'no-store']);
    const head = await fetch(`${server.url}/healthz`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test("refuses unknown paths and other methods with the registry's code and status", async () => {
    expectRefusal(await client.exchange('GET /../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n'), 404, 'RouteUnknown');
    const refused = await client.exchange('DELETE /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    expectRefusal(refused, 405, 'MethodNotAllowed');
    expect(refused).toContain('allow: GET, HEAD');
  });

  test('says nothing of an unexpected error except in the log', async () => {
    const answer = await fetch(`${server.url}/broken`);
    const text = await answer.text();
    expect([answer.status, JSON.parse(text).error.code]).toEqual([500, 'Internal']);
    expect(text).not.toMatch(/hunter2|esdb|at .*\.ts/);
    expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'an HTTP request failed', fields: { path: '/broken' } });
  });

  test('refuses an address that is none, and one that is taken', async () => {
    await expect(createHttpServer({ address: 'nowhere', routes, log })).rejects.toMatchObject({ code: 'ConfigInvalid' });
    await expect(createHttpServer({ address: `127.0.0.1:${port}`, routes, log })).rejects.toMatchObject({
      code: 'ConfigInvalid',
      at: { path: 'http' },
    });
  });

  test('warns when other machines can reach it, and not on loopback', async () => {
    expect(lines.filter(({ level }) => level === 'warn')).toEqual([]);
    const wide = await createHttpServer({ address: '0.0.0.0:0', routes, log });
    await wide.close();
    expect(lines.at(-1)).toMatchObject({ level: 'warn', message: expect.stringContaining('without authentication') });
  });

  test('closes while clients keep idle connections', async () => {
    const other = await createHttpServer({ address: '127.0.0.1:0', routes, log });
    const idle = connect(Number(new URL(other.url).port), '127.0.0.1');
    await once(idle, 'connect');
    await fetch(`${other.url}/healthz`);
    const started = performance.now();
    await other.close();
    idle.destroy();
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('gives a route its query and its body, up to its limit in bytes', async () => {
    expect(await whole(await post('äääx1'))).toEqual([201, 'text/plain', 'a=1&b=x+y|äääx1']);
    expect(await whole(await post('', '/echo'))).toEqual([201, 'text/plain', '|']);
    expect(await whole(await fetch(`${server.url}/asked?a=1?b`))).toEqual([200, 'text/plain', 'a=1|']);
    const refused = await post('ääääx');
    expect([refused.status, refused.headers.get('connection'), await refused.json()]).toEqual([
      errorKinds.LimitExceeded.http,
      'close',
      {
        error: { code: 'LimitExceeded', message: 'the body is larger than is taken here', advice: errorKinds.LimitExceeded.advice },
      },
    ]);
    const answer = await post('x');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each([
    ['GET /echo HTTP/1.1\r\nHost: localhost', 'MethodNotAllowed', 'GET is not offered here', 'allow: POST\r\n'],
    ['POST /healthz?x HTTP/1.1\r\nHost: localhost', 'MethodNotAllowed', 'POST is not offered here', 'allow: GET, HEAD\r\n'],
    ['GET /none HTTP/1.1\r\nHost: localhost', 'RouteUnknown', 'there is nothing at this path', ''],
    ['GET /healthz HTTP/1.1\r\nHost: stranger', 'HostUnknown', 'this is served under another name', ''],
    ['GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1', 'RequestInvalid', 'a body was announced', ''],
    ['GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked', 'RequestInvalid', 'a body was announced', ''],
    ['GET /%ff HTTP/1.1\r\nHost: localhost', 'RequestInvalid', 'the path is not well-formed', ''],
    ['nonsense', 'RequestInvalid', 'the request is not HTTP/1.1', ''],
  ] as const)('refuses %j in words, and ends the connection', async (request, code, message, header) => {
    const answer = await client.exchange(`${request}\r\n\r\n`);
    expectRefusal(answer, errorKinds[code].http, code);
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!).error.message).toBe(message);
    expect(answer.toLowerCase()).toContain('connection: close\r\n');
    expect(answer).toContain(header);
  });

  test('takes a GET that says it has no body', async () => {
    const answer = await client.exchange('GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    expect(answer).toContain('HTTP/1.1 200');
  });

  test('says of a fault of the world what helps, and of nothing else what went wrong', async () => {
    const count = lines.length;
    const { http, advice } = errorKinds.StoreBusy;
    expect(await errorOf('/busy')).toEqual([http, { code: 'StoreBusy', message: advice, advice }]);
    expect(lines).toHaveLength(count);
    expect(await errorOf('/wrong?x=1')).toEqual([
      500,
      { code: 'Internal', message: 'the request failed; the log of this process says why', advice: errorKinds.Internal.advice },
    ]);
    expect(lines.slice(count)).toEqual([
      { level: 'error', fields: { path: '/wrong?x=1', error: expect.any(LedgerError) }, message: 'an HTTP request failed' },
    ]);
  });

  test.each([
    '',
    'localhost',
    ':80',
    'localhost:',
    'localhost:65536',
    'localhost:123456',
    'a b:1',
    '::1:80',
    '[::1:80',
    'x[::1]:80',
    '[::1]:80x',
  ])('listens on no address %j', async (address) => {
    await expect(createHttpServer({ address, routes, log })).rejects.toMatchObject({
      code: 'ConfigInvalid',
      message: 'the address of the HTTP server must have the form HOST:PORT',
      at: { path: 'http' },
    });
  });

  test('says why it cannot listen', async () => {
    await expect(createHttpServer({ address: `127.0.0.1:${port}`, routes, log })).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`^the address 127.0.0.1:${port} cannot be listened on: .*EADDRINUSE`)) as unknown,
      cause: { code: 'EADDRINUSE' },
    });
  });

  test('is served to every name where it tells no secret, and says off loopback what is served', async () => {
    const open = await createHttpServer({ address: '0.0.0.0:0', routes, log, hosts: 'any', what: 'work is' });
    const to = Number(new URL(open.url).port);
    const other = rawClient(() => to);
    const answer = await other.exchange('GET /healthz HTTP/1.1\r\nHost: stranger\r\nConnection: close\r\n\r\n');
    other.destroyAll();
    await open.close();
    expect(answer).toContain('{"alive":true}');
    const served = 'served without authentication, and not on loopback only';
    expect(lines.at(-1)).toEqual({ level: 'warn', fields: { url: `http://0.0.0.0:${to}` }, message: `work is ${served}` });
    const plain = await createHttpServer({ address: '0.0.0.0:0', routes, log });
    await plain.close();
    expect(lines.at(-1)).toEqual({ level: 'warn', fields: { url: plain.url }, message: `health and metrics are ${served}` });
  });

  test('answers what is under way when it closes, for a second', async () => {
    const waiting: (() => void)[] = [];
    const slow: HttpRoute = {
      path: '/slow',
      answer: () => new Promise((resolve) => waiting.push(() => resolve({ status: 200, contentType: 'text/plain', body: 'done' }))),
    };
    const brief = await createHttpServer({ address: 'localhost:0', routes: [slow], log });
    const count = lines.length;
    const asked = fetch(`${brief.url}/slow`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = brief.close();
    waiting[0]!();
    expect(await (await asked).text()).toBe('done');
    await closed;
    expect(lines).toHaveLength(count);
  });
});
