import type { Files } from '../../handlers/ports/ports.ts';
import type { Outcome, Verb, VerbContext, VerbInput } from '../cli/verb.ts';
import type { ApiAnswer, ApiRequest } from '../ports/ports.ts';
import { reachedFor } from './at-least.ts';
import { entityTag, isHeld } from './conditional.ts';
import { type DeclaredEndpoint, methodOf } from './endpoint.ts';
import type { Identity } from './identity.ts';
import { inputOf } from './input.ts';
import { guarded, type Offered } from './offered.ts';
import { operationOf } from './openapi.ts';
import { jsonText, plainHeaders, problemOf } from './problem.ts';
import { RecentAnswers } from './recent-answers.ts';
import { filesOfRequest, manifestName } from './request-files.ts';
import type { ApiService } from './service.ts';
import { withoutPlaces } from './without-places.ts';

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

/** What the verb answers; what it opened is closed. */
async function ran(verb: Verb, context: VerbContext, input: VerbInput, service: ApiService): Promise<Outcome> {
  try {
    return await verb.run(context, input);
  } finally {
    await service.release(context);
  }
}

export async function performed(
  endpoint: DeclaredEndpoint,
  service: ApiService,
  identity: Identity,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const { session } = service;
  const { files, ...input } = inputOf(endpoint, request);
  const verb = await service.verb(endpoint.verb);
  const seen = Object.keys(files).length === 0 ? {} : { files: (own: Files) => filesOfRequest(own, files, null) };
  const settings = Object.hasOwn(files, manifestName) ? { settings: { manifest: manifestName } } : {};
  const context = service.contextFor(identity, request, { ...seen, ...settings });
  const outcome = await ran(verb, context, input, service);
  const unsealed = endpoint.does === 'records' ? await service.seal() : [];
  const position = outcome.position === undefined ? await session.ports.store.head() : outcome.position;
  const told = { ...outcome, warnings: [...(outcome.warnings ?? []), ...unsealed] };
  const said = envelope(endpoint, told, session.ledger.ledgerId, position);
  const speaksOfFiles = endpoint.does === 'asks' && endpoint.speaksOfFiles === true;
  const body = jsonText(speaksOfFiles ? withoutPlaces(said) : said);
  // What reflects no position is found out anew for whoever asks.
  const tagged = methodOf(endpoint) === 'GET' && position !== null ? { etag: entityTag(session.ports, position, body) } : {};
  return {
    status: 200,
    headers: { ...plainHeaders, 'content-type': 'application/json; charset=utf-8', ...tagged },
    body,
  };
}

const isOfPortfolio = (endpoint: DeclaredEndpoint): boolean => endpoint.does === 'asks' && endpoint.changedBy === 'portfolio';

/**
 * What stands for everything that an answer follows from. Who asks for an answer at least of some position gets one that says how far it
 * reaches, however little has changed.
 */
async function stateFor(endpoint: DeclaredEndpoint, request: ApiRequest, { session, news }: ApiService): Promise<string | null> {
  const isMarked = isOfPortfolio(endpoint) && !request.query.has('at-least');
  return isMarked ? `portfolio ${await news.mark(request.pathParameters['meta']!)}` : session.ports.store.head();
}

/** What only a portfolio changes is found anew so often all the same: the manifest may say what the ledger does not define. */
const ofPortfolioKeptMsMax = 30_000;

/** A question by GET: sent again only when it is answered otherwise than before. */
function conditionally(endpoint: DeclaredEndpoint, service: ApiService): (request: ApiRequest, identity: Identity) => Promise<ApiAnswer> {
  const recent = new RecentAnswers(isOfPortfolio(endpoint) ? { keptMsMax: ofPortfolioKeptMsMax } : {});
  return async (asked, identity) => {
    const { request, headers } = await reachedFor(asked, service);
    const state = await stateFor(endpoint, asked, service);
    const answer = await recent.answer(request.target, state, request.signal, (signal) =>
      performed(endpoint, service, identity, { ...request, signal }),
    );
    const { etag } = answer.headers;
    const told = { ...answer, headers: { ...answer.headers, ...headers } };
    return etag !== undefined && isHeld(request, etag) ? { ...told, status: 304, body: '' } : told;
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
  const turn = endpoint.does === 'asks' && endpoint.heavy === true ? 'computing' : null;
  const records = endpoint.does === 'records' ? 'decisions' : null;
  const bodyBytesMax = method === 'GET' ? 0 : (endpoint.bodyBytesMax ?? commandBytesMax);
  return {
    endpoint: guarded({ method, path, roles, bodyBytesMax, turn, records }, service, answer),
    access: roles,
    tag,
    operation: operationOf(endpoint, tag),
  };
}
