import { afterEach, describe, expect, test } from '@jest/globals';
import { openOperations } from '../../bin/operations.ts';
import { createLog } from '../../infra/system/log.ts';
import { createAmbientTrace } from '../../infra/tracing/ambient.ts';
import { startCollector } from '../support/otlp-collector.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function open(environment: Record<string, string> = {}) {
  const lines: Record<string, unknown>[] = [];
  const ambient = createAmbientTrace();
  const log = createLog('info', false, { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) }, ambient.fields);
  const operations = openOperations({ log, ambient, environment });
  closers.push(() => operations.close());
  return { operations, lines, log };
}

describe('the operations of a worker', () => {
  test('serve health, readiness and metrics of this process, and stop', async () => {
    const { operations } = open();
    const checks = [{ name: 'intake', ok: false, detail: '9 messages behind' }];
    const server = await operations.serve({ address: '127.0.0.1:0', hosts: [] }, async () => ({ ready: false, checks }));
    operations.metrics.set('sleeve_ledger_unsealed_events', 42);
    const get = async (path: string) => {
      const answer = await fetch(`${server.url}${path}`);
      return { status: answer.status, text: await answer.text() };
    };
    expect(await get('/healthz')).toMatchObject({ status: 200, text: expect.stringContaining('"alive":true') });
    expect(await get('/readyz')).toEqual({ status: 503, text: `${JSON.stringify({ ready: false, notReady: ['intake'], checks })}\n` });
    const { text } = await get('/metrics');
    expect(text).toMatch(/^sleeve_ledger_unsealed_events 42$/m);
    expect(text).toMatch(/^sleeve_ledger_build_info\{version="[^"]+"\} 1$/m);
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  test('send traces only where a collector is named, and name the trace in the log either way', async () => {
    const collector = await startCollector();
    closers.push(() => collector.close());
    const traceId = '11112222333344445555666677778888';
    for (const environment of [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` }]) {
      const { operations, lines, log } = open(environment);
      await operations.tracer.span('allocate', { traceId }, async () => log.info({ meta: 'm' }, 'decided'));
      await operations.close();
      expect(lines).toMatchObject([{ trace: traceId, meta: 'm', msg: 'decided' }]);
    }
    expect(collector.spans.map((span) => span.traceId)).toEqual([traceId]);
  });
});
