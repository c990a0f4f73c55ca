/** Readers of the stream of what happens who mean it ill: many of one name, ones who take nothing, and ones who begin where nothing is. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../domain/shared/limits.ts';
import { createToken } from '../../handlers/commands/create-token.ts';
import type { StoredEvent } from '../../handlers/ports/ports.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { type ApiServer, createApiServer } from '../../infra/http/api-server.ts';
import { streamEndpoint, type StreamOptions } from '../../presentation/api/endpoints/stream.ts';
import { identifying } from '../../presentation/api/identifying.ts';
import { problemAnswer } from '../../presentation/api/problem.ts';
import { Protection } from '../../presentation/api/protection.ts';
import type { ApiService } from '../../presentation/api/service.ts';
import type { ApiAnswer, ApiEndpoint, ApiRequest } from '../../presentation/ports/ports.ts';
import { EventStreamReader } from '../support/event-stream.ts';
import { ledgerSession, storeLike } from '../support/ledger-session.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();
const ending = new AbortController();
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
let session: Session;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  ({ session } = await ledgerSession(join(scratch, 'ledger.sqlite')));
  for (const holder of ['vera', 'olga']) tokens[holder] = (await createToken(session, { holder, roles: ['viewer'], days: 1 })).token;
});
afterAll(() => ending.abort());

function streamOf(own: Session, options: Partial<StreamOptions> = {}): ApiEndpoint {
  const service = {
    session: own,
    ending: ending.signal,
    protection: new Protection(own.ports.crypto.sha256Hex),
    ...identifying(own, { anybodyReads: true, provider: null }),
  } as unknown as ApiService;
  return streamEndpoint(service, options).endpoint;
}

function asking(headers: ApiRequest['headers'], signal = new AbortController().signal, search = ''): ApiRequest {
  return {
    method: 'GET',
    target: `/v1/stream${search}`,
    pathParameters: {},
    query: new URLSearchParams(search),
    headers,
    body: new Uint8Array(),
    peer: '127.0.0.1',
    origin: 'http://127.0.0.1:8470',
    signal,
  };
}

const refusalOf = ({ status, body }: ApiAnswer): readonly unknown[] =>
  status === 200 ? [200] : [status, (JSON.parse(body as string) as { readonly title: string }).title];

describe('thousands of streams of one name', () => {
  test('are so many and no more, and others have theirs', async () => {
    const { answer } = streamOf(session);
    const connections: AbortController[] = [];
    const open = (holder: string): Promise<ApiAnswer> => {
      const connection = new AbortController();
      connections.push(connection);
      return answer(asking({ authorization: `Bearer ${tokens[holder]!}` }, connection.signal));
    };
    const statuses = (await Promise.all(Array.from({ length: 1_500 }, () => open('vera')))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(limits.streamReadersOfOneMax);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1_500 - limits.streamReadersOfOneMax);
    expect(refusalOf(await open('vera'))).toEqual([429, 'TooManyRequests']);
    expect((await open('olga')).status).toBe(200);
    // Whoever leaves can come again.
    for (const connection of connections) connection.abort();
    expect((await open('vera')).status).toBe(200);
  });
});

describe('where a reader begins', () => {
  test.each([
    ['of a larger ledger', '999999', 409, 'NotYetKnown'],
    ['of five thousand digits', '9'.repeat(5_000), 400, 'RequestInvalid'],
    ['of another kind of store', '12/13', 400, 'RequestInvalid'],
    ['below zero', '-1', 400, 'RequestInvalid'],
    ['in hexadecimal', '0x1', 400, 'RequestInvalid'],
    ['with an exponent', '1e3', 400, 'RequestInvalid'],
    ['of other digits', '١', 400, 'RequestInvalid'],
    ['that is a word', 'yesterday', 400, 'RequestInvalid'],
    ['given twice', '1, 1', 400, 'RequestInvalid'],
    ['that is a statement', "1' OR '1'='1", 400, 'RequestInvalid'],
  ])('is no position %s, as Last-Event-ID', async (_what, position, status, title) => {
    const started = performance.now();
    expect(refusalOf(await streamOf(session).answer(asking({ 'last-event-id': position })))).toEqual([status, title]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('is the newest for an empty Last-Event-ID, as a browser sends none', async () => {
    expect(refusalOf(await streamOf(session).answer(asking({ 'last-event-id': '' })))).toEqual([200]);
  });
});

const search = (name: string, values: readonly string[]): string => `?${values.map((value) => `${name}=${value}`).join('&')}`;

describe('a filter', () => {
  const many = Array.from({ length: limits.streamNamesMax + 1 }, (_, index) => `p${index}`);

  test.each([
    ['more names than may be given', search('meta', many), 400],
    ['as many over both', search('meta', many.slice(0, 60)) + search('sleeve', many.slice(60)).replace('?', '&'), 400],
    ['a name of ten thousand characters', search('meta', ['x'.repeat(10_000)]), 400],
    ['a name that is no name', search('meta', ['__proto__']), 400],
    ['a type that every object has', search('types', ['constructor']), 400],
    [
      'one type two thousand times',
      search(
        'types',
        Array.from({ length: 2_000 }, () => 'ledger-sealed'),
      ),
      200,
    ],
  ])('of %s costs nothing', async (_what, given, status) => {
    const started = performance.now();
    const [answered] = refusalOf(await streamOf(session).answer(asking({}, undefined, given)));
    expect(answered).toBe(status);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('a stream over a connection', () => {
  const servers: ApiServer[] = [];
  afterAll(async () => {
    for (const server of servers) await server.close();
  });

  async function serving(endpoint: ApiEndpoint): Promise<ApiServer> {
    const bounds = { headersMsMax: 300, requestMsMax: 400, stalledMsMax: 400 };
    const usual = { address: '127.0.0.1:0', hosts: [], proxies: [], tls: null, refusal: problemAnswer, log: silent };
    const server = await createApiServer({ ...usual, endpoints: [endpoint], bounds });
    servers.push(server);
    return server;
  }

  test('outlives the times for a request, for what comes between two and for what is not taken, by signs of life', async () => {
    const server = await serving(streamOf(session, { heartbeatMs: 100 }));
    const reader = await EventStreamReader.open(`${server.url}/v1/stream`);
    // More than twice the longest of them, and one look for requests that are late.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(reader.ended).toBe(false);
    const before = reader.comments.length;
    expect(before).toBeGreaterThan(2);
    while (reader.comments.length <= before && !reader.ended) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(reader.ended).toBe(false);
    await reader.leave();
  });

  test('is cut off for a reader who takes nothing, also one who sends meanwhile, and nothing more is read for it', async () => {
    const [newest] = await session.ports.store.readAll({ after: null, maxCount: 1, types: null });
    let pages = 0;
    const page = (): readonly StoredEvent[] => {
      pages += 1;
      return Array.from({ length: 200 }, () => ({ ...newest!, type: 'TokenCreated', stream: `apiToken-${'x'.repeat(500)}` }));
    };
    // A ledger that never comes to an end.
    const store = storeLike(session.ports.store, { readAll: async () => page(), head: async () => '999999999' });
    const endpoint = streamOf({ ...session, ports: { ...session.ports, store } });
    const signals: AbortSignal[] = [];
    const server = await serving({
      ...endpoint,
      answer: (request) => {
        signals.push(request.signal);
        return endpoint.answer(request);
      },
    });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write('GET /v1/stream?after=start HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const sending = setInterval(() => socket.write('\r\n'), 50);
    while (signals[0]?.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 20));
    clearInterval(sending);
    const read = pages;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([read > 1, pages]).toEqual([true, read]);
    socket.destroy();
  }, 30_000);
});
