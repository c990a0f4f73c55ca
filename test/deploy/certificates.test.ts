import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { repository } from '../support/compose-file.ts';
import { needs } from '../support/needs.ts';

// Keys take their time on a busy machine.
jest.setTimeout(60_000);

let root: string;
const make = (folder: string): string =>
  execFileSync('sh', [join(repository, 'deploy/make-certificates.sh'), folder], { encoding: 'utf8' });
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

/** What a client of Node's says of a server with this key and certificate: `secure`, or the code of its refusal. */
async function handshake(keyAndCertificate: { key: string; cert: string }, ca: string, servername: string): Promise<string> {
  const server = createServer({ ...keyAndCertificate, minVersion: 'TLSv1.2' }, (socket) => socket.end());
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ca, servername });
  const verdict = await once(client, 'secureConnect').then(
    () => 'secure',
    (error: NodeJS.ErrnoException) => error.code ?? 'refused',
  );
  client.destroy();
  server.close();
  return verdict;
}

const eventstore = () => ({ key: read('eventstore', 'node.key'), cert: read('eventstore', 'node.crt') });
const kafka = () => ({ key: read('kafka', 'server.pem'), cert: read('kafka', 'server.pem') });

needs('openssl').describe('the certificates', () => {
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'sleeve-ledger-certificates-'));
    make(root);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('are believed by a client that trusts the authority, under the names of the services and on loopback', async () => {
    const ca = read('public', 'ca.crt');
    expect(await handshake(eventstore(), ca, 'eventstore')).toBe('secure');
    expect(await handshake(eventstore(), ca, 'localhost')).toBe('secure');
    expect(await handshake(kafka(), ca, 'kafka')).toBe('secure');
    expect(new X509Certificate(eventstore().cert).checkIP('127.0.0.1')).toBe('127.0.0.1');
  });

  test('are not believed under another name, nor by a client that trusts somebody else', async () => {
    expect(await handshake(eventstore(), read('public', 'ca.crt'), 'kafka')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    const other = mkdtempSync(join(tmpdir(), 'sleeve-ledger-certificates-'));
    make(other);
    expect(await handshake(kafka(), readFileSync(join(other, 'public/ca.crt'), 'utf8'), 'kafka')).toMatch(
      /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE|SELF_SIGNED_CERT_IN_CHAIN)$/,
    );
    rmSync(other, { recursive: true });
  });

  test('have what the servers ask of them', () => {
    const node = new X509Certificate(eventstore().cert);
    expect(node.subject).toContain('CN=eventstoredb-node');
    // Server and client authentication, by their object identifiers.
    expect(node.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(node.ca).toBe(false);
    expect(eventstore().key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    expect(kafka().key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    const days = (Date.parse(node.validTo) - Date.parse(node.validFrom)) / 86_400_000;
    expect(days).toBeLessThanOrEqual(398);
  });

  test("keep keys to their owner, and the authority's to its own folder", () => {
    const mode = (...path: string[]): number => statSync(join(root, ...path)).mode & 0o777;
    expect([mode('authority', 'ca.key'), mode('eventstore', 'node.key'), mode('kafka', 'server.pem')]).toEqual([0o600, 0o600, 0o600]);
    expect(readdirSync(join(root, 'public'))).toEqual(['ca.crt']);
    expect(readdirSync(join(root, 'eventstore', 'ca'))).toEqual(['ca.crt']);
    expect(read('public', 'ca.crt')).not.toContain('PRIVATE');
  });

  test('stay as they are when made again', () => {
    const before = [eventstore(), kafka(), read('public', 'ca.crt')];
    expect(make(root)).toBe('');
    expect([eventstore(), kafka(), read('public', 'ca.crt')]).toEqual(before);
  });

  test('are issued again when one is about to end', async () => {
    const work = mkdtempSync(join(root, 'short-'));
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '20',
        '-subj',
        '/CN=eventstoredb-node',
        '-CA',
        join(root, 'authority/ca.crt'),
        '-CAkey',
        join(root, 'authority/ca.key'),
        '-keyout',
        join(work, 'k'),
        '-out',
        join(root, 'eventstore/node.crt'),
      ],
      { stdio: 'ignore' },
    );
    expect(make(root)).toBe('issued a certificate for eventstore\n');
    expect(await handshake(eventstore(), read('public', 'ca.crt'), 'eventstore')).toBe('secure');
  });

  test('are issued again by a new authority when the old one is lost', async () => {
    rmSync(join(root, 'authority', 'ca.key'));
    expect(make(root)).toBe('made a certificate authority\nissued a certificate for eventstore\nissued a certificate for kafka\n');
    expect(await handshake(kafka(), read('public', 'ca.crt'), 'kafka')).toBe('secure');
  });
});
