import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { apiDocument, offeredEndpoints } from '../../../presentation/api/api.ts';
import { documentEndpoints } from '../../../presentation/api/endpoints/document.ts';
import { referenceOf } from '../../../presentation/api/reference.ts';
import { unserved } from '../../../presentation/api/unserved.ts';
import type { ApiAnswer } from '../../../presentation/ports/ports.ts';

const offered = offeredEndpoints(unserved);
const document = apiDocument(offered, '1.2.3');
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

async function page(): Promise<ApiAnswer & { readonly html: string }> {
  const { answer } = documentEndpoints(document, { sha256 }).find(({ path }) => path === '/v1/reference')!;
  const request = { method: 'GET', target: '/v1/reference', pathParameters: {}, query: new URLSearchParams(), headers: {} };
  const told = { peer: '127.0.0.1', origin: 'http://127.0.0.1', signal: new AbortController().signal };
  const answered = await answer({ ...request, ...told, body: new Uint8Array() });
  return { ...answered, html: answered.body as string };
}

describe('the page about the API', () => {
  test('has every operation that is offered once, and leads nowhere that it does not have', async () => {
    const { html } = await page();
    const titles = referenceOf(document).sections.flatMap(({ entries }) => entries.map(({ title }) => title));
    expect(titles.filter((title) => title.includes(' /')).toSorted()).toEqual(
      offered.map(({ endpoint: { method, path } }) => `${method} ${path}`).toSorted(),
    );
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!).filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('has one style, which its policy allows by its digest, and fetches nothing', async () => {
    const { headers, html } = await page();
    const styles = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text]) => text!);
    expect(styles).toHaveLength(1);
    const digest = Buffer.from(sha256(new TextEncoder().encode(styles[0]))).toString('base64');
    const policy = headers['content-security-policy']!;
    expect(policy.split('; ')).toEqual(expect.arrayContaining(["default-src 'none'", `style-src 'sha256-${digest}'`]));
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/<script|<link|<img| style=|url\(|https?:/);
  });
});
