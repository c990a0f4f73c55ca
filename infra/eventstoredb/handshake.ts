import { isIP } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { ConnectionSettings, Endpoint } from './connection-string.ts';

/** A handshake on the same machine takes a few milliseconds, across an ocean some hundred. */
const handshakeMsMax = 3_000;

/** What came of a handshake: null when nothing can be said, as of a server that is away. */
type Outcome = 'secured' | { readonly code: string; readonly message: string } | null;

function handshake({ address, port }: Endpoint, options: ConnectionOptions): Promise<Outcome> {
  const host = address.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve) => {
    const socket = connect({ host, port, ALPNProtocols: ['h2'], ...(isIP(host) === 0 ? { servername: host } : {}), ...options });
    const end = (outcome: Outcome): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(handshakeMsMax, () => end(null));
    socket.once('secureConnect', () => end('secured'));
    socket.on('error', (error: NodeJS.ErrnoException) => end({ code: error.code ?? '', message: error.message }));
  });
}

/** By the codes of Node and OpenSSL: what a certificate, or the lack of TLS, gives; a connection that is refused or reset gives others. */
const ofCertificate = /CERT|UNABLE_TO_|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED/;
const ofHandshake = /^(?:EPROTO|ERR_SSL_)/;
const ofPlaintext = /wrong[_ ]version[_ ]number|packet[_ ]length[_ ]too[_ ]long/i;

function refuse(server: string, why: string, code: string): LedgerError {
  return new LedgerError('StoreTlsRefused', `EventStoreDB at ${server}: ${why}`, { evidence: { server, code } });
}

async function refusalOf(settings: ConnectionSettings, endpoint: Endpoint): Promise<LedgerError | null> {
  const server = `${endpoint.address}:${endpoint.port}`;
  if (!settings.tls) {
    const outcome = await handshake(endpoint, { rejectUnauthorized: false });
    return outcome === 'secured' ? refuse(server, 'the port speaks TLS, and the connection string says tls=false', 'TLS') : null;
  }
  const outcome = await handshake(endpoint, settings.rootCertificate === null ? {} : { ca: settings.rootCertificate });
  if (outcome === 'secured' || outcome === null) return null;
  if (ofCertificate.test(outcome.code)) return refuse(server, `its certificate does not verify: ${outcome.message}`, outcome.code);
  if (ofPlaintext.test(outcome.code + outcome.message)) return refuse(server, 'the port does not speak TLS', outcome.code);
  return ofHandshake.test(outcome.code) ? refuse(server, `the TLS handshake fails: ${outcome.message}`, outcome.code) : null;
}

/**
 * What no waiting mends between here and the server: a certificate that does not verify, or TLS on one side only. Null where one of several
 * members may do.
 *
 * The calls themselves do not tell: gRPC reports all of it as a server that is unavailable.
 */
export async function tlsRefusal(settings: ConnectionSettings): Promise<LedgerError | null> {
  const refusals = await Promise.all(settings.endpoints.map((endpoint) => refusalOf(settings, endpoint)));
  return refusals.every((refusal) => refusal !== null) ? (refusals[0] ?? null) : null;
}
