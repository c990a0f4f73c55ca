/** What no waiting mends between here and a server, by servers of TLS and of plaintext on this machine. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { ConnectionSettings } from '../../../infra/eventstoredb/connection-string.ts';
import { tlsRefusal } from '../../../infra/eventstoredb/handshake.ts';
import { needs } from '../../support/needs.ts';
import { ownCertificate } from '../../support/own-certificate.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listening(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
const words = 'HTTP/1.1 400 Bad Request\r\n\r\n';
/** Speaks no TLS: it answers in words, or in what looks like a record of TLS of a version that there is not. */
const plain = (said = words) => listening(createServer((socket) => socket.end(Buffer.from(said, 'latin1'))));
const resetting = () => listening(createServer((socket) => socket.destroy()));

const refusalAt = async (ports: readonly number[], settings: Partial<ConnectionSettings>, address = '127.0.0.1') => {
  const endpoints = ports.map((port) => ({ address, port }));
  const refusal = await tlsRefusal({ endpoints, tls: true, rootCertificate: null, ...settings } as unknown as ConnectionSettings);
  return refusal === null ? null : [refusal.code, refusal.message, refusal.evidence];
};

needs('openssl').describe('a handshake', () => {
  let own: { readonly key: Buffer; readonly cert: Buffer };
  /** What clients said at the beginning: the name that they asked for, and the protocols that they offered. */
  const said: unknown[] = [];
  beforeAll(() => {
    own = ownCertificate(scratch);
  });
  const hear = ({ servername, protocols }: { readonly servername: unknown; readonly protocols: readonly string[] }): string => {
    said.push([servername, protocols]);
    return 'h2';
  };
  const secured = (options: TlsOptions = {}) => {
    const server = createTlsServer({ ...own, ...('ALPNProtocols' in options ? {} : { ALPNCallback: hear }), ...options });
    server.on('tlsClientError', () => undefined);
    return listening(server);
  };

  test('with a server that is trusted passes, in the protocol of the calls, and by a name where it has one', async () => {
    const port = await secured();
    expect(await refusalAt([port], { rootCertificate: own.cert })).toBeNull();
    expect(await refusalAt([port], { rootCertificate: own.cert }, 'localhost')).toEqual([
      'StoreTlsRefused',
      expect.stringContaining(`EventStoreDB at localhost:${port}: its certificate does not verify: Hostname/IP does not match`),
      { server: `localhost:${port}`, code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    ]);
    expect(said).toEqual([
      [false, ['h2']],
      ['localhost', ['h2']],
    ]);
  });

  test('with a certificate that nobody vouches for does not pass', async () => {
    const port = await secured();
    expect(await refusalAt([port], {})).toEqual([
      'StoreTlsRefused',
      `EventStoreDB at 127.0.0.1:${port}: its certificate does not verify: self-signed certificate`,
      { server: `127.0.0.1:${port}`, code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    ]);
  });

  test('with a server that speaks no TLS, or one of TLS that is spoken to without', async () => {
    const [bare, port, odd] = [await plain(), await secured(), await plain('\u0016\u0009\u0009\u0000\u0005hello')];
    expect(await refusalAt([odd], {})).toMatchObject([
      'StoreTlsRefused',
      `EventStoreDB at 127.0.0.1:${odd}: the port does not speak TLS`,
      expect.anything(),
    ]);
    expect(await refusalAt([bare], {})).toEqual([
      'StoreTlsRefused',
      `EventStoreDB at 127.0.0.1:${bare}: the port does not speak TLS`,
      { server: `127.0.0.1:${bare}`, code: expect.stringMatching(/^(?:EPROTO|ERR_SSL_)/) },
    ]);
    expect(await refusalAt([port], { tls: false })).toEqual([
      'StoreTlsRefused',
      `EventStoreDB at 127.0.0.1:${port}: the port speaks TLS, and the connection string says tls=false`,
      { server: `127.0.0.1:${port}`, code: 'TLS' },
    ]);
    expect(await refusalAt([bare], { tls: false })).toBeNull();
  });

  test('that fails for another reason says which', async () => {
    const port = await secured({ ALPNProtocols: ['http/1.1'] });
    expect(await refusalAt([port], { rootCertificate: own.cert })).toEqual([
      'StoreTlsRefused',
      expect.stringMatching(/: the TLS handshake fails: .*no application protocol/),
      { server: `127.0.0.1:${port}`, code: expect.stringMatching(/^ERR_SSL_/) },
    ]);
  });

  test('with a server that is away or cuts the connection says nothing', async () => {
    for (const tls of [true, false]) expect(await refusalAt([1], { tls })).toBeNull();
    expect(await refusalAt([await resetting()], {})).toBeNull();
  });

  test('with several members says what the first refuses, where all do', async () => {
    const [one, other] = [await plain(), await secured()];
    expect(await refusalAt([one, other], {})).toMatchObject(['StoreTlsRefused', expect.anything(), { server: `127.0.0.1:${one}` }]);
    expect(await refusalAt([1, other], {})).toBeNull();
    expect(await refusalAt([other, 1], {})).toBeNull();
  });
});
