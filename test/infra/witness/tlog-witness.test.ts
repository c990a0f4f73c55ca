import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { limits } from '../../../domain/shared/limits.ts';
import { tlogWitness } from '../../../infra/witness/tlog-witness.ts';
import { openWitnessMemory } from '../../../infra/witness/witness-memory.ts';
import { refusalOf } from '../../support/refusal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: { method: string | undefined; url: string | undefined; type: string | undefined; body: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      asked.push({ method: request.method, url: request.url, type: request.headers['content-type'], body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
});

const saying = (status: number, text: string | Buffer, headers: Record<string, string> = {}): void => {
  asked = [];
  answer = (_, response) => void response.writeHead(status, headers).end(text);
};
const offer = { old: 3, size: 5, proof: [new Uint8Array(32)], note: 'a note\n' };

describe('a server of witnesses', () => {
  test('is asked by the protocol', async () => {
    saying(200, 'note');
    await tlogWitness(url).show('a log/x');
    await tlogWitness(url).take(offer, 'a log/x');
    expect(asked).toEqual([
      { method: 'GET', url: '/checkpoint?origin=a%20log%2Fx', type: undefined, body: '' },
      { method: 'POST', url: '/add-checkpoint', type: 'text/plain; charset=utf-8', body: `old 3\n${'A'.repeat(43)}=\n\na note\n` },
    ]);
  });

  test.each([
    [200, 'note', { kind: 'shown', newest: { file: 'URL', note: 'note' } }],
    [404, 'no', { kind: 'shown', newest: null }],
    [499, 'no', { kind: 'shown', newest: null }],
    [500, 'down\nmore', { kind: 'away', why: '500: down' }],
    [503, 'x'.repeat(201), { kind: 'away', why: `503: ${'x'.repeat(200)}` }],
  ])('that answers %s shows what it cosigned last', async (status, text, expected) => {
    saying(status, text);
    expect(JSON.parse(JSON.stringify(await tlogWitness(url).show('log')).replace(url, 'URL'))).toEqual(expected);
  });

  test.each([
    [200, 'lines\n', { kind: 'kept', lines: 'lines\n' }],
    [422, 'no\nmore', { kind: 'contradicted', why: '422: no' }],
    [409, '7\n', { kind: 'other size', size: 7 }],
    [409, '0\n', { kind: 'other size', size: 0 }],
    [409, '9007199254740991\n', { kind: 'other size', size: 9_007_199_254_740_991 }],
    [409, '9007199254740992\n', { kind: 'refused', why: '409: 9007199254740992 (no size)' }],
    [409, '7', { kind: 'refused', why: '409: 7 (no size)' }],
    [409, '07\n', { kind: 'refused', why: '409: 07 (no size)' }],
    [409, 'x7\n', { kind: 'refused', why: '409: x7 (no size)' }],
    [409, '7\nx', { kind: 'refused', why: '409: 7 (no size)' }],
    [409, '12345678901234567\n', { kind: 'refused', why: '409: 12345678901234567 (no size)' }],
    [403, 'no', { kind: 'refused', why: '403: no' }],
    [429, 'later', { kind: 'away', why: '429: later' }],
    [499, 'no', { kind: 'refused', why: '499: no' }],
    [500, 'down', { kind: 'away', why: '500: down' }],
  ])('that answers %s to an offer', async (status, text, expected) => {
    saying(status, text);
    expect(await tlogWitness(url).take(offer, 'log')).toEqual(expected);
  });

  test('is away when its answer is too long, no text, elsewhere or broken off', async () => {
    const away = async (why: unknown): Promise<void> => {
      expect([await tlogWitness(url).show('log'), await tlogWitness(url).take(offer, 'log')]).toEqual([
        { kind: 'away', why },
        { kind: 'away', why },
      ]);
    };
    saying(200, 'x'.repeat(limits.witnessAnswerBytesMax));
    expect(await tlogWitness(url).show('log')).toMatchObject({ kind: 'shown' });
    saying(200, 'x'.repeat(limits.witnessAnswerBytesMax + 1));
    await away('an answer of more than 131072 bytes');
    saying(200, Buffer.from([0xff]));
    await away('The encoded data was not valid for encoding utf-8');
    saying(302, '', { location: `${url}/checkpoint` });
    await away('unexpected redirect');
    answer = (request) => void request.socket.destroy();
    await away('other side closed');
    saying(204, '');
    answer = (_, response) => void response.writeHead(204).end();
    expect(await tlogWitness(url).show('log')).toEqual({ kind: 'shown', newest: null });
  });

  test('is given so long', async () => {
    saying(200, 'note');
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    await tlogWitness(url).show('log');
    expect(timeout.mock.calls).toEqual([[5_000]]);
    timeout.mockRestore();
  });
});

describe('the memory of a witness', () => {
  const file = join(temporaryDirectory(), 'witness.sqlite');

  test('keeps the last note of each log, and some that it refused', () => {
    const memory = openWitnessMemory(file);
    expect([memory.isEmpty(), memory.last('a')]).toEqual([true, null]);
    const put = (origin: string, note: string | null): unknown => memory.replace(origin, (last) => ({ note, result: [last, note] }));
    expect([put('a', null), memory.isEmpty()]).toEqual([[null, null], true]);
    expect([put('a', '1'), put('a', '2'), put('a', null), put('b', '3')]).toEqual([
      [null, '1'],
      ['1', '2'],
      ['2', null],
      [null, '3'],
    ]);
    expect([memory.isEmpty(), memory.last('a'), memory.last('b')]).toEqual([false, '2', '3']);
    for (const [note, at] of [
      ['y', '2'],
      ['z', '1'],
      ['x', '2'],
      ['y', '0'],
    ] as const)
      memory.keepRefused('a', note, at);
    expect([memory.refused('a'), memory.refused('b')]).toEqual([['z', 'x', 'y'], []]);
    for (let at = 0; at < 105; at++) memory.keepRefused('b', String(at), String(at).padStart(3, '0'));
    expect(memory.refused('b')).toEqual(Array.from({ length: limits.witnessRefusedKeptMax }, (_, at) => String(at)));
    memory.close();
    const again = openWitnessMemory(file);
    expect(again.last('a')).toBe('2');
    again.close();
  });

  test('says what SQLite says, and lets through what is not SQLite’s', () => {
    const memory = openWitnessMemory(file);
    const failing = (code: string) => () =>
      memory.replace('a', () => {
        throw new Database.SqliteError('said', code);
      });
    for (const [sqlite, code] of [
      ['SQLITE_BUSY', 'StoreBusy'],
      ['SQLITE_LOCKED_VTAB', 'StoreBusy'],
      ['SQLITE_FULL', 'StoreFull'],
      ['SQLITE_IOERR', 'StoreIo'],
    ] as const) {
      const refusal = refusalOf(failing(sqlite));
      expect([refusal.code, refusal.message, refusal.evidence, refusal.at]).toEqual([code, `${file}: said`, { sqlite }, { file }]);
    }
    const own = new Error('own');
    expect(() =>
      memory.replace('a', () => {
        throw own;
      }),
    ).toThrow(own);
    memory.close();
    expect(() => openWitnessMemory('/no/such/folder/file')).toThrow();
  });
});
