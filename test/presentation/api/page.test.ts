import { describe, expect, test } from '@jest/globals';
import { pageEndpoints, pagePaths } from '../../../presentation/api/endpoints/page.ts';
import type { ApiAnswer, ApiRequest, PageFile } from '../../../presentation/ports/ports.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = (name: string, compressed: string | null = null): PageFile => ({
  name,
  bytes: bytes(name),
  compressed: compressed === null ? null : bytes(compressed),
  sha256: 'ab'.repeat(32),
});
const files = [file('index.html'), file('assets/main-1234.js', 'small'), file('favicon.svg'), file('theme.js')];

async function asked(path: string, headers: ApiRequest['headers'] = {}, of: readonly PageFile[] | null = files): Promise<ApiAnswer> {
  const matching = pageEndpoints(of).find((endpoint) => new RegExp(`^${endpoint.path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path))!;
  return matching.answer({
    method: 'GET',
    target: path,
    pathParameters: { file: path.split('/').at(-1)! },
    query: new URLSearchParams(),
    headers,
    body: new Uint8Array(),
    origin: 'http://127.0.0.1:8470',
    peer: '127.0.0.1',
    signal: new AbortController().signal,
  });
}

describe('the page over HTTP', () => {
  test.each(pagePaths)('opens at %s, and is asked for each time', async (path) => {
    const { status, headers, body } = await asked(path.replaceAll(/\{[^}]+\}/g, 'some%3Aname'));
    expect([status, headers['content-type'], headers['cache-control'], body]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
      bytes('index.html'),
    ]);
  });

  test('allows scripts, styles and answers of its own server alone, and nothing that stands in the page', async () => {
    const { headers } = await asked('/');
    const policy = headers['content-security-policy']!;
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test('keeps assets, which are named by their content, for ever; compressed for who takes that', async () => {
    const plain = await asked('/assets/main-1234.js');
    expect([plain.headers['cache-control'], plain.headers['content-encoding'], plain.body]).toEqual([
      'public, max-age=31536000, immutable',
      undefined,
      bytes('assets/main-1234.js'),
    ]);
    const small = await asked('/assets/main-1234.js', { 'accept-encoding': 'gzip, deflate, br' });
    expect([small.headers['content-encoding'], small.headers['vary'], small.body]).toEqual(['br', 'accept-encoding', bytes('small')]);
    expect((await asked('/assets/main-1234.js', { 'accept-encoding': 'br;q=0' })).headers['content-encoding']).toBeUndefined();
    expect((await asked('/', { 'accept-encoding': 'br' })).headers['content-encoding']).toBeUndefined();
  });

  test('answers 304 to who holds it, and the compressed bytes have a validator of their own', async () => {
    const { headers } = await asked('/');
    expect((await asked('/', { 'if-none-match': headers['etag'] })).status).toBe(304);
    const small = await asked('/assets/main-1234.js', { 'accept-encoding': 'br' });
    expect((await asked('/assets/main-1234.js', { 'if-none-match': small.headers['etag'] })).status).toBe(200);
  });

  test('says what is not there, and how a page that was not built is built', async () => {
    expect((await asked('/assets/other.js')).status).toBe(404);
    const unbuilt = await asked('/', {}, null);
    expect([unbuilt.status, JSON.parse(unbuilt.body as string).detail]).toEqual([
      404,
      'the page is not built here: `npm run build:web` builds it',
    ]);
  });
});
