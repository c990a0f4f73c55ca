import type { Socket } from 'node:net';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isWorldFault } from '../../domain/shared/error-kinds.ts';
import { errorKinds, LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Log } from '../../handlers/ports/ports.ts';
import type { HttpAnswer, HttpRoute } from '../../presentation/ports/ports.ts';
import { createKnownHosts } from './known-hosts.ts';
import { toHttpBytes, refusal, refusalOfBrokenRequest } from './answers.ts';

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

const loopback = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/;

function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const { host, bracketed, port } =
    /^(?:\[(?<bracketed>[0-9a-fA-F:]+)\]|(?<host>[^:\s[\]]+)):(?<port>\d{1,5})$/.exec(address)?.groups ?? {};
  if (port === undefined || Number(port) > 65_535)
    throw new LedgerError('ConfigInvalid', 'the address of the HTTP server must have the form HOST:PORT', { at: { path: 'http' } });
  return { host: bracketed ?? host!, port: Number(port) };
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

function createApp(): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: 1,
    requestTimeout: limits.httpRequestMsMax,
    keepAliveTimeout: limits.httpHeadersMsMax,
    forceCloseConnections: 'idle',
    http: { maxHeaderSize: limits.httpHeaderBytesMax, headersTimeout: limits.httpHeadersMsMax, connectionsCheckingInterval: 1_000 },
    frameworkErrors: (_error, _request, reply) =>
      void send(reply.header('connection', 'close'), refusal('RequestInvalid', 'the path is not well-formed')),
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else socket.end(toHttpBytes(refusalOfBrokenRequest(error.code)), () => socket.destroy());
    },
  });
  // A body is bytes, whatever its type is said to be.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return app;
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
  const { host, port } = hostAndPort(address);
  const app = createApp();
  app.server.maxConnections = limits.httpConnectionsMax;
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
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw new LedgerError('ConfigInvalid', `the address ${address} cannot be listened on: ${(cause as Error).message}`, {
      at: { path: 'http' },
      cause,
    });
  }
  const bound = app.server.address() as { readonly address: string; readonly port: number };
  const url = `http://${bound.address.includes(':') ? `[${bound.address}]` : bound.address}:${bound.port}`;
  if (!loopback.test(host)) log.warn({ url }, `${what} served without authentication, and not on loopback only`);
  return {
    url,
    close: async () => {
      const graceTimer = setTimeout(() => app.server.closeAllConnections(), 1_000);
      await app.close();
      clearTimeout(graceTimer);
    },
  };
}
