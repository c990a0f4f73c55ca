import type { Metrics, Tracer } from './ports.ts';

/** Nobody listens: what a verb that ends at once measures is its answer. */
export const silentMetrics: Metrics = { count: () => undefined, set: () => undefined, observe: () => undefined };

export const silentTracer: Tracer = { span: (_name, _options, work) => work(), close: async () => undefined };
