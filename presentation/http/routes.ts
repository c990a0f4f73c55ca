import type { Readiness } from '../../handlers/roles/operations.ts';
import { limits } from '../../domain/shared/limits.ts';
import { visibleJson } from '../../domain/shared/visible-text.ts';
import type { HttpAnswer, MetricsExposition, PlainHttpRoute } from '../ports/ports.ts';

export interface Health {
  readonly alive: boolean;
  readonly detail: string;
}

export interface OperationRoutesOptions {
  readonly health: () => Health;
  readonly ready: () => Promise<Readiness>;
  readonly metrics: MetricsExposition;
}

function json(status: number, value: object): HttpAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: `${visibleJson(JSON.stringify(value))}\n` };
}

function unready(detail: string): Readiness {
  return { ready: false, checks: [{ name: 'readiness', ok: false, detail }] };
}

/** Requests during a check share its answer: many probes cost the store no more than one. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  };
}

async function within<T>(milliseconds: number, work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What a worker reports to its operators: `/healthz` (restart me?), `/readyz` (send me work?) and `/metrics`. The first two answer 200 or
 * 503 and say in JSON what is wrong.
 */
export function operationRoutes({ health, ready, metrics }: OperationRoutesOptions): readonly PlainHttpRoute[] {
  const askReady = shared(ready);
  return [
    {
      path: '/healthz',
      answer: async () => {
        const { alive, detail } = health();
        return json(alive ? 200 : 503, { alive, detail });
      },
    },
    {
      path: '/readyz',
      answer: async () => {
        const asked = askReady().catch((error: Error) => unready(`the checks failed: ${error.name}`));
        const { ready: isReady, checks } = await within(
          limits.readinessMsMax,
          asked,
          unready(`no answer within ${limits.readinessMsMax} ms`),
        );
        return json(isReady ? 200 : 503, { ready: isReady, notReady: checks.filter(({ ok }) => !ok).map(({ name }) => name), checks });
      },
    },
    { path: '/metrics', answer: async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.exposition() }) },
  ];
}
