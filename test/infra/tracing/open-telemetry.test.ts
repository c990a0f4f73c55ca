import { afterEach, describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Log, Tracer } from '../../../handlers/ports/ports.ts';
import { traceIdOf, traceparentOf } from '../../../handlers/runtime/trace-id.ts';
import { createTracer } from '../../../infra/tracing/open-telemetry.ts';
import { uuidIds } from '../../../infra/system/ids.ts';
import { startCollector, type CollectorBehaviour } from '../../support/otlp-collector.ts';

/** A limit against hanging, not a measure of speed: code that waits for a silent collector would wait for ever. */
const hangMs = 20_000;

const warnings: string[] = [];
const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (_fields, message) => void warnings.push(message),
  error: () => undefined,
};
const traceId = traceIdOf(uuidIds, 'run-1');
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  warnings.length = 0;
  delete process.env['OTEL_TRACES_SAMPLER'];
});

async function collector(manner?: CollectorBehaviour) {
  const started = await startCollector(manner);
  cleanups.push(() => started.close());
  return started;
}

function tracerTo(exporterUrl: string): Tracer {
  const tracer = createTracer({ serviceName: 'sleeve-ledger', serviceVersion: '1.2.3', exporterUrl, log, batchMs: 20 });
  cleanups.push(() => tracer.close());
  return tracer;
}

describe('traces', () => {
  test('of one result meet in one trace, though two processes send them and carry nothing', async () => {
    const { url, spans, paths } = await collector();
    const [intake, reaction] = [tracerTo(url), tracerTo(url)];
    expect(await intake.span('intake', { traceId, attributes: { sleeve: 'etfs', messages: 1 } }, async () => 'taken')).toBe('taken');
    await reaction.span('allocate', { traceId: traceIdOf(uuidIds, 'run-1') }, async () => undefined);
    await reaction.span('publish', { traceId }, async () => undefined);
    await Promise.all([intake.close(), reaction.close()]);
    expect(spans.map(({ name }) => name).toSorted()).toEqual(['allocate', 'intake', 'publish']);
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(new Set(spans.map((span) => span.spanId)).size).toBe(3);
    expect(spans.find(({ name }) => name === 'intake')!.attributes).toEqual({ sleeve: 'etfs', messages: 1 });
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['sleeve-ledger']));
    expect([...paths]).toEqual(['POST /v1/traces application/json']);
  });

  test('hang under the span that the traceparent of our messages names, and link the one that a message brought', async () => {
    const { url, spans } = await collector();
    const tracer = tracerTo(url);
    const theirs = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await tracer.span('intake', { traceId, link: theirs }, async () => undefined);
    for (const link of [
      '',
      'nonsense',
      '00-00000000000000000000000000000000-b7ad6b7169203331-01',
      'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ]) {
      await tracer.span('intake', { traceId, link }, async () => undefined);
    }
    await tracer.close();
    expect(new Set(spans.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([traceparentOf(traceId).split('-')[2]]));
    expect(spans.map(({ links }) => links.map((link) => `${link.traceId}-${link.spanId}`)).filter((links) => links.length > 0)).toEqual([
      ['0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331'],
    ]);
  });

  test('mark a failure by its code and repeat none of its words', async () => {
    const { url, spans } = await collector();
    const tracer = tracerTo(url);
    await expect(
      tracer.span('relay', { traceId }, async () => Promise.reject(new LedgerError('StoreUnavailable', 'no answer from ops:hunter2'))),
    ).rejects.toMatchObject({ code: 'StoreUnavailable' });
    await tracer.close();
    expect(spans[0]!.status).toEqual({ code: 2, message: 'StoreUnavailable' });
    expect(JSON.stringify(spans)).not.toContain('hunter2');
  });

  test('are left out as OTEL_TRACES_SAMPLER says', async () => {
    process.env['OTEL_TRACES_SAMPLER'] = 'always_off';
    const { url, spans } = await collector();
    const tracer = tracerTo(url);
    expect(await tracer.span('intake', { traceId }, async () => 1)).toBe(1);
    await tracer.close();
    expect(spans).toEqual([]);
  });

  test('refuse an address and a trace id that are none', async () => {
    expect(() => tracerTo('collector:4318')).toThrow(expect.objectContaining({ code: 'ConfigInvalid' }));
    const tracer = tracerTo('http://127.0.0.1:9');
    for (const wrong of ['', 'run-1', traceId.toUpperCase(), `${traceId.slice(0, 16)}${'0'.repeat(16)}`]) {
      await expect(tracer.span('intake', { traceId: wrong }, async () => 1)).rejects.toMatchObject({ code: 'Internal' });
    }
  });
});

describe('a collector', () => {
  test.each<[string, CollectorBehaviour | 'is not there']>([
    ['that is not there', 'is not there'],
    ['that refuses', 'refuses'],
    ['that never answers', 'stays silent'],
  ])(
    '%s neither fails nor delays the work, and closing ends within its bound',
    async (_what, manner) => {
      const url = manner === 'is not there' ? 'http://127.0.0.1:9' : (await collector(manner)).url;
      const tracer = tracerTo(url);
      const started = performance.now();
      for (let index = 0; index < 5_000; index++) expect(await tracer.span('allocate', { traceId }, async () => index)).toBe(index);
      expect(performance.now() - started).toBeLessThan(hangMs);
      const closing = performance.now();
      await tracer.close();
      expect(performance.now() - closing).toBeLessThan(hangMs);
    },
    3 * hangMs,
  );

  test('that refuses is reported once to the log, not for each batch', async () => {
    const tracer = tracerTo((await collector('refuses')).url);
    for (let batch = 0; batch < 3; batch++) {
      await tracer.span('allocate', { traceId }, async () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await tracer.close();
    expect(warnings).toEqual(['traces cannot be exported; the work goes on without them']);
  });
});
