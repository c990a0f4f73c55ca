import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tracer } from '../../handlers/ports/ports.ts';

export interface AmbientTrace {
  /** The same tracer, whose spans give `fields` their trace. */
  around(tracer: Tracer): Tracer;
  /** `{ trace }` inside a span, nothing outside: what each line of the log carries. */
  fields(): Readonly<Record<string, string>>;
}

/** Lets log lines name the trace that they belong to, also when no collector is configured. */
export function createAmbientTrace(): AmbientTrace {
  // Made with the first tracer: most commands trace nothing.
  let current: AsyncLocalStorage<string> | null = null;
  return {
    around: (tracer) => {
      const storage = (current ??= new AsyncLocalStorage());
      return {
        span: (name, options, work) => tracer.span(name, options, () => storage.run(options.traceId, work)),
        close: () => tracer.close(),
      };
    },
    fields: () => {
      const trace = current?.getStore();
      return trace === undefined ? {} : { trace };
    },
  };
}
