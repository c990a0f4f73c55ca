import { z } from 'zod';
import { bytesWithin } from '../../domain/shared/bounded-bytes.ts';
import { fetchFailure } from '../../domain/shared/fetch-failure.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { WorkerAnswer, WorkerProbe } from '../../handlers/ports/workers.ts';

const readiness = z.object({
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string().max(200), ok: z.boolean(), detail: z.string().max(2_000) })).max(100),
});

const tooLarge = (): Error => new Error(`an answer of more than ${limits.workerAnswerBytesMax} bytes`);

async function textOf(response: Response): Promise<string> {
  return new TextDecoder().decode(await bytesWithin(response.body, limits.workerAnswerBytesMax, tooLarge));
}

function readinessIn(text: string): z.infer<typeof readiness> | null {
  try {
    return readiness.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Asks workers by HTTP what they say of their roles at `/readyz`: 200 where all is well, 503 where not. */
export function createWorkerProbe(): WorkerProbe {
  return {
    async ask(url): Promise<WorkerAnswer> {
      try {
        // A server that sends elsewhere is not the one that was named.
        const init: RequestInit = { redirect: 'error', signal: AbortSignal.timeout(limits.workerAskMsMax) };
        const response = await fetch(new URL('/readyz', url), init);
        const said = readinessIn(await textOf(response));
        if (said === null) return { kind: 'away', why: `what answers there is no worker (${response.status})` };
        return { kind: 'answered', ...said };
      } catch (error) {
        return { kind: 'away', why: fetchFailure(error) };
      }
    },
  };
}
