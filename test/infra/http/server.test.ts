import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Log } from '../../../handlers/ports/ports.ts';
import type { HttpRoute } from '../../../presentation/ports/ports.ts';
import { createHttpServer, type HttpServer } from '../../../infra/http/server.ts';
import { expectRefusal, rawClient } from '../../support/raw-http.ts';

const lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
const at = (level: string) => (fields: Record<string, unknown>, message: string) => void lines.push({ level, fields, message });
const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };

const routes: readonly HttpRoute[] = [
  { path: '/healthz', answer: async () => ({ status: 200, contentType: 'application/json; charset=utf-8', body: '{"alive":true}\n' }) },
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
});
