import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, LedgerError } from '../../domain/shared/errors.ts';
import type { Log } from '../../handlers/ports/ports.ts';
import type { ApiAnswer, ApiEndpoint, ApiRequest } from '../../presentation/ports/ports.ts';
import { createBoundedApp } from './bounded-app.ts';
import { createKnownHosts } from './known-hosts.ts';
import { closeSoon, hostAndPort, listen } from './listening.ts';

export interface ApiServerOptions {
  /** `HOST:PORT`; port 0 takes a free one. */
  readonly address: string;
  readonly endpoints: readonly ApiEndpoint[];
  /** Names under which it may be asked for, beside loopback and the address that it is bound to. */
  readonly hosts: readonly string[];
  /** Key and certificate as PEM; null serves without TLS. */
  readonly tls: { readonly key: string; readonly certificate: string } | null;
  /** What is answered to a refusal that no endpoint gives. */
  readonly refusal: (error: LedgerError) => ApiAnswer;
  readonly log: Log;
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

function requestOf(request: FastifyRequest, reply: FastifyReply): ApiRequest {
  const { url, method, params, body, ip } = request;
  return {
    method,
    target: url,
    pathParameters: params as Record<string, string>,
    query: new URLSearchParams(url.split('?').slice(1).join('?')),
    headers: headersOf(request),
    body: Buffer.isBuffer(body) ? body : new Uint8Array(),
    peer: ip,
    signal: goneSignal(reply),
  };
}

function send(reply: FastifyReply, { status, headers, body }: ApiAnswer): FastifyReply {
  const started = reply.code(status).headers(headers);
  if (typeof body === 'string') return started.send(body);
  if (body instanceof Uint8Array) return started.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  return started.send(Readable.from(body, { objectMode: false }));
}

/** `{name}` of a declared path as the framework writes it. */
function routePath(path: string): string {
  return path.replaceAll(/\{([^}]+)\}/g, ':$1');
}

function offer(app: FastifyInstance, { method, path, bodyBytesMax, admit, answer }: ApiEndpoint): void {
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | void> => {
    const refused = await admit!(requestOf(request, reply));
    // The rest of the body may still come: the connection is not used again.
    if (refused !== null) return send(reply.header('connection', 'close'), refused);
  };
  app.route({
    method: method === 'GET' ? ['GET', 'HEAD'] : method,
    url: routePath(path),
    bodyLimit: Math.max(1, bodyBytesMax),
    ...(admit === undefined ? {} : { onRequest }),
    handler: async (request, reply) => send(reply, await answer(requestOf(request, reply))),
  });
}

const codeOfFramework: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['LimitExceeded', 'the body is larger than is taken here'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['RequestInvalid', 'the body has another length than was announced'],
};

/**
 * Serves endpoints over HTTP/1.1, with TLS or without: bounded against abuse as everything that listens here is. Who may ask what is the
 * endpoints' business; under which name the server is asked for is this one's, so that no page of a stranger reads it through a browser.
 *
 * Errors: ConfigInvalid when the address cannot be listened on.
 */
export async function createApiServer({ address, endpoints, hosts, tls, refusal, log }: ApiServerOptions): Promise<ApiServer> {
  const refuse = (reply: FastifyReply, code: ErrorCode, message: string): FastifyReply =>
    send(reply, refusal(new LedgerError(code, message)));
  const app = createBoundedApp({ refuse: (reply, code, message) => void refuse(reply, code, message), tls });
  const { host } = hostAndPort(address);
  const isKnown = createKnownHosts(host, hosts);
  app.addHook('onRequest', async (request, reply) => {
    if (!isKnown(request.headers.host, request.socket.localAddress))
      return refuse(reply.header('connection', 'close'), 'HostUnknown', 'this is served under another name');
    return undefined;
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const offered = (['GET', 'POST', 'DELETE'] as const).filter((method) => app.findRoute({ method, url: path }) !== null);
    if (offered.length === 0) return refuse(reply, 'RouteUnknown', 'there is nothing at this path');
    return refuse(reply.header('allow', offered.join(', ')), 'MethodNotAllowed', `${request.method} is not offered here`);
  });
  app.setErrorHandler((error: Error & { readonly code?: string }, request, reply) => {
    const [code, message] = codeOfFramework[error.code ?? ''] ?? [null, ''];
    if (code !== null) return refuse(reply.header('connection', 'close'), code, message);
    log.error({ error, path: request.url }, 'an HTTP request failed');
    return refuse(reply, 'Internal', 'the request failed; the log of this process says why');
  });
  for (const endpoint of endpoints) offer(app, endpoint);
  return { url: await listen(app, address, tls === null ? 'http' : 'https'), close: () => closeSoon(app) };
}
