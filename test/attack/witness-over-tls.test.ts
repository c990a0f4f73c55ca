/**
 * Witnesses behind TLS: a server of the protocol over https, and a repository over https by git's own server. Somebody between a ledger and
 * its witness has a certificate of their own, or would lead it elsewhere in the open.
 */
import { spawn, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnProgram, Workbench } from '../support/cli.ts';
import { type Certificates, makeCertificates } from '../support/kafka/certificates.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { startWitness, type WitnessProcess } from '../support/witness-program.ts';

const scratch = scratchDirectory();
const servers: Server[] = [];
const minute = 180_000;
let trusted: Certificates;
let strange: Certificates;

type Handler = (incoming: IncomingMessage, answer: ServerResponse) => void;

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A TLS server with the certificate of one of the two authorities. */
async function overTls(authority: Certificates, handler: Handler): Promise<string> {
  const pem = readFileSync(authority.broker);
  return `https://127.0.0.1:${await listening(createTlsServer({ key: pem, cert: pem }, handler))}`;
}

/** Hands each request on to a server that speaks in the open. */
const inFrontOf =
  (url: string): Handler =>
  (incoming, answer) => {
    const { method, headers, url: path } = incoming;
    const { host: _, ...others } = headers;
    const behind = request(`${url}${path!}`, { method, headers: others }, (said) => {
      answer.writeHead(said.statusCode!, said.headers);
      said.pipe(answer);
    });
    behind.on('error', () => answer.destroy());
    incoming.pipe(behind);
  };

/** One command in a process of its own, which trusts the first authority beside those of Node and git. */
async function ran(
  bench: Workbench,
  witness: string,
  ...argv: string[]
): Promise<{ exit: number; result: Record<string, unknown>; warnings: string[] }> {
  const { ended } = spawnProgram(bench, [...argv, '--json'], {
    NODE_EXTRA_CA_CERTS: trusted.ca,
    GIT_SSL_CAINFO: trusted.ca,
    SLEEVE_LEDGER_WITNESS: `${bench.store}.witness ${witness}`,
  });
  const { exit, stdout } = await ended;
  const { result, warnings } = JSON.parse(stdout) as { result: Record<string, unknown>; warnings: string[] };
  return { exit, result, warnings };
}

async function ledger(): Promise<Workbench> {
  const bench = new Workbench(scratch);
  expect(await bench.json(['ledger', 'init'])).toMatchObject({ exit: 0 });
  return bench;
}

beforeAll(() => {
  [trusted, strange] = ['trusted', 'strange'].map((name) => {
    mkdirSync(join(scratch, name));
    return makeCertificates(join(scratch, name));
  }) as [Certificates, Certificates];
}, minute);
afterAll(() => servers.forEach((server) => server.close()));

describe('a witness of the protocol over https', () => {
  let bench: Workbench;
  let witness: WitnessProcess;
  let place: (url: string) => string;
  beforeAll(async () => {
    bench = await ledger();
    const { verifierKey } = JSON.parse(readFileSync(`${bench.store}.key`, 'utf8')) as { verifierKey: string };
    witness = await startWitness(bench, join(scratch, 'state'), [verifierKey], ['--name', 'witness.example/tls']);
    place = (url) => `${url}#${witness.verifierKey}`;
  }, minute);
  afterAll(() => witness.stop());

  test(
    'whose certificate another authority gave is away: nothing is offered to it, and the seal is made all the same',
    async () => {
      let asked = 0;
      const url = await overTls(strange, (incoming, answer) => {
        asked++;
        inFrontOf(witness.url)(incoming, answer);
      });
      const sealed = await ran(bench, place(url), 'ledger', 'seal');
      expect(sealed).toMatchObject({ exit: 0, result: { witnesses: [{ outcome: 'away', why: expect.stringMatching(/certificate/i) }] } });
      expect(asked).toBe(0);
    },
    minute,
  );

  test(
    'that leads elsewhere in the open is not followed',
    async () => {
      let followed = 0;
      const open = await listening(
        createServer((incoming, answer) => {
          followed++;
          inFrontOf(witness.url)(incoming, answer);
        }),
      );
      const url = await overTls(trusted, (incoming, answer) => {
        answer.writeHead(307, { location: `http://127.0.0.1:${open}${incoming.url!}` });
        answer.end();
      });
      const sealed = await ran(bench, place(url), 'ledger', 'seal');
      expect(sealed).toMatchObject({ exit: 0, result: { witnesses: [{ outcome: 'away' }] } });
      expect(followed).toBe(0);
    },
    minute,
  );

  test(
    'control: with a certificate of the authority that is trusted it cosigns, and verification reads it back',
    async () => {
      const url = await overTls(trusted, inFrontOf(witness.url));
      expect(await ran(bench, place(url), 'ledger', 'seal')).toMatchObject({ exit: 0, result: { witnesses: [{ outcome: 'cosigned' }] } });
      expect(await ran(bench, place(url), 'ledger', 'verify')).toMatchObject({ exit: 0, result: { faults: [], cosigned: { to: 2 } } });
    },
    minute,
  );
});

