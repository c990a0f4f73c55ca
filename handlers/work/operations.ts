import type { Readiness } from '../http/routes.ts';
import type { Metrics, Tracer } from '../ports.ts';

/** How a process that works for long is watched. */
export interface Operations {
  readonly metrics: Metrics;
  /** Silent unless an exporter is configured. */
  readonly tracer: Tracer;
  /** Serves health, readiness and metrics at `HOST:PORT`. Errors: ConfigInvalid. */
  serve(address: string, ready: () => Promise<Readiness>): Promise<{ readonly url: string; close(): Promise<void> }>;
  close(): Promise<void>;
}
