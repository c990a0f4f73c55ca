import { describe, expect, test } from '@jest/globals';
import { createAmbientTrace } from '../../../infra/tracing/ambient.ts';
import { createLog } from '../../../infra/system/log.ts';
import { silentTracer } from '../../../handlers/runtime/observability/telemetry.ts';

describe('the trace in force', () => {
  test('stands in each line that is logged within a span, also of work side by side, and in no other', async () => {
    const lines: Record<string, unknown>[] = [];
    const ambient = createAmbientTrace();
    const log = createLog('info', false, { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) }, ambient.fields);
    const tracer = ambient.around(silentTracer);
    const work = (traceId: string) =>
      tracer.span('allocate', { traceId }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        log.info({ runId: `of ${traceId}` }, 'decided');
      });
    log.info({}, 'before');
    await Promise.all([work('a'), work('b')]);
    expect(lines.map(({ trace, runId, msg }) => [trace, runId, msg])).toEqual([
      [undefined, undefined, 'before'],
      ['a', 'of a', 'decided'],
      ['b', 'of b', 'decided'],
    ]);
  });

  test('gives way to a trace that the caller names', async () => {
    const lines: string[] = [];
    const ambient = createAmbientTrace();
    const log = createLog('info', false, { write: (line) => lines.push(line) }, ambient.fields);
    await ambient.around(silentTracer).span('relay', { traceId: 'a' }, async () => log.info({ trace: 'own' }, 'sent'));
    expect(JSON.parse(lines[0]!)).toMatchObject({ trace: 'own' });
  });
});