describe('a repository over https', () => {
  let bench: Workbench;
  let folder: string;
  beforeAll(async () => {
    bench = await ledger();
    folder = bench.path('repositories');
    const repository = join(folder, 'witness.git');
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch', 'main', repository]);
    execFileSync('git', ['--git-dir', repository, 'config', 'http.receivepack', 'true']);
  });

  /** Git's own server, as a web server runs it (CGI). */
  const gitServer: Handler = (incoming, answer) => {
    const url = new URL(incoming.url!, 'https://127.0.0.1');
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: incoming.method!,
        CONTENT_TYPE: incoming.headers['content-type'] ?? '',
        ...(incoming.headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: incoming.headers['content-length'] }),
        ...(incoming.headers['content-encoding'] === undefined ? {} : { HTTP_CONTENT_ENCODING: incoming.headers['content-encoding'] }),
        REMOTE_USER: 'pusher',
        REMOTE_ADDR: '127.0.0.1',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    incoming.pipe(child.stdin);
    const said: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => said.push(piece));
    child.once('close', () => {
      const whole = Buffer.concat(said);
      const end = whole.indexOf('\r\n\r\n');
      const headers = Object.fromEntries(
        whole
          .subarray(0, end)
          .toString('latin1')
          .split('\r\n')
          .map((line) => line.split(/:\s*/, 2) as [string, string]),
      );
      const { Status: status = '200', ...others } = headers;
      answer.writeHead(Number.parseInt(status, 10), others);
      answer.end(whole.subarray(end + 4));
    });
  };

  test(
    'whose certificate another authority gave is away',
    async () => {
      const url = await overTls(strange, gitServer);
      const sealed = await ran(bench, `git+${url}/witness.git`, 'ledger', 'seal');
      expect(sealed).toMatchObject({
        exit: 0,
        result: { witnesses: [{ kind: 'git', outcome: 'away', why: expect.stringMatching(/certificate/i) }] },
      });
    },
    minute,
  );

  test(
    'control: with a certificate that is trusted it keeps each checkpoint, and verification reads it back',
    async () => {
      const url = await overTls(trusted, gitServer);
      const witness = `git+${url}/witness.git`;
      expect(await ran(bench, witness, 'ledger', 'seal')).toMatchObject({
        exit: 0,
        result: { witnesses: [{ kind: 'git', outcome: 'kept' }] },
      });
      const kept = execFileSync('git', ['--git-dir', join(folder, 'witness.git'), 'ls-tree', '-r', '--name-only', 'main'], {
        encoding: 'utf8',
      });
      expect(kept.trim().split('\n')).toHaveLength(1);
      expect(await ran(bench, witness, 'ledger', 'verify')).toMatchObject({ exit: 0, result: { faults: [] } });
    },
    minute,
  );
});
