import { createSecureContext } from 'node:tls';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { isLoopback } from '../../domain/shared/loopback.ts';
import type { Log } from '../../handlers/ports/ports.ts';
import type { ApiAdmission, ApiAnswer, ApiEndpoint, ApiRequest } from '../../presentation/ports/ports.ts';
import { createBoundedApp, type HttpBounds } from './bounded-app.ts';
import { createKnownHosts } from './known-hosts.ts';
import { closeSoon, hostAndPort, listen } from './listening.ts';
import { inParts } from './parts.ts';
import { createProxies, createWaysIn, type WayIn } from './ways-in.ts';

export interface ApiServerOptions {
  /** `HOST:PORT`; port 0 takes a free one. */
  readonly address: string;
  readonly endpoints: readonly ApiEndpoint[];
  /** Names under which it may be asked for, beside loopback and the address that it is bound to. */
  readonly hosts: readonly string[];
  /** Addresses or nets of proxies: what they say of how they were asked is believed. */
  readonly proxies: readonly string[];
  /** Key and certificate as PEM; null serves without TLS. */
  readonly tls: { readonly key: string; readonly certificate: string } | null;
  /** What is answered to a refusal that no endpoint gives. */
  readonly refusal: (error: LedgerError) => ApiAnswer;
  readonly log: Log;
  /** Left out, or a part of them: those in `limits`. */
  readonly bounds?: Partial<HttpBounds>;
}

export interface ApiServer {
  readonly url: string;
  close(): Promise<void>;
}

function headersOf({ headers }: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
}

/** Aborted when the connection closes before the answer is sent. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

function requestOf(request: FastifyRequest, reply: FastifyReply, { origin, peer }: WayIn): ApiRequest {
  const { url, method, params, body } = request;
  return {
    method,
    target: url,
    pathParameters: params as Record<string, string>,
    query: new URLSearchParams(url.split('?').slice(1).join('?')),
    headers: headersOf(request),
    body: Buffer.isBuffer(body) ? body : new Uint8Array(),
    peer,
    origin,
    signal: goneSignal(reply),
  };
}

function send(reply: FastifyReply, { status, headers, body }: ApiAnswer): FastifyReply {
  const started = reply.code(status).headers(headers);
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return started.send(inParts(body));
  const size = Buffer.byteLength(body);
  if (size <= limits.httpPieceBytes) return started.send(typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, size));
  return started.header('content-length', size).send(inParts(typeof body === 'string' ? Buffer.from(body) : body));
}

/** `{name}` of a declared path as the framework writes it. */
function routePath(path: string): string {
  return path.replaceAll(/\{([^}]+)\}/g, ':$1');
}

function offer(
  app: FastifyInstance,
  { method, path, bodyBytesMax, answer, admit }: ApiEndpoint,
  wayOf: (request: FastifyRequest) => WayIn,
): void {
  const admissions = new WeakMap<FastifyRequest, Extract<ApiAdmission, { answer: unknown }>>();
  const readsBody = bodyBytesMax > 0;
  const asked = (request: FastifyRequest, reply: FastifyReply): ApiRequest => requestOf(request, reply, wayOf(request));
  app.route({
    method: method === 'GET' ? ['GET', 'HEAD'] : method,
    url: routePath(path),
    bodyLimit: Math.max(1, bodyBytesMax),
    // Whoever may not ask is told so before a byte of the body is read; the connection is not used again, for the rest of it may come.
    ...(admit === undefined || !readsBody
      ? {}
      : {
          onRequest: async (request, reply) => {
            const admission = await admit(asked(request, reply));
            if ('refusal' in admission) return send(reply.header('connection', 'close'), admission.refusal);
            admissions.set(request, admission);
            return undefined;
          },
        }),
    handler: async (request, reply) => send(reply, await (admissions.get(request)?.answer ?? answer)(asked(request, reply))),
  });
}

/** Of these a server and a proxy before it may each take another, where there are two. */
const headersOnce: readonly string[] = ['host', 'authorization', 'content-type', 'origin', 'sec-fetch-site', 'idempotency-key'];

/** Why a request is none that everybody reads alike, although its parts are well-formed; null for a proper one. */
function whyAmbiguous({ url, raw }: FastifyRequest): string | null {
  if (!url.startsWith('/')) return 'the target is no path';
  const names = raw.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  const twice = headersOnce.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined) return `there is more than one ${twice}`;
  try {
    decodeURIComponent(url.split('?').slice(1).join('?'));
    return null;
  } catch {
    return 'the query is not well-formed';
  }
}

/**
 * Whether a page of somebody else has a browser ask, for an image, a script or a frame: it is never shown the answer, but the question
 * would cost as much. Whoever follows a link opens a page of ours.
 */
