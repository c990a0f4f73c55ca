import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { createScanServer } from '../../../infra/scanners/scan-server.ts';

const scanServer = createScanServer();
const received: unknown[] = [];
let answer: (response: ServerResponse, request: IncomingMessage) => void = () => undefined;
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    response.shouldKeepAlive = false;
    const { 'content-type': type, accept } = request.headers;
    received.push([request.method, request.url, type, accept, body]);
    answer(response, request);
  });
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scan?x=1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('a server of scans', () => {
  test('is posted JSON, and its answer is told whole', async () => {
    answer = (response) => response.writeHead(200).end('{"ä":1}');
    expect(await scanServer.post(url, '{"range":[0,1]}', 5_000)).toEqual({
      kind: 'answered',
      status: 200,
      retryAfterSeconds: null,
      text: '{"ä":1}',
    });
    expect(received).toEqual([['POST', '/scan?x=1', 'application/json', 'application/json', '{"range":[0,1]}']]);
  });

  test.each([
    ['0', 0],
    ['120', 120],
    ['999999', 999_999],
    ['1000000', null],
    ['-1', null],
    ['1.5', null],
    ['x1', null],
    ['1x', null],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
  ])('may say when to come back: %s', async (header, seconds) => {
    answer = (response) => response.writeHead(429, { 'retry-after': header }).end();
    expect(await scanServer.post(url, '', 5_000)).toEqual({ kind: 'answered', status: 429, retryAfterSeconds: seconds, text: '' });
  });

  test('that sends elsewhere, or closes the connection, has not answered', async () => {
    answer = (response) => response.writeHead(307, { location: '/other' }).end();
    expect(await scanServer.post(url, '', 5_000)).toEqual({ kind: 'failed', because: 'closed' });
    answer = (response) => response.destroy();
    expect(await scanServer.post(url, '', 5_000)).toEqual({ kind: 'failed', because: 'closed' });
    answer = (response) => response.writeHead(200, { 'content-length': 9 }).write('abc', () => response.destroy());
    expect(await scanServer.post(url, '', 5_000)).toEqual({ kind: 'failed', because: 'closed' });
  });

  test('that is silent, before its answer or in the middle, is given up', async () => {
    answer = () => undefined;
    expect(await scanServer.post(url, '', 40)).toEqual({ kind: 'failed', because: 'timeout' });
    answer = (response) => void response.writeHead(200).write('abc');
    expect(await scanServer.post(url, '', 40)).toEqual({ kind: 'failed', because: 'timeout' });
  });

  test('may answer up to the limit, and no more', async () => {
    answer = (response) => response.end(Buffer.alloc(limits.scanResponseBytesMax, 'x'));
    const posted = await scanServer.post(url, '', 5_000);
    expect(posted.kind === 'answered' && posted.text.length).toBe(limits.scanResponseBytesMax);
    answer = (response) => response.end(Buffer.alloc(limits.scanResponseBytesMax + 1, 'x'));
    await expect(scanServer.post(url, '', 5_000)).rejects.toMatchObject({
      code: 'LimitExceeded',
      message: `${url}: an answer of more than ${limits.scanResponseBytesMax} bytes`,
      at: { file: url },
    });
  });

  test.each(['127.0.0.1/scan', 'ftp://127.0.0.1/scan', ''])('is none at "%s"', async (bad) => {
    await expect(scanServer.post(bad, '', 5_000)).rejects.toMatchObject({
      code: 'Usage',
      message: `--live ${bad}: an address that begins with http:// or https://`,
      at: { path: '--live' },
    });
    await expect(scanServer.post('https://127.0.0.1:1/', '', 5_000)).resolves.toEqual({ kind: 'failed', because: 'closed' });
  });

  test('is waited for in seconds, or until nobody waits', async () => {
    const started = performance.now();
    await scanServer.wait(0.03, new AbortController().signal);
    expect(performance.now() - started).toBeGreaterThanOrEqual(28);
    expect(performance.now() - started).toBeLessThan(5_000);
    await expect(scanServer.wait(60, AbortSignal.abort())).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });
});
