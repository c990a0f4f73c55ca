import type { Outcome } from '../cli/verb.ts';
import type { ApiAnswer, ApiRequest } from '../ports/ports.ts';
import { entityTag, isHeld } from './conditional.ts';
import { type DeclaredEndpoint, methodOf } from './endpoint.ts';
import type { Identity } from './identity.ts';
import { inputOf } from './input.ts';
import { guarded, type Offered } from './offered.ts';
import { operationOf } from './openapi.ts';
import { jsonText, plainHeaders, problemOf } from './problem.ts';
import { RecentAnswers } from './recent-answers.ts';
import type { ApiService } from './service.ts';

/** Body of a request that commands take. */
const commandBytesMax = 65_536;

/** What the command line prints with `--json` for the same question. */
export function envelope(endpoint: Pick<DeclaredEndpoint, 'verb'>, outcome: Outcome, ledgerId: string, position: string | null): object {
  const failure = outcome.failure ?? null;
  return {
    ok: failure === null,
    command: endpoint.verb.join(' '),
    ledgerId: outcome.ledgerId ?? ledgerId,
    position,
    result: outcome.result,
    warnings: outcome.warnings ?? [],
    ...(failure === null ? {} : { error: problemOf(failure) }),
  };
}

async function performed(endpoint: DeclaredEndpoint, service: ApiService, identity: Identity, request: ApiRequest): Promise<ApiAnswer> {
  const { session } = service;
  const input = inputOf(endpoint, request);
  const verb = await service.verb(endpoint.verb);
  const outcome = await verb.run(service.contextFor(identity, request), input);
  const unsealed = endpoint.does === 'records' ? await service.seal() : [];
  const position = outcome.position === undefined ? await session.ports.store.head() : outcome.position;
  const told = { ...outcome, warnings: [...(outcome.warnings ?? []), ...unsealed] };
  const tagged = methodOf(endpoint) === 'GET' ? { etag: entityTag(position) } : {};
  return {
    status: 200,
    headers: { ...plainHeaders, 'content-type': 'application/json; charset=utf-8', ...tagged },
    body: jsonText(envelope(endpoint, told, session.ledger.ledgerId, position)),
  };
}

/** A question by GET: answered again only when something was recorded since. */
function conditionally(endpoint: DeclaredEndpoint, service: ApiService): (request: ApiRequest, identity: Identity) => Promise<ApiAnswer> {
  const recent = new RecentAnswers();
  return async (request, identity) => {
    const head = await service.session.ports.store.head();
    const answer = await recent.answer(request.target, head, () => performed(endpoint, service, identity, request));
    const { etag } = answer.headers;
    return etag !== undefined && isHeld(request, etag) ? { status: 304, headers: answer.headers, body: '' } : answer;
  };
}

/** A declared endpoint as the server offers it. */
export function offeredOf(endpoint: DeclaredEndpoint, tag: string, service: ApiService): Offered {
  const method = methodOf(endpoint);
  const { path, roles } = endpoint;
  const answer =
    method === 'GET'
      ? conditionally(endpoint, service)
      : (request: ApiRequest, identity: Identity) => performed(endpoint, service, identity, request);
  return {
    endpoint: guarded({ method, path, roles, bodyBytesMax: method === 'GET' ? 0 : commandBytesMax }, service, answer),
    access: roles,
    tag,
    operation: operationOf(endpoint, tag),
  };
}
