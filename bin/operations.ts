import { operationRoutes } from '../presentation/http/routes.ts';
import { witnessRoutes } from '../presentation/http/witness-routes.ts';
import { metricDefinitions } from '../handlers/runtime/observability/metrics.ts';
import type { Log } from '../handlers/ports/ports.ts';
import { silentTracer } from '../handlers/runtime/observability/telemetry.ts';
import type { Operations } from '../handlers/roles/operations.ts';
import type { Witnessing } from '../handlers/witnessing/witnessing.ts';
import { createHttpServer, type HttpServer } from '../infra/http/server.ts';
import { watchLoop } from '../infra/http/loop-watch.ts';
import { createMetrics } from '../infra/metrics/prometheus.ts';
import { codeInForce } from '../infra/system/code.ts';
import type { AmbientTrace } from '../infra/tracing/ambient.ts';
import { createTracer } from '../infra/tracing/open-telemetry.ts';

/** A witness over HTTP: it says nothing that it would not tell anybody, and cosigns for known logs only. */
export function serveWitness(address: string, witnessing: Witnessing, log: Log): Promise<HttpServer> {
  return createHttpServer({ address, routes: witnessRoutes(witnessing), hosts: 'any', log, what: 'a witness is' });
}

/** The collector of traces, by the standard variable of OpenTelemetry. */
const exporterVariable = 'OTEL_EXPORTER_OTLP_ENDPOINT';

export interface OperationsOptions {
  readonly log: Log;
  /** The one whose fields the log carries. */
  readonly ambient: AmbientTrace;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Metrics, and traces when a collector is configured. */
export function openOperations({ log, ambient, environment }: OperationsOptions): Operations {
  const { version } = codeInForce();
  const metrics = createMetrics(metricDefinitions);
  metrics.set('sleeve_ledger_build_info', 1, { version });
  const exporterUrl = environment[exporterVariable] ?? '';
  const tracer =
    exporterUrl === ''
      ? silentTracer
      : createTracer({ serviceName: environment['OTEL_SERVICE_NAME'] ?? 'sleeve-ledger', serviceVersion: version, exporterUrl, log });
  const loop = watchLoop();
  const health = (): { alive: boolean; detail: string } => ({
    alive: loop.turns(),
    detail: `longest delay of the last ticks ${Math.round(loop.longestDelayMs())} ms`,
  });
  return {
    metrics,
    tracer: ambient.around(tracer),
    serve: (at, ready) => createHttpServer({ ...at, routes: operationRoutes({ health, ready, metrics }), log }),
    close: async () => {
      loop.stop();
      await tracer.close();
    },
  };
}
