import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Log } from '../../../handlers/ports/ports.ts';
import { type ApiServer, createApiServer } from '../../../infra/http/api-server.ts';
import { boundConnections } from '../../../infra/http/connections.ts';
import type { ApiAnswer, ApiEndpoint } from '../../../presentation/ports/ports.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A connection, as far as it is looked at: what waits for it, and what was written. */
class FakeSocket extends EventEmitter {
  readonly remoteAddress: string;
  writableLength = 0;
  bytesWritten = 0;
  destroyed = false;

  constructor(remoteAddress = '192.0.2.1') {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function bounded(
  connectionsOfOneMax = 100,
  log: Pick<Log, 'warn'> = silent,
): { readonly server: EventEmitter; open(address?: string): FakeSocket } {
  const server = new EventEmitter();
  boundConnections(server as unknown as Server, {
    bounds: { connectionsMax: 1_000, connectionsOfOneMax, stalledMsMax: 30_000 },
    standsForOthers: (address) => address === '10.0.0.7',
    log,
  });
  return {
    server,
    open: (address) => {
      const socket = new FakeSocket(address);
      server.emit('connection', socket);
      return socket;
    },
  };
}

describe('a connection', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('is cut off when nothing is taken of what waits for it, in twice the time at most', () => {
    const socket = bounded().open();
    socket.writableLength = 1_000;
    jest.advanceTimersByTime(30_000);
    expect(socket.destroyed).toBe(false);
    jest.advanceTimersByTime(30_000);
    expect(socket.destroyed).toBe(true);
  });

  test('is kept as long as a little is taken, and while nothing waits', () => {
    const one = bounded();
    const [slow, quiet, now] = [one.open(), one.open(), one.open()];
    slow.writableLength = 1_000;
    for (let minute = 0; minute < 60; minute++) {
      slow.bytesWritten += 1;
      // What waits now has not waited before.
      now.writableLength = minute % 2;
      jest.advanceTimersByTime(30_000);
    }
    expect([slow.destroyed, quiet.destroyed, now.destroyed]).toEqual([false, false, false]);
  });

  test('is looked at no more when it is closed, nor any when the server is', () => {
    const { server, open } = bounded();
    const socket = open();
    socket.writableLength = 1_000;
    socket.emit('close');
    jest.advanceTimersByTime(90_000);
    expect(socket.destroyed).toBe(false);
    server.emit('close');
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the share of one address', () => {
  test('is that of a network of IPv6, however its address ends, and of an address of IPv4 in either form', () => {
    const { open } = bounded(2);
    const of = (...addresses: readonly string[]): readonly boolean[] => addresses.map((address) => open(address).destroyed);
    expect(of('2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:3::', '2001:db8:1:3::1')).toEqual([false, false, true, false]);
    expect(of('192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '192.0.2.2')).toEqual([false, false, true, false]);
    expect(of('10.0.0.7', '::ffff:10.0.0.7', '10.0.0.7')).toEqual([false, false, false]);
  });

  test('is free again when a connection of it is closed', () => {
    const { open } = bounded(1);
    for (let index = 0; index < 3; index++) {
      const socket = open();
      expect([socket.destroyed, open().destroyed]).toEqual([false, true]);
      socket.emit('close');
    }
  });

  test('is told to the log once a minute, with how many were closed since the start', () => {
    let nowMs = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const said: unknown[] = [];
    const { open } = bounded(0, { ...silent, warn: (fields: unknown) => void said.push(fields) });
    for (const at of [0, 1, 59_999, 60_000, 60_001]) {
      nowMs = at;
      open();
    }
    clock.mockRestore();
    expect(said).toEqual([
      { of: '192.0.2.1', closed: 1 },
      { of: '192.0.2.1', closed: 4 },
    ]);
  });
});

const offered = (path: string, body: () => ApiAnswer['body']): ApiEndpoint => ({
  method: 'GET',
  path,
  bodyBytesMax: 0,
  answer: async () => ({ status: 200, headers: { 'content-type': 'text/plain', connection: 'close' }, body: body() }),
});

const refusal = (): ApiAnswer => ({ status: 500, headers: {}, body: '' });

describe('a reader that is slow and honest', () => {
  const size = 24_000_000;
  const bytesPerMs = 6_000;
  let server: ApiServer;
  afterAll(() => server.close());

  async function* many(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < size; sent += 1_000_000) yield new Uint8Array(1_000_000);
  }

  /** Bytes that are taken, at a steady pace. What the system holds on the way is not half of them. */
  async function takenOf(path: string): Promise<number> {
    const socket: Socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    let taken = 0;
    const started = performance.now();
    socket.on('data', (data: Buffer) => {
      taken += data.length;
      const ahead = taken / bytesPerMs - (performance.now() - started);
      if (ahead <= 0) return;
      socket.pause();
      setTimeout(() => socket.resume(), ahead);
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(performance.now() - started).toBeGreaterThan(3_000);
    return taken;
  }

  test('gets one large answer, and one of large parts, in more than the time in which another is cut off', async () => {
    const endpoints = [offered('/whole', () => 'x'.repeat(size)), offered('/parts', many)];
    const options = { address: '127.0.0.1:0', hosts: [], proxies: [], tls: null, refusal, log: silent };
    server = await createApiServer({ ...options, endpoints, bounds: { stalledMsMax: 1_000 } });
    const taken = await Promise.all(['/whole', '/parts'].map(takenOf));
    expect(Math.min(...taken)).toBeGreaterThan(size);
  }, 20_000);
});
