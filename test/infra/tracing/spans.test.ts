import { afterEach, describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Log } from '../../../handlers/ports/ports.ts';
import { createTracer } from '../../../infra/tracing/open-telemetry.ts';
import { startCollector } from '../../support/otlp-collector.ts';
import { refusalOf } from '../../support/refusal.ts';

const lines: unknown[][] = [];
const say =
  (level: string) =>
  (fields: object, message: string): void =>
    void lines.push([level, fields, message]);
const log: Log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
const traceId = '0af7651916cd43dd8448eb211c80319c';
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  lines.length = 0;
});

function tracerTo(exporterUrl: string) {
  const tracer = createTracer({ serviceName: 'sleeve-ledger', serviceVersion: '1.2.3', exporterUrl, log, batchMs: 5 });
  cleanups.push(() => tracer.close());
  return tracer;
}

describe('spans', () => {
  test('hang under their trace, link what a message brought, and say how they failed', async () => {
    const collector = await startCollector();
    cleanups.push(() => collector.close());
    const tracer = tracerTo(`${collector.url}//`);
    const span = 'b7ad6b7169203331';
    const links = [`00-${traceId}-${span}-01`, `00-${traceId}-${span}-01-more`, undefined];
    const none = [
      '00',
      `ff-${traceId}-${span}-01`,
      `00-${'0'.repeat(32)}-${span}-01`,
      `00-${traceId}-${'0'.repeat(16)}-01`,
      `x00-${traceId}-${span}-01`,
      `00-${traceId}-${span}-0`,
    ];
    for (const [at, link] of [...links, ...none].entries())
      await tracer.span(`s${at}`, { traceId, ...(link === undefined ? {} : { link }), attributes: { at } }, async () => at);
    const failure = new LedgerError('StoreBusy', 'secret');
    await expect(tracer.span('ours', { traceId }, async () => Promise.reject(failure))).rejects.toBe(failure);
    await expect(tracer.span('other', { traceId }, async () => Promise.reject(new Error('secret')))).rejects.toThrow('secret');
    await tracer.close();
    const linked = [{ traceId, spanId: span }];
    expect(
      collector.spans
        .map(({ name, service, traceId: trace, parentSpanId, attributes, links: found, status }) => [
          name,
          service,
          trace,
          parentSpanId,
          attributes,
          found.map((one) => ({ traceId: one.traceId, spanId: one.spanId })),
          status.code ?? 0,
          status.message,
        ])
        .toSorted(([one], [other]) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
    ).toEqual([
      ['other', 'sleeve-ledger', traceId, traceId.slice(16), {}, [], 2, 'Internal'],
      ['ours', 'sleeve-ledger', traceId, traceId.slice(16), {}, [], 2, 'StoreBusy'],
      ...[linked, linked, [], ...none.map(() => [])].map((found, at) => [
        `s${at}`,
        'sleeve-ledger',
        traceId,
        traceId.slice(16),
        { at },
        found,
        0,
        undefined,
      ]),
    ]);
    expect([...collector.paths]).toEqual(['POST /v1/traces application/json']);
  });

  test.each(['x', `${traceId}0`, traceId.slice(1), `${traceId.slice(0, 16)}${'0'.repeat(16)}`, traceId.toUpperCase()])(
    'belong to no trace %s',
    async (id) => {
      await expect(tracerTo('http://127.0.0.1:1').span('s', { traceId: id }, async () => undefined)).rejects.toMatchObject({
        code: 'Internal',
        message: 'a trace id is 32 hexadecimal digits, the last 16 not all zero',
        evidence: { traceId: id },
      });
    },
  );

  test.each(['ftp://x', 'xhttp://y', 'http://', 'http://a b', ''])('go to no collector at "%s"', (address) => {
    const refusal = refusalOf(() => tracerTo(address));
    expect([refusal.code, refusal.message, refusal.at]).toEqual([
      'ConfigInvalid',
      'OTEL_EXPORTER_OTLP_ENDPOINT must have the form http://HOST:PORT or https://HOST:PORT',
      { path: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
    ]);
  });
});
