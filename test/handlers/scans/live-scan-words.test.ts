/** What a live scan asks of a server, and in which words it refuses its answers: whole requests, whole errors. */
import { describe, expect, test } from '@jest/globals';
import { requestOf } from '../../../domain/scan/scanner.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import type { Posted, ScanServer } from '../../../handlers/ports/ports.ts';
import { type LiveAsked, liveResponse } from '../../../handlers/scans/live-scan.ts';
import { scannerOf } from '../../support/scanners.ts';

const funds = scannerOf({
  id: 'live',
  markets: ['america'],
  sort_by: 'Value.Traded',
  prefilter_limit: 3,
  limit: 2,
  columns: ['ADX', 'Value.Traded'],
});
const { columns } = requestOf(funds);
const url = 'https://scans.example/america/scan';
const asked: LiveAsked = {
  url: 'https://scans.example//',
  timeoutSeconds: 1.5,
  droppedColumns: [],
  askedBy: (column) => [`by ${column}`, 'live'],
};

interface Post {
  readonly url: string;
  readonly body: unknown;
  readonly timeoutMs: number;
}

/** A server that answers in a given order, the last answer for ever, and says what it was asked. */
function scripted(...answers: readonly Posted[]) {
  const posts: Post[] = [];
  const waits: number[] = [];
  const server: ScanServer = {
    post: async (to, body, timeoutMs) => {
      posts.push({ url: to, body: JSON.parse(body), timeoutMs });
      return answers[Math.min(posts.length, answers.length) - 1]!;
    },
    wait: async (seconds) => void waits.push(seconds),
  };
  return { server, posts, waits };
}

const answered = (status: number, text: string, retryAfterSeconds: number | null = null): Posted => ({
  kind: 'answered',
  status,
  text,
  retryAfterSeconds,
});
/** A row with its traded value; every other column is empty. */
const rowOf = (symbol: string, traded: number | null) => ({
  s: symbol,
  d: columns.map((column) => (column === 'Value.Traded' ? traded : column === 'name' ? symbol.split(':')[1] : null)),
});
const page = (total: unknown, ...rows: readonly object[]): Posted => answered(200, JSON.stringify({ totalCount: total, data: rows }));
const ask = async (server: ScanServer, change: Partial<LiveAsked> = {}, scanner = funds) =>
  liveResponse(server, scanner, { ...asked, ...change }, new AbortController().signal);

const refusedWith = async (server: ScanServer, change: Partial<LiveAsked> = {}): Promise<LedgerError> => {
  const error: unknown = await ask(server, change).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof LedgerError) return error;
  throw error ?? new Error('nothing was refused');
};

