import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { operationRoutes } from '../../../presentation/http/routes.ts';
import type { Readiness } from '../../../handlers/roles/operations.ts';

function ask(path: string, parts: { ready?: () => Promise<Readiness>; alive?: boolean }) {
  const routes = operationRoutes({
    health: () => ({ alive: parts.alive ?? true, detail: 'longest delay 3 ms' }),
    ready: parts.ready ?? (async () => ({ ready: true, checks: [] })),
    metrics: { contentType: 'text/plain; version=0.0.4', exposition: async () => 'a 1\n' },
  });
  return routes.find((route) => route.path === path)!;
}

describe('what a worker reports to its operators', () => {
  test('is alive with 200 and stuck with 503', async () => {
    expect(await ask('/healthz', {}).answer()).toMatchObject({ status: 200, body: '{"alive":true,"detail":"longest delay 3 ms"}\n' });
    expect(await ask('/healthz', { alive: false }).answer()).toMatchObject({ status: 503 });
  });

  test('is unready with 503 and says what is not ready', async () => {
    const checks = [
      { name: 'store', ok: true, detail: '2 ms' },
      { name: 'consumer_lag', ok: false, detail: '5,200 messages, limit 5,000' },
    ];
    const { status, body } = await ask('/readyz', { ready: async () => ({ ready: false, checks }) }).answer();
    expect(status).toBe(503);
    expect(JSON.parse(body)).toEqual({ ready: false, notReady: ['consumer_lag'], checks });
  });

  test('is unready when the checks fail, without the words of the failure', async () => {
    const { status, body } = await ask('/readyz', { ready: async () => Promise.reject(new TypeError('esdb://u:hunter2@host')) }).answer();
    expect(status).toBe(503);
    expect(body).toContain('the checks failed: TypeError');
    expect(body).not.toContain('hunter2');
  });

  test('is unready when the checks hang', async () => {
    const started = performance.now();
    const { status, body } = await ask('/readyz', { ready: () => new Promise(() => undefined) }).answer();
    expect(status).toBe(503);
    expect(body).toContain(`no answer within ${limits.readinessMsMax} ms`);
    expect(performance.now() - started).toBeLessThan(limits.readinessMsMax + 1_000);
  });

  test('asks the store once for probes that come together, and again for the next', async () => {
    let asked = 0;
    const route = ask('/readyz', {
      ready: async () => {
        asked += 1;
        await new Promise((resolve) => setImmediate(resolve));
        return { ready: true, checks: [] };
      },
    });
    const answers = await Promise.all(Array.from({ length: 100 }, () => route.answer()));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(asked).toBe(1);
    await route.answer();
    expect(asked).toBe(2);
  });

  test('gives the metrics with their content type', async () => {
    expect(await ask('/metrics', {}).answer()).toEqual({ status: 200, contentType: 'text/plain; version=0.0.4', body: 'a 1\n' });
  });
});
