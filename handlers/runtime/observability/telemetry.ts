import type { Metrics, Tracer } from '../../ports/ports.ts';

/** Nobody listens: what a verb that ends at once measures is its answer. */
export const silentMetrics: Metrics = { count: () => undefined, set: () => undefined, observe: () => undefined };

export const silentTracer: Tracer = { span: (_name, _options, work) => work(), close: async () => undefined };

/** Measures a computation in seconds, whether it succeeds or not. */
export async function timed<T>(metrics: Metrics, name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    metrics.observe(name, (performance.now() - started) / 1000);
  }
}
