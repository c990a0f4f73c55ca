import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  /** Certificate of the private authority. */
  readonly ca: string;
  /** Key and certificate of the broker in one file, as Kafka reads it. */
  readonly broker: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
}

const openssl = (folder: string, ...words: string[]): void => void execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' });

function makeAuthority(folder: string): void {
  openssl(
    folder,
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
}

function issue(folder: string, name: string): void {
  writeFileSync(join(folder, `${name}.ext`), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  openssl(folder, 'req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  openssl(
    folder,
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.pem`,
  );
}

/** A private authority with a certificate for the broker on 127.0.0.1 and one for a client, good for two days. */
export function makeCertificates(folder: string): Certificates {
  makeAuthority(folder);
  issue(folder, 'broker');
  issue(folder, 'client');
  const broker = join(folder, 'broker-with-key.pem');
  writeFileSync(broker, readFileSync(join(folder, 'broker.key'), 'utf8') + readFileSync(join(folder, 'broker.pem'), 'utf8'));
  return { ca: join(folder, 'ca.pem'), broker, clientCertificate: join(folder, 'client.pem'), clientKey: join(folder, 'client.key') };
}
