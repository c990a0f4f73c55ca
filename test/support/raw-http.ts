import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from '@jest/globals';
import { errorKinds, type ErrorCode } from '../../domain/shared/errors.ts';

/** Sockets of a client that may break HTTP in any way, against a server on loopback. */
export function rawClient(port: () => number): {
  open(): Promise<Socket>;
  exchange(...pieces: (string | Buffer)[]): Promise<string>;
  destroyAll(): void;
} {
  const sockets = new Set<Socket>();
  const open = async (): Promise<Socket> => {
    const socket = connect(port(), '127.0.0.1');
    sockets.add(socket);
    // A server that cuts the connection is what is expected here.
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  return {
    open,
    /** Sends the pieces and returns all that comes back until the server closes the connection. */
    exchange: async (...pieces) => {
      const socket = await open();
      const received: Buffer[] = [];
      socket.on('data', (data) => received.push(data));
      for (const piece of pieces) socket.write(piece);
      await once(socket, 'close');
      return Buffer.concat(received).toString('utf8');
    },
    destroyAll: () => {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
  };
}

/** That an answer is a refusal with this code and the status and advice that the registry gives it. */
export function expectRefusal(answer: string, status: number, code: ErrorCode): void {
  const [head, body] = answer.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(JSON.parse(body!)).toEqual({ error: { code, message: expect.any(String), advice: errorKinds[code].advice } });
  expect(errorKinds[code].http).toBe(status);
}
