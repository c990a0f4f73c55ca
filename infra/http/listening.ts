import type { Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { LedgerError } from '../../domain/shared/errors.ts';

/** `HOST:PORT` in its two parts. Errors: ConfigInvalid. */
export function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const { host, bracketed, port } =
    /^(?:\[(?<bracketed>[0-9a-fA-F:]+)\]|(?<host>[^:\s[\]]+)):(?<port>\d{1,5})$/.exec(address)?.groups ?? {};
  if (port === undefined || Number(port) > 65_535)
    throw new LedgerError('ConfigInvalid', 'the address of the HTTP server must have the form HOST:PORT', { at: { path: 'http' } });
  return { host: bracketed ?? host!, port: Number(port) };
}

/** Listens; answers the address with the port that it got. Errors: ConfigInvalid when the address cannot be listened on. */
export async function listen(app: FastifyInstance, address: string, scheme: 'http' | 'https' = 'http'): Promise<string> {
  const { host, port } = hostAndPort(address);
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw new LedgerError('ConfigInvalid', `the address ${address} cannot be listened on: ${(cause as Error).message}`, {
      at: { path: 'http' },
      cause,
    });
  }
  const bound = (app.server as Server).address() as { readonly address: string; readonly port: number };
  return `${scheme}://${bound.address.includes(':') ? `[${bound.address}]` : bound.address}:${bound.port}`;
}

/** Answers what is under way for up to a second, then closes every connection. */
export async function closeSoon(app: FastifyInstance): Promise<void> {
  const graceTimer = setTimeout(() => app.server.closeAllConnections(), 1_000);
  await app.close();
  clearTimeout(graceTimer);
}
