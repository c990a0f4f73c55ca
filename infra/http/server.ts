import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isWorldFault } from '../../domain/shared/error-kinds.ts';
import { errorKinds } from '../../domain/shared/errors.ts';
import { isLoopback } from '../../domain/shared/loopback.ts';
import type { Log } from '../../handlers/ports/ports.ts';
import type { HttpAnswer, HttpRoute } from '../../presentation/ports/ports.ts';
import { createKnownHosts } from './known-hosts.ts';
import { refusal } from './answers.ts';
import { createBoundedApp } from './bounded-app.ts';
import { closeSoon, hostAndPort, listen } from './listening.ts';

export interface HttpServerOptions {
  /** `HOST:PORT`; port 0 takes a free one. */
  readonly address: string;
  readonly routes: readonly HttpRoute[];
  /** Names under which it may be asked for, beside loopback and the address that it is bound to; `any` where it tells no secret. */
  readonly hosts?: readonly string[] | 'any';
  readonly log: Log;
  /** What is served, in the warning for addresses beyond loopback. */
  readonly what?: string;
}

export interface HttpServer {
  /** Where it listens, with the port that it got. */
  readonly url: string;
  /** Answers what is under way for up to a second, then closes every connection. */
  close(): Promise<void>;
}

function send(reply: FastifyReply, { status, contentType, body }: HttpAnswer): FastifyReply {
  return reply
    .code(status)
    .header('content-type', contentType)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .send(body);
}

/** Refuses before a byte of a body is read; the connection is not used again, for the rest of the body may still come. */
function refusalOf(request: FastifyRequest, methods: ReadonlyMap<string, readonly string[]>): HttpAnswer | null {
  const path = request.url.split('?', 1)[0]!;
  const offered = methods.get(path);
  if (offered === undefined) return refusal('RouteUnknown', 'there is nothing at this path');
  if (!offered.includes(request.method)) return refusal('MethodNotAllowed', `${request.method} is not offered here`);
  if (request.method === 'POST') return null;
  const hasBody = request.headers['transfer-encoding'] !== undefined || (request.headers['content-length'] ?? '0') !== '0';
  return hasBody ? refusal('RequestInvalid', 'a body was announced') : null;
}

function textOf(body: unknown): string {
  return Buffer.isBuffer(body) ? body.toString('utf8') : '';
}

function offer(app: FastifyInstance, { path, bodyBytesMax, answer }: HttpRoute): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    send(reply, await answer({ query: new URLSearchParams(request.url.split('?')[1] ?? ''), body: textOf(request.body) }));
  if (bodyBytesMax === undefined) app.get(path, handler);
  else app.post(path, { bodyLimit: bodyBytesMax }, handler);
}

const asRefusal: Readonly<Record<string, HttpAnswer>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: refusal('LimitExceeded', 'the body is larger than is taken here'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: refusal('RequestInvalid', 'the body has another length than was announced'),
};

/**
 * Serves routes over HTTP/1.1, bounded against abuse: no bodies or small ones, small headers, requests that must arrive in time, a
 * number of connections. Answers carry neither stack traces nor messages of unexpected errors; those go to the log.
 *
 * Unless told otherwise it answers only to names of its own, so that no page of a stranger can read it through a browser.
 *
 * There is no authentication: the address should be one that only monitoring reaches, and a warning says so off loopback.
 *
 * Errors: ConfigInvalid when the address cannot be listened on.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { address, routes, hosts = [], log, what = 'health and metrics are' } = options;
  const { host } = hostAndPort(address);
  const app = createBoundedApp({
    refuse: (reply, code, message) => void send(reply, refusal(code, message)),
    standsForOthers: isLoopback,
    log,
  });
  const methods = new Map(routes.map(({ path, bodyBytesMax }) => [path, bodyBytesMax === undefined ? ['GET', 'HEAD'] : ['POST']]));
  const isKnown = hosts === 'any' ? (): boolean => true : createKnownHosts(host, hosts);
  app.addHook('onRequest', async (request, reply) => {
    const refused =
      refusalOf(request, methods) ??
      (isKnown(request.headers.host, request.socket.localAddress) ? null : refusal('HostUnknown', 'this is served under another name'));
    if (refused === null) return;
    if (refused.status === 405) reply.header('allow', methods.get(request.url.split('?', 1)[0]!)!.join(', '));
    return send(reply.header('connection', 'close'), refused);
  });
  app.setErrorHandler((error: Error & { readonly code?: string }, request, reply) => {
    const known = asRefusal[error.code ?? ''] ?? (isWorldFault(error) ? refusal(error.code, errorKinds[error.code].advice) : null);
    if (known !== null) return send(reply.header('connection', 'close'), known);
    log.error({ error, path: request.url }, 'an HTTP request failed');
    return send(reply, refusal('Internal', 'the request failed; the log of this process says why'));
  });
  for (const route of routes) offer(app, route);
  const url = await listen(app, address);
  if (!isLoopback(host)) log.warn({ url }, `${what} served without authentication, and not on loopback only`);
  return { url, close: () => closeSoon(app) };
}
