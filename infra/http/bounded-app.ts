import type { Socket } from 'node:net';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { limits } from '../../domain/shared/limits.ts';
import type { ErrorCode } from '../../domain/shared/errors.ts';
import type { HttpAnswer } from '../../presentation/ports/ports.ts';
import { refusal, toHttpBytes, whyBroken } from './answers.ts';
import { boundConnections, type ConnectionBounds, type ConnectionOptions } from './connections.ts';

export interface HttpBounds extends ConnectionBounds {
  readonly headersMsMax: number;
  readonly requestMsMax: number;
}

const usualBounds: HttpBounds = {
  connectionsMax: limits.httpConnectionsMax,
  connectionsOfOneMax: limits.httpConnectionsOfOneMax,
  stalledMsMax: limits.httpStalledMsMax,
  headersMsMax: limits.httpHeadersMsMax,
  requestMsMax: limits.httpRequestMsMax,
};

export interface BoundedAppOptions extends Omit<ConnectionOptions, 'bounds'> {
  /** Left out, or a part of them: those in `limits`. */
  readonly bounds?: Partial<HttpBounds>;
  /** Answers what the framework refuses before a route is found. */
  readonly refuse: (reply: FastifyReply, code: ErrorCode, message: string) => void;
  /** What is said to what never became a request; left out: the shape that `--json` gives a refusal. */
  readonly broken?: (code: ErrorCode, message: string) => HttpAnswer;
  /** Key and certificate as PEM; null serves without TLS. */
  readonly tls?: { readonly key: string; readonly certificate: string } | null;
}

function isOfParser({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('HPE_') || code.startsWith('ERR_HTTP_');
}

/** A server that takes no bodies by itself, small headers, requests that arrive in time and a bounded number of connections. */
export function createBoundedApp(options: BoundedAppOptions): FastifyInstance {
  const { refuse, broken = refusal, tls = null } = options;
  const bounds = { ...usualBounds, ...options.bounds };
  const ofNode = {
    maxHeaderSize: limits.httpHeaderBytesMax,
    headersTimeout: bounds.headersMsMax,
    connectionsCheckingInterval: Math.min(1_000, bounds.headersMsMax),
    // A request without a host is refused in words of ours.
    requireHostHeader: false,
  };
  const app = fastify({
    logger: false,
    bodyLimit: 1,
    requestTimeout: bounds.requestMsMax,
    keepAliveTimeout: bounds.headersMsMax,
    forceCloseConnections: 'idle',
    // A part of a path is as long as the headers let it be: what it names decides whether it is too long.
    routerOptions: { maxParamLength: limits.httpHeaderBytesMax },
    ...(tls === null
      ? { http: ofNode }
      : {
          https: {
            ...ofNode,
            key: tls.key,
            cert: tls.certificate,
            minVersion: 'TLSv1.2' as const,
            // Before it is done nothing is awaited of a request.
            handshakeTimeout: bounds.headersMsMax,
          },
        }),
    frameworkErrors: (_error, _request, reply) =>
      refuse(reply.header('connection', 'close'), 'RequestInvalid', 'the path is not well-formed'),
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => {
      // What failed below HTTP is told nothing: a handshake that was never done would have the answer wait, and the connection with it.
      if (!isOfParser(error) || !socket.writable) socket.destroy();
      else socket.end(toHttpBytes(broken(...whyBroken(error.code))), () => socket.destroy());
    },
  }) as unknown as FastifyInstance;
  boundConnections(app.server, { ...options, bounds });
  // A body is bytes, whatever its type is said to be.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return app;
}
