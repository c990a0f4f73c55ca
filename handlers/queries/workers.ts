import type { Ports, WorkerCheck } from '../ports/ports.ts';

export interface WorkerStanding {
  readonly url: string;
  readonly state: 'ready' | 'not ready' | 'away';
  /** Why nothing is known of it; null where it answered. */
  readonly why: string | null;
  /** Its roles, and what they rest on; empty where it is away. */
  readonly checks: readonly WorkerCheck[];
}

/** How every worker stands, by what it says itself: how far behind its roles are is known nowhere else. */
export function workerStandings({ workerProbe }: Pick<Ports, 'workerProbe'>, urls: readonly string[]): Promise<readonly WorkerStanding[]> {
  return Promise.all(
    urls.map(async (url): Promise<WorkerStanding> => {
      const answer = await workerProbe.ask(url);
      return answer.kind === 'away'
        ? { url, state: 'away', why: answer.why, checks: [] }
        : { url, state: answer.ready ? 'ready' : 'not ready', why: null, checks: answer.checks };
    }),
  );
}
