import { limits } from '../../domain/shared/limits.ts';
import { type PortfolioStanding, reactionTo, sleeveOfRun } from '../../handlers/queries/reaction-standing.ts';
import type { ApiRequest } from '../ports/ports.ts';
import { preferredSeconds } from './preferring.ts';
import type { ApiService } from './service.ts';

/** `Prefer: wait`, in the document. */
export const waitParameter = {
  name: 'prefer',
  in: 'header',
  required: false,
  schema: { type: 'string', pattern: String.raw`^wait=\d{1,6}$` },
  description:
    `\`wait=SECONDS\`, at most ${limits.reactionWaitSecondsMax}: answered once a worker has decided on every portfolio of the sleeve, ` +
    'with where each stands. Where no worker runs it is answered at once.',
};

export function asksToWait({ headers }: Pick<ApiRequest, 'headers'>): boolean {
  return preferredSeconds({ headers }, limits.reactionWaitSecondsMax) > 0;
}

/** Where the portfolios of a run's sleeve stand behind it; null where nobody asked to wait. */
export async function standingAfter(
  { session, settings }: ApiService,
  request: ApiRequest,
  runId: string,
): Promise<readonly PortfolioStanding[] | null> {
  const seconds = preferredSeconds(request, limits.reactionWaitSecondsMax);
  const sleeve = seconds === 0 ? null : await sleeveOfRun(session.ports, runId);
  if (sleeve === null) return null;
  return reactionTo(session.ports, { sleeve, group: `${settings.group}-reaction`, seconds, signal: request.signal });
}
