import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../domain/shared/limits.ts';
import type { Log } from '../../handlers/ports/ports.ts';
import { createHttpServer, type HttpServer } from '../../infra/http/server.ts';
import { percentile, reportFigures } from '../support/figures.ts';
import { expectRefusal, rawClient } from '../support/raw-http.ts';

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
let server: HttpServer;
const client = rawClient(() => Number(new URL(server.url).port));
beforeAll(async () => {
  server = await createHttpServer({
    address: '127.0.0.1:0',
    routes: [
      { path: '/healthz', answer: async () => ({ status: 200, contentType: 'application/json; charset=utf-8', body: '{"alive":true}\n' }) },
    ],
    log: silent,
  });
});
afterEach(() => client.destroyAll());
afterAll(() => server.close());

describe('abuse of HTTP (A4)', () => {
  test('headers beyond the limit are refused with 431', async () => {
    const bomb = `GET /healthz HTTP/1.1\r\nHost: a\r\nX-Bomb: ${'b'.repeat(limits.httpHeaderBytesMax * 4)}\r\n\r\n`;
    expectRefusal(await client.exchange(bomb), 431, 'HeadersTooLarge');
  });

  test('ten thousand small headers are refused too', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `X-${index}: 1`).join('\r\n');
    expectRefusal(await client.exchange(`GET /healthz HTTP/1.1\r\nHost: a\r\n${many}\r\n\r\n`), 431, 'HeadersTooLarge');
  });

  test('a body is refused before it is read, however slowly it would come', async () => {
    const started = performance.now();
    expectRefusal(
      await client.exchange('GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n', 'x'),
      400,
      'RequestInvalid',
    );
    expectRefusal(
      await client.exchange(
        'POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
        '1\r\n{',
      ),
      405,
      'MethodNotAllowed',
    );
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test.each<[string, (string | Buffer)[]]>([
    ['bytes that are no UTF-8 in the path', ['GET /', Buffer.from([0xff, 0xfe, 0xc0, 0x80]), ' HTTP/1.1\r\nHost: a\r\n\r\n']],
    ['bytes that are no HTTP', [Buffer.from([0x16, 0x03, 0x01, 0x00, 0xff, 0xff])]],
    ['a version that does not exist', ['GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n']],
    ['two lengths of one body', ['GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n']],
    ['a header that smuggles a line', ['GET /healthz HTTP/1.1\r\nHost: a\r\nX: b\rSet-Cookie: c\r\n\r\n']],
  ])('%s are refused with 400', async (_what, pieces) => {
    expectRefusal(await client.exchange(...pieces), 400, 'RequestInvalid');
  });

  test('percent-encoded bytes that are no UTF-8 are refused', async () => {
    const answer = await client.exchange('GET /%ff%fe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!).error.code).toMatch(/^(RouteUnknown|RequestInvalid)$/);
  });

  test('a request that dribbles is cut off at the limit', async () => {
    const socket = await client.open();
    const started = performance.now();
    const received: Buffer[] = [];
    socket.on('data', (data) => received.push(data));
    socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n');
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 100);
    await once(socket, 'close');
    clearInterval(drip);
    expect(performance.now() - started).toBeLessThan(limits.httpHeadersMsMax + 3_000);
    expectRefusal(Buffer.concat(received).toString('utf8'), 408, 'RequestTooSlow');
  }, 15_000);

  test('a thousand connections that send half a request leave good clients their answers', async () => {
    const attackers = await Promise.all(Array.from({ length: 1_000 }, () => client.open()));
    for (const attacker of attackers) attacker.write('GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    const times: number[] = [];
    for (let index = 0; index < 300; index++) {
      const started = performance.now();
      const status = await new Promise<number>((resolve, reject) => {
        request(`${server.url}/healthz`, { agent: false }, (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode!));
        })
          .on('error', reject)
          .end();
      });
      times.push(performance.now() - started);
      expect(status).toBe(200);
    }
    const p99 = percentile(times, 0.99);
    reportFigures({
      test: 'A4 HTTP: 1,000 connections that send half a request',
      seed: null,
      trials: times.length,
      goodClientsP50Ms: Number(percentile(times, 0.5).toFixed(1)),
      goodClientsP99Ms: Number(p99.toFixed(1)),
    });
    expect(p99).toBeLessThan(500);
  }, 30_000);

  test('a flood of pipelined nonsense is answered or cut, and the server goes on', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, seed) =>
        client.exchange(Buffer.from(Array.from({ length: 4_000 }, (__, index) => (index * 31 + seed * 17) % 256)), '\r\n\r\n'),
      ),
    );
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  test('a plain server of Node waits for the body: this test would see it', async () => {
    const naive = createServer((incoming, response) => void incoming.resume().on('end', () => response.end()));
    naive.listen(0, '127.0.0.1');
    await once(naive, 'listening');
    const socket = connect((naive.address() as { port: number }).port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx');
    const answered = await Promise.race([
      once(socket, 'data').then(() => true),
      new Promise((resolve) => setTimeout(() => resolve(false), 300)),
    ]);
    socket.destroy();
    naive.closeAllConnections();
    naive.close();
    expect(answered).toBe(false);
  });
});