describe('a live scan', () => {
  test('posts its request to the market below the address, with the time that it may take', async () => {
    const { server, posts, waits } = scripted(page(2, rowOf('A:X', 9), rowOf('A:Y', null)));
    const { response, source } = await ask(server);
    expect(posts).toEqual([{ url, body: { ...requestOf(funds), range: [0, 3] }, timeoutMs: 1_500 }]);
    expect(waits).toEqual([]);
    expect(source).toEqual({ kind: 'live', url, pages: [{ range: [0, 3], rows: 2, retries: [] }] });
    expect(response.columns).toEqual(columns);
    expect(response.totalCount).toBe(2);
    expect(response.rows.map(({ symbol }) => symbol)).toEqual(['A:X', 'A:Y']);
  });

  test('of nothing is an empty response of its columns', async () => {
    const { server, posts } = scripted(page(0));
    expect((await ask(server)).response).toEqual({ columns, rows: [], totalCount: 0 });
    expect(posts).toHaveLength(1);
  });

  test('waits as long as the server says or twice as long each time, and tells why', async () => {
    const failed: Posted = { kind: 'failed', because: 'timeout' };
    const { server, waits } = scripted(failed, answered(503, ''), answered(429, '', 7), answered(500, '', 1), page(0));
    expect((await ask(server)).source.pages).toEqual([
      {
        range: [0, 3],
        rows: 0,
        retries: [
          { because: 'timeout', waitSeconds: 2 },
          { because: '503', waitSeconds: 4 },
          { because: '429', waitSeconds: 7 },
          { because: '500', waitSeconds: 2 },
        ],
      },
    ]);
    expect(waits).toEqual([2, 4, 7, 2]);
  });

  test('gives up after eleven attempts, with what the last ended with and how long was waited', async () => {
    const { server, posts } = scripted({ kind: 'failed', because: 'closed' });
    const error = await refusedWith(server);
    const waitsSeconds = [2, 4, 8, 16, 32, 60, 60, 60, 60, 60];
    expect(error).toMatchObject({ code: 'ScanServerUnavailable', message: `${url}: 11 attempts, the last ended with closed` });
    expect([error.evidence, error.at]).toEqual([{ attempts: 11, last: 'closed', waitsSeconds }, { file: url }]);
    expect(posts).toHaveLength(11);
  });

  test.each([400, 404, 428, 430, 499])('is refused at once with status %i, with the first of its words', async (status) => {
    const { server, posts } = scripted(answered(status, 'no'.repeat(150)));
    const error = await refusedWith(server);
    expect(error).toMatchObject({ code: 'ScanServerRefused', message: `${url} answered ${status}: ${'no'.repeat(100)}` });
    expect([error.evidence, error.at, posts.length]).toEqual([{ status }, { file: url }, 1]);
  });

  test('whose column the server does not know names the scanners that ask for it', async () => {
    const error = await refusedWith(scripted(answered(400, 'unknown field "ADX"')).server);
    expect(error).toMatchObject({
      code: 'ScanColumnUnknown',
      message: `${url} does not know the column ADX, which by ADX, live ask for`,
    });
    expect([error.evidence, error.at]).toEqual([
      { column: 'ADX', scanners: ['by ADX', 'live'] },
      { file: url, path: 'ADX' },
    ]);
  });

  test.each([
    ['{"a"', 'response_not_json', '4 characters that are no JSON', true],
    ['['.repeat(limits.jsonTextDepthMax + 1), 'response_not_json', `nested deeper than ${limits.jsonTextDepthMax}`, false],
    ['[]', 'not_a_response', 'an object is expected', false],
    ['null', 'not_a_response', 'an object is expected', false],
    ['"page"', 'not_a_response', 'an object is expected', false],
  ])('refuses the page %.20s', async (text, fault, said, tellsParser) => {
    const error = await refusedWith(scripted(answered(200, text)).server);
    expect(error).toMatchObject({ code: 'ScanResponseInvalid', message: `${fault}: ${said}`, evidence: { fault }, at: { file: url } });
    expect(error.at.path === undefined).toBe(!tellsParser);
  });

  test.each([undefined, '2', -1, 1.5, null])('refuses a page that counts %p rows', async (total) => {
    const error = await refusedWith(scripted(page(total, rowOf('A:X', 1))).server);
    expect(error).toMatchObject({
      code: 'ScanResponseInvalid',
      message: `total_count: totalCount ${JSON.stringify(total)} is not a count`,
      at: { file: url, path: 'totalCount' },
    });
  });

  test('refuses a page without rows where there are some, and one whose rows are no list', async () => {
    for (const data of [undefined, 'rows', {}]) {
      const error = await refusedWith(scripted(answered(200, JSON.stringify({ totalCount: 1, data }))).server);
      expect(error.message).toBe('truncated_page: range 0 to 3 of 1: 0 rows came, 1 were expected');
    }
  });

  test('refuses rows that are not in the order of the column that it sorts by', async () => {
    const error = await refusedWith(scripted(page(2, rowOf('A:X', 1), rowOf('A:Y', 9))).server);
    expect(error.message).toBe('misordered: row 1 is not sorted by Value.Traded: the cut would take other rows');
  });

  test('leaves columns out that it is told to drop', async () => {
    const { server, posts } = scripted(page(0));
    await ask(server, { droppedColumns: ['ADX'] });
    expect((posts[0]!.body as { readonly columns: readonly string[] }).columns).toEqual(columns.filter((column) => column !== 'ADX'));
  });

  test.each([[[]], [['america', 'global']]])('asks one market, not %j', async (markets) => {
    const { server, posts } = scripted(page(0));
    await expect(ask(server, {}, { ...funds, markets })).rejects.toMatchObject({
      code: 'Usage',
      message: `live names ${markets.length} markets: a live scan asks one`,
      at: { path: 'markets' },
    });
    expect(posts).toEqual([]);
  });
});
