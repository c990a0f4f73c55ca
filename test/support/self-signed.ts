import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Files with a certificate for `localhost` and 127.0.0.1 that vouches for itself, and its key; good for two days. */
export function selfSigned(folder: string, name: string): { readonly certificate: string; readonly key: string } {
  const [certificate, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:ledger.example'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-days', '2', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  return { certificate, key };
}
