import type { Metrics, Tracer } from '../ports/ports.ts';

export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Whether a process can work, and what that rests on. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly ReadinessCheck[];
}

/** How a process that works for long is watched. */
export interface Operations {
  readonly metrics: Metrics;
  /** Silent unless an exporter is configured. */
  readonly tracer: Tracer;
  /** Serves health, readiness and metrics at `HOST:PORT`, also to who asks for one of `hosts`. Errors: ConfigInvalid. */
  serve(
    at: { readonly address: string; readonly hosts: readonly string[] },
    ready: () => Promise<Readiness>,
  ): Promise<{ readonly url: string; close(): Promise<void> }>;
  close(): Promise<void>;
}
