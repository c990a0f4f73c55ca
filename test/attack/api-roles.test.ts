/** Holders of one role who try every route, and somebody without any: nobody gets further than their role. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiRoles, type ApiRole } from '../../domain/people/api-roles.ts';
import { offeredEndpoints } from '../../presentation/api/api.ts';
import { unserved } from '../../presentation/api/unserved.ts';
import { Workbench } from '../support/cli.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { ServedLedger, tokenOf } from '../support/served-ledger.ts';
import { expectedRoles } from './support/expected-roles.ts';

const routes = offeredEndpoints(unserved).map(({ endpoint: { method, path }, access, operation }) => ({ method, path, access, operation }));
const bench = new Workbench(scratchDirectory());
const tokens = new Map<ApiRole, string>();
let closed: ServedLedger;
let open: ServedLedger;
let head: string;

beforeAll(async () => {
  await bench.produce('stocks');
  for (const role of apiRoles) tokens.set(role, await tokenOf(bench, role, role));
  head = (await bench.events()).at(-1)!.position;
  closed = await ServedLedger.start(bench, []);
  open = await ServedLedger.start(bench, ['--anybody-reads']);
}, 300_000);
afterAll(async () => {
  await closed.stop();
  await open.stop();
});

/** The status of a request with nothing behind it; what it names is not there. The answer is not read: it may have no end. */
async function statusOf(served: ServedLedger, method: string, path: string, token: string | null): Promise<number> {
  const asking = new AbortController();
  const response = await fetch(`${served.url}${path.replaceAll(/\{[^}]+\}/g, 'nothing')}`, {
    method,
    signal: asking.signal,
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    ...(method === 'POST' ? { body: '{"nothing":1}' } : {}),
  });
  await response.body?.cancel();
  asking.abort();
  return response.status;
}

const isLetIn = (status: number): boolean => status !== 401 && status !== 403;

describe('the role matrix', () => {
  test('every route has the rule that was meant for it, and says so in the document', () => {
    for (const { method, path, access, operation } of routes) {
      const meant = expectedRoles(method, path);
      expect([method, path, typeof access === 'string' ? access : access.toSorted()]).toEqual([
        method,
        path,
        typeof meant === 'string' ? meant : meant.toSorted(),
      ]);
      if (typeof access !== 'string') expect(operation).toMatchObject({ 'x-roles': access });
    }
    expect(routes.length).toBeGreaterThan(20);
  });

  test('every POST either records nothing or takes an idempotency key', () => {
    for (const { method, path, operation } of routes) {
      if (method !== 'POST' || path === '/v1/session') continue;
      const text = JSON.stringify(operation);
      expect([path, text.includes('Records nothing.') !== /parameters\/IdempotencyKey/.test(text)]).toEqual([path, true]);
    }
  });

  test.each([...apiRoles])('%s gets through where the role allows it, and nowhere else', async (role) => {
    for (const { method, path } of routes) {
      const meant = expectedRoles(method, path);
      const status = await statusOf(closed, method, path, tokens.get(role)!);
      expect([method, path, isLetIn(status)]).toEqual([method, path, meant === 'anybody' || meant.includes(role)]);
      expect(status).toBeLessThan(500);
    }
  });

  test('nobody is told 401 everywhere; where anybody reads, they read like a viewer', async () => {
    for (const { method, path } of routes) {
      const meant = expectedRoles(method, path);
      if (meant === 'anybody') continue;
      expect([method, path, await statusOf(closed, method, path, null)]).toEqual([method, path, 401]);
      expect([method, path, isLetIn(await statusOf(open, method, path, null))]).toEqual([method, path, meant.includes('viewer')]);
    }
  });

  test('HEAD is guarded as GET is', async () => {
    for (const { path, access } of routes.filter(({ method }) => method === 'GET')) {
      if (access === 'anybody' || access.includes('sender')) continue;
      expect([path, await statusOf(closed, 'HEAD', path, null), await statusOf(closed, 'HEAD', path, tokens.get('sender')!)]).toEqual([
        path,
        401,
        403,
      ]);
    }
  });

  test('nothing was recorded by any of it', async () => {
    expect((await bench.events()).at(-1)!.position).toBe(head);
  });
});
