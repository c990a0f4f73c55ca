import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { limits } from '../../domain/shared/limits.ts';
import { networkOf, plainAddress } from '../../domain/shared/network.ts';
import type { Log } from '../../handlers/ports/ports.ts';

export interface ConnectionBounds {
  readonly connectionsMax: number;
  readonly connectionsOfOneMax: number;
  readonly stalledMsMax: number;
}

export interface ConnectionOptions {
  readonly bounds: ConnectionBounds;
  /** Whether others stand behind an address, so that how many connections it holds says nothing of one of them. */
  readonly standsForOthers: (address: string) => boolean;
  readonly log: Pick<Log, 'warn'>;
}

/**
 * Cuts off whoever takes nothing of what waits for them: it would be held for as long as they like. What they send meanwhile is no sign
 * that they take anything, so the timeout of a socket, which anything begins anew, would not do.
 */
function cutStalled(server: HttpServer, stalledMsMax: number): void {
  /** What was written to those for whom something waits. */
  const written = new Map<Socket, number>();
  const open = new Set<Socket>();
  const look = setInterval(() => {
    for (const socket of open) {
      const isWaiting = socket.writableLength > 0;
      if (isWaiting && written.get(socket) === socket.bytesWritten) socket.destroy();
      else if (isWaiting) written.set(socket, socket.bytesWritten);
      else written.delete(socket);
    }
  }, stalledMsMax);
  look.unref();
  // With TLS it is the connection within that writes.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      written.delete(socket);
    });
  });
  server.once('close', () => clearInterval(look));
}

/** Says once in a while how many connections were closed as soon as they were opened. */
function sayingSeldom(log: Pick<Log, 'warn'>): (of: string) => void {
  let closed = 0;
  let saidAt = Number.NEGATIVE_INFINITY;
  return (of) => {
    closed += 1;
    if (performance.now() - saidAt < limits.repeatedLogMsMin) return;
    saidAt = performance.now();
    log.warn({ of, closed }, 'too many connections: more are closed as soon as they are opened');
  };
}

/** Closes at once what one address opens beyond its share. */
function shareOut(server: HttpServer, { bounds, standsForOthers, log }: ConnectionOptions): void {
  const held = new Map<string, number>();
  const say = sayingSeldom(log);
  server.maxConnections = bounds.connectionsMax;
  server.on('drop', (data) => say(data?.remoteAddress ?? 'unknown'));
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (standsForOthers(address)) return;
    const network = networkOf(address);
    const others = held.get(network) ?? 0;
    if (others >= bounds.connectionsOfOneMax) {
      say(network);
      socket.destroy();
      return;
    }
    held.set(network, others + 1);
    socket.once('close', () => {
      const left = held.get(network)! - 1;
      if (left === 0) held.delete(network);
      else held.set(network, left);
    });
  });
}

/** Keeps connections from being held without end, and by one alone. */
export function boundConnections(server: HttpServer, options: ConnectionOptions): void {
  shareOut(server, options);
  cutStalled(server, options.bounds.stalledMsMax);
}
