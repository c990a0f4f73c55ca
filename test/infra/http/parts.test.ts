import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createApiServer, type ApiServer } from '../../../infra/http/api-server.ts';
import { inParts } from '../../../infra/http/parts.ts';
import type { ApiRequest } from '../../../presentation/ports/ports.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const nothing = (): void => undefined;
const text = (part: Uint8Array | undefined): string => Buffer.from(part ?? []).toString('utf8');
const mebibyte = new Uint8Array(1_048_576).fill(97);

async function* endless(taken: () => void): AsyncGenerator<Uint8Array> {
  for (;;) {
    taken();
    yield mebibyte;
  }
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serving(parts: (request: ApiRequest) => AsyncIterable<Uint8Array>): Promise<ApiServer> {
  const server = await createApiServer({
    address: '127.0.0.1:0',
    endpoints: [
      {
        method: 'GET',
        path: '/parts',
        bodyBytesMax: 0,
        answer: async (request) => ({ status: 200, headers: { 'content-type': 'text/plain', connection: 'close' }, body: parts(request) }),
      },
    ],
    hosts: [],
    proxies: [],
    tls: null,
    refusal: () => ({ status: 500, headers: {}, body: '' }),
    log,
  });
  closers.push(() => server.close());
  return server;
}

async function responseOf(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url), 'response')) as [IncomingMessage];
  return response;
}

async function* once200(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(200_000);
}

describe('an answer in parts', () => {
  test('arrives part by part, each as soon as it is made', async () => {
    let makeNext = nothing;
    const server = await serving(async function* () {
      yield Buffer.from('first');
      await new Promise<void>((resolve) => (makeNext = resolve));
      yield Buffer.from('second');
    });
    const response = await fetch(`${server.url}/parts`);
    const reader = response.body!.getReader();
    expect(text((await reader.read()).value)).toBe('first');
    makeNext();
    expect(text((await reader.read()).value)).toBe('second');
    expect((await reader.read()).done).toBe(true);
  });

  test('ends where it is made when whoever asked is gone, also while it waits', async () => {
    let returned = nothing;
    const ended = new Promise<void>((resolve) => (returned = resolve));
    const server = await serving(async function* ({ signal }) {
      try {
        yield Buffer.from('first');
        await once(signal, 'abort');
      } finally {
        returned();
      }
    });
    const response = await responseOf(`${server.url}/parts`);
    await once(response, 'data');
    response.destroy();
    await ended;
  });

  test('is made no faster than it is taken', async () => {
    let made = 0;
    const server = await serving(() => endless(() => made++));
    const response = await responseOf(`${server.url}/parts`);
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const whilePaused = made;
    await new Promise((resolve) => setTimeout(resolve, 100));
    // What fits into the buffers of the two sockets, a few megabytes, and no more.
    expect(made).toBe(whilePaused);
    expect(made).toBeLessThan(20);
    response.destroy();
  });

  test('is sent in small parts, however large those are that are made', async () => {
    const sizes: number[] = [];
    for await (const part of inParts(new Uint8Array(200_000).fill(97))) sizes.push((part as Uint8Array).byteLength);
    for await (const part of inParts(once200())) sizes.push((part as Uint8Array).byteLength);
    expect(sizes).toEqual([65_536, 65_536, 65_536, 3_392, 65_536, 65_536, 65_536, 3_392]);
  });
});