function isAskedByStranger({ headers }: FastifyRequest): boolean {
  const { 'sec-fetch-site': site = 'none', 'sec-fetch-dest': destination } = headers;
  return site !== 'none' && site !== 'same-origin' && destination !== 'document';
}

/** Whether a body comes where none is taken: what is behind it could be read as the next request by whoever counts otherwise. */
function bringsBody({ method, headers }: FastifyRequest): boolean {
  const announced = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
  return announced && (method === 'GET' || method === 'HEAD');
}

const codeOfFramework: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['LimitExceeded', 'the body is larger than is taken here'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['RequestInvalid', 'the body has another length than was announced'],
};

/** Errors: ConfigInvalid for what is no certificate, no key, or the key of another certificate. */
function checkCertificate({ key, certificate }: NonNullable<ApiServerOptions['tls']>): void {
  try {
    createSecureContext({ key, cert: certificate });
  } catch (cause) {
    throw new LedgerError('ConfigInvalid', `certificate and key cannot be used: ${(cause as Error).message}`, {
      at: { path: '--tls-certificate' },
      cause,
    });
  }
}

/**
 * Serves endpoints over HTTP/1.1, with TLS or without: bounded against abuse as everything that listens here is. Who may ask what is the
 * endpoints' business; under which name the server is asked for is this one's, so that no page of a stranger reads it through a browser.
 *
 * Errors: ConfigInvalid when the address cannot be listened on, or the certificate not used.
 */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { address, endpoints, hosts, tls, refusal, log, bounds = {} } = options;
  const refuse = (reply: FastifyReply, code: ErrorCode, message: string): FastifyReply =>
    send(reply, refusal(new LedgerError(code, message)));
  if (tls !== null) checkCertificate(tls);
  const isProxy = createProxies(options.proxies);
  const app = createBoundedApp({
    refuse: (reply, code, message) => void refuse(reply, code, message),
    broken: (code, message) => {
      const { status, headers, body } = refusal(new LedgerError(code, message));
      return { status, contentType: headers['content-type'] ?? 'text/plain', body: typeof body === 'string' ? body : '' };
    },
    tls,
    bounds,
    standsForOthers: (peer) => isLoopback(peer) || isProxy(peer),
    log,
  });
  const notFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = request.url.split('?', 1)[0]!;
    const offered = (['GET', 'POST', 'DELETE'] as const).filter((method) => app.findRoute({ method, url: path }) !== null);
    reply.header('connection', 'close');
    if (offered.length === 0) return refuse(reply, 'RouteUnknown', 'there is nothing at this path');
    return refuse(reply.header('allow', offered.join(', ')), 'MethodNotAllowed', `${request.method} is not offered here`);
  };
  const { host } = hostAndPort(address);
  const isKnown = createKnownHosts(host, hosts);
  const ways = createWaysIn({ isProxy, hasTls: tls !== null });
  const wayOf = ({ headers, socket }: FastifyRequest): WayIn => ways(headers, socket.remoteAddress);
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.host === undefined)
      return refuse(reply.header('connection', 'close'), 'RequestInvalid', 'the request names no host');
    const way = wayOf(request);
    if (!isKnown(way.host, request.socket.localAddress))
      return refuse(reply.header('connection', 'close'), 'HostUnknown', 'this is served under another name');
    if (!way.isPrivate) return refuse(reply.header('connection', 'close'), 'TlsNeeded', 'this came without TLS, from another machine');
    const { origin = way.origin } = request.headers;
    if (origin !== way.origin || isAskedByStranger(request))
      return refuse(reply.header('connection', 'close'), 'OriginUnknown', 'a page of somebody else asks');
    const ambiguous = whyAmbiguous(request);
    if (ambiguous !== null) return refuse(reply.header('connection', 'close'), 'RequestInvalid', ambiguous);
    if (request.is404) return notFound(request, reply);
    return bringsBody(request) ? refuse(reply.header('connection', 'close'), 'RequestInvalid', 'a body was announced') : undefined;
  });
  app.setNotFoundHandler(notFound);
  app.setErrorHandler((error: Error & { readonly code?: string }, request, reply) => {
    const [code, message] = codeOfFramework[error.code ?? ''] ?? [null, ''];
    if (code !== null) return refuse(reply.header('connection', 'close'), code, message);
    log.error({ error, path: request.url }, 'an HTTP request failed');
    return refuse(reply, 'Internal', 'the request failed; the log of this process says why');
  });
  for (const endpoint of endpoints) offer(app, endpoint, wayOf);
  return { url: await listen(app, address, tls === null ? 'http' : 'https'), close: () => closeSoon(app) };
}
