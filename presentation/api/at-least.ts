import { limits } from '../../domain/shared/limits.ts';
import { untilReached } from '../../handlers/live/place.ts';
import type { ApiRequest } from '../ports/ports.ts';
import { preferredWait } from './preferring.ts';
import { refused } from './problem.ts';
import type { ApiService } from './service.ts';

const name = 'at-least';

/** A request for which the ledger has come as far as it asks. */
export interface Reached {
  /** Without what was only to be waited for. */
  readonly request: ApiRequest;
  /** What was done about `Prefer`. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Has a question wait until the ledger has come to the position in `at-least`, for as long as `Prefer: wait` says: so one reads what was
 * written elsewhere. Errors: RequestInvalid; NotYetKnown when it has not come so far by then.
 */
export async function reachedFor(request: ApiRequest, { session }: ApiService): Promise<Reached> {
  const positions = request.query.getAll(name);
  if (positions.length === 0) return { request, headers: {} };
  if (positions.length > 1) throw refused('RequestInvalid', `${name} is given more than once`, name);
  const preferred = preferredWait(request);
  const waitMs = Math.min((preferred ?? 0) * 1_000, limits.reachedWaitMsMax);
  await untilReached(session.ports.store, positions[0]!, name, waitMs, request.signal);
  const query = new URLSearchParams(request.query);
  query.delete(name);
  const [path] = request.target.split('?', 1);
  const target = query.size === 0 ? path! : `${path}?${query.toString()}`;
  const headers = preferred === null ? {} : { 'preference-applied': `wait=${waitMs / 1_000}` };
  return { request: { ...request, query, target }, headers };
}

/** How the document says it. */
export const atLeastParameters = {
  AtLeast: {
    name,
    in: 'query',
    required: false,
    schema: { type: 'string', pattern: String.raw`^\d+(/\d+)?$` },
    description: 'A position that the answer must reflect: until then the question waits, as long as `Prefer` says.',
  },
  Prefer: {
    name: 'prefer',
    in: 'header',
    required: false,
    schema: { type: 'string' },
    description: `\`wait=SECONDS\` (RFC 7240), ${limits.reachedWaitMsMax / 1_000} at most: how long to wait for \`${name}\`.`,
  },
};
