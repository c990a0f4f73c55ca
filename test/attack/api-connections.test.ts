/** One machine that holds connections: it leaves room for others, whatever it sends or does not send. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type ApiServer, type ApiServerOptions, createApiServer } from '../../infra/http/api-server.ts';
import { problemAnswer } from '../../presentation/api/problem.ts';
import type { ApiEndpoint } from '../../presentation/ports/ports.ts';
import { needs } from '../support/needs.ts';
import { ownAddress } from '../support/own-address.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { selfSigned } from '../support/self-signed.ts';

const hello: ApiEndpoint = {
  method: 'GET',
  path: '/v1/hello',
  bodyBytesMax: 0,
  answer: async () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'hello' }),
};
const asking = 'GET /v1/hello HTTP/1.1\r\nHost: localhost\r\n';

const beyondLoopback = needs('an address beyond loopback');
const openssl = needs('openssl');

let said: unknown[] = [];
const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };
const log = { ...silent, warn: (fields: unknown, message?: unknown) => void said.push([fields, message]) };
const folder = scratchDirectory();
const held: Socket[] = [];
let server: ApiServer;

async function serving(options: Partial<ApiServerOptions>): Promise<number> {
  said = [];
  const usual = { address: '0.0.0.0:0', endpoints: [hello], hosts: [], proxies: [], tls: null, refusal: problemAnswer, log };
  server = await createApiServer({ ...usual, ...options });
  return Number(new URL(server.url).port);
}

function ownTls(): { readonly certificate: string; readonly key: string } {
  const { certificate, key } = selfSigned(folder, 'ledger');
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}

async function opened(port: number, host: string): Promise<Socket> {
  const socket = connect(port, host);
  held.push(socket);
  // One that is refused ends as the system likes.
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return socket;
}

async function answered(port: number, host: string): Promise<string> {
  const socket = await opened(port, host);
  let heard = '';
  socket.on('data', (data: Buffer) => (heard += data.toString('utf8')));
  socket.write(`${asking}Connection: close\r\n\r\n`);
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return heard.split('\r\n', 1)[0]!;
}

async function isClosed(socket: Socket, msMax: number): Promise<boolean> {
  if (socket.closed) return true;
  socket.resume();
  return Promise.race([
    new Promise<boolean>((end) => socket.once('close', () => end(true))),
    new Promise<boolean>((end) => setTimeout(() => end(false), msMax)),
  ]);
}

afterEach(async () => {
  for (const socket of held.splice(0)) socket.destroy();
  await server.close();
});

beyondLoopback.describe('the connections of one address', () => {
  const elsewhere = ownAddress()!;

  test('are so many and no more, others get theirs, and the log counts what was closed', async () => {
    const port = await serving({ bounds: { connectionsOfOneMax: 20 } });
    const own = await Promise.all(Array.from({ length: 20 }, () => opened(port, elsewhere)));
    const more = await Promise.all(Array.from({ length: 5 }, () => opened(port, elsewhere)));
    expect(await Promise.all(more.map((socket) => isClosed(socket, 1_000)))).toEqual([true, true, true, true, true]);
    expect(await answered(port, elsewhere)).toBe('');
    expect(await answered(port, '127.0.0.1')).toBe('HTTP/1.1 200 OK');
    // Said once, not once for each.
    expect(said).toEqual([[{ of: elsewhere, closed: 1 }, 'too many connections: more are closed as soon as they are opened']]);
    // One that is left makes room for one, and for no second.
    own[0]!.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Whoever comes without TLS is told so.
    expect(await answered(port, elsewhere)).toBe('HTTP/1.1 403 Forbidden');
    const [again, tooMany] = [await opened(port, elsewhere), await opened(port, elsewhere)];
    expect([await isClosed(tooMany, 1_000), await isClosed(again, 100)]).toEqual([true, false]);
  });

  test('are not counted where others stand behind it: of loopback, and of a proxy that is named', async () => {
    const port = await serving({ bounds: { connectionsOfOneMax: 2 }, proxies: [elsewhere] });
    const all = await Promise.all([elsewhere, '127.0.0.1'].flatMap((host) => Array.from({ length: 5 }, () => opened(port, host))));
    expect(await Promise.all(all.map((socket) => isClosed(socket, 100)))).toEqual(all.map(() => false));
    expect(said).toEqual([]);
  });

  openssl.test('are closed before a handshake, where there is TLS', async () => {
    const port = await serving({ bounds: { connectionsOfOneMax: 2 }, tls: ownTls() });
    const [first, second, third] = [await opened(port, elsewhere), await opened(port, elsewhere), await opened(port, elsewhere)];
    expect([await isClosed(third, 1_000), first.closed, second.closed]).toEqual([true, false, false]);
  });
});

describe('connections of all together', () => {
  test('are so many and no more, and the log counts what was closed', async () => {
    const port = await serving({ bounds: { connectionsMax: 3 } });
    await Promise.all(Array.from({ length: 3 }, () => opened(port, '127.0.0.1')));
    expect(await answered(port, '127.0.0.1')).toBe('');
    expect(said).toEqual([[{ of: '127.0.0.1', closed: 1 }, 'too many connections: more are closed as soon as they are opened']]);
  });
});

describe('a connection on which nothing comes', () => {
  test('is closed in the time in which headers must have come', async () => {
    const port = await serving({ bounds: { headersMsMax: 200 } });
    expect(await isClosed(await opened(port, '127.0.0.1'), 2_000)).toBe(true);
  });

  openssl.test('is closed in that time before a handshake, too, where there is TLS', async () => {
    const port = await serving({ bounds: { headersMsMax: 200 }, tls: ownTls() });
    expect(await isClosed(await opened(port, '127.0.0.1'), 2_000)).toBe(true);
  });
});
