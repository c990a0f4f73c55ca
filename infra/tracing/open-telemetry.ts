import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace, type Link, type SpanContext } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Log, Tracer } from '../../handlers/ports/ports.ts';

export interface TracerOptions {
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** Base address of an OTLP/HTTP collector, as `OTEL_EXPORTER_OTLP_ENDPOINT` gives it: `http://127.0.0.1:4318`. */
  readonly exporterUrl: string;
  readonly log: Log;
  /** Spans wait so long to be sent together. */
  readonly batchMs?: number;
}

const exportMsMax = 5_000;
const closeMsMax = 3_000;
/** Beyond it spans are dropped: tracing must not hold memory when the collector is away. */
const waitingSpansMax = 2_048;

/**
 * The span that stands above all spans of a trace. Nobody sends it: steps of one result run in several processes that only share the trace
 * id, so its span id is derived from that, as the `traceparent` of our messages has it.
 */
function parentOf(traceId: string): SpanContext {
  if (!/^[0-9a-f]{16}(?!0{16})[0-9a-f]{16}$/.test(traceId))
    throw new LedgerError('Internal', 'a trace id is 32 hexadecimal digits, the last 16 not all zero', { evidence: { traceId } });
  return { traceId, spanId: traceId.slice(16), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/** A W3C `traceparent` as a link. One that is malformed links nothing: it came with a message, and says nothing about it. */
function linkTo(traceparent: string | undefined): Link[] {
  const parts = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})/.exec(traceparent ?? '');
  if (parts === null) return [];
  return [
    { context: { traceId: parts[1]!, spanId: parts[2]!, traceFlags: Number.parseInt(parts[3]!, 16) & TraceFlags.SAMPLED, isRemote: true } },
  ];
}

/** Tells the log when exporting begins to fail and when it works again, not each time. */
function reporting(exporter: SpanExporter, log: Log): SpanExporter {
  let failing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const fails = result.error !== undefined;
        if (fails && !failing)
          log.warn({ error: result.error?.name, spans: spans.length }, 'traces cannot be exported; the work goes on without them');
        if (!fails && failing) log.info({}, 'traces are exported again');
        failing = fails;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

function collectorOf(exporterUrl: string): string {
  if (!/^https?:\/\/[^\s]+$/.test(exporterUrl))
    throw new LedgerError('ConfigInvalid', 'OTEL_EXPORTER_OTLP_ENDPOINT must have the form http://HOST:PORT or https://HOST:PORT', {
      at: { path: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
    });
  return `${exporterUrl.replace(/\/+$/, '')}/v1/traces`;
}

/**
 * Spans by OpenTelemetry, sent to a collector in batches. `traceId` is the trace: each step derives it from the fact worked on, so the
 * steps of one result meet in one trace without carrying anything, and a repeated step lands in the same trace. Sampling is as
 * `OTEL_TRACES_SAMPLER` says, everything without it.
 *
 * A collector that is away neither fails nor delays the work: spans wait in a bounded queue, then they are dropped. Nothing is registered
 * globally. A span that fails carries the code of the error, not its message.
 *
 * Errors: ConfigInvalid for an address that is none; Internal for a trace id that is none.
 */
export function createTracer({ serviceName, serviceVersion, exporterUrl, log, batchMs = 1_000 }: TracerOptions): Tracer {
  const exporter = new OTLPTraceExporter({ url: collectorOf(exporterUrl), timeoutMillis: exportMsMax });
  const processor = new BatchSpanProcessor(reporting(exporter, log), {
    scheduledDelayMillis: batchMs,
    exportTimeoutMillis: exportMsMax,
    maxQueueSize: waitingSpansMax,
  });
  const resource = resourceFromAttributes({ 'service.name': serviceName, 'service.version': serviceVersion });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const spans = provider.getTracer(serviceName, serviceVersion);
  return {
    span: async (name, { traceId, link, attributes = {} }, work) => {
      const parent = trace.setSpanContext(ROOT_CONTEXT, parentOf(traceId));
      const span = spans.startSpan(name, { kind: SpanKind.INTERNAL, links: linkTo(link), attributes }, parent);
      try {
        return await work();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof LedgerError ? error.code : 'Internal' });
        throw error;
      } finally {
        span.end();
      }
    },
    close: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, closeMsMax);
      });
      // A failure to send was logged; there is nobody else to inform.
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}
