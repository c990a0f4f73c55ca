import type { Socket } from 'node:net';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { limits } from '../../domain/shared/limits.ts';
import type { ErrorCode } from '../../domain/shared/errors.ts';
import type { HttpAnswer } from '../../presentation/ports/ports.ts';
import { refusal, toHttpBytes, whyBroken } from './answers.ts';

export interface BoundedAppOptions {
  /** Answers what the framework refuses before a route is found. */
  readonly refuse: (reply: FastifyReply, code: ErrorCode, message: string) => void;
  /** What is said to what never became a request; left out: the shape that `--json` gives a refusal. */
  readonly broken?: (code: ErrorCode, message: string) => HttpAnswer;
  /** Key and certificate as PEM; null serves without TLS. */
  readonly tls?: { readonly key: string; readonly certificate: string } | null;
}

/** A server that takes no bodies by itself, small headers, requests that arrive in time and a bounded number of connections. */
export function createBoundedApp({ refuse, broken = refusal, tls = null }: BoundedAppOptions): FastifyInstance {
  const bounds = {
    maxHeaderSize: limits.httpHeaderBytesMax,
    headersTimeout: limits.httpHeadersMsMax,
    connectionsCheckingInterval: 1_000,
    // A request without a host is refused in words of ours.
    requireHostHeader: false,
  };
  const app = fastify({
    logger: false,
    bodyLimit: 1,
    requestTimeout: limits.httpRequestMsMax,
    keepAliveTimeout: limits.httpHeadersMsMax,
    forceCloseConnections: 'idle',
    // A part of a path is as long as the headers let it be: what it names decides whether it is too long.
    routerOptions: { maxParamLength: limits.httpHeaderBytesMax },
    ...(tls === null ? { http: bounds } : { https: { ...bounds, key: tls.key, cert: tls.certificate, minVersion: 'TLSv1.2' as const } }),
    frameworkErrors: (_error, _request, reply) =>
      refuse(reply.header('connection', 'close'), 'RequestInvalid', 'the path is not well-formed'),
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else socket.end(toHttpBytes(broken(...whyBroken(error.code))), () => socket.destroy());
    },
  }) as unknown as FastifyInstance;
  app.server.maxConnections = limits.httpConnectionsMax;
  // A body is bytes, whatever its type is said to be.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return app;
}
