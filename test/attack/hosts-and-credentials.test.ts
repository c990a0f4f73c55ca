/** A reader through somebody's browser, and a reader of what is shown: names that are not ours, and passwords that were not encoded. */
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttpServer, type HttpServer } from '../../infra/http/server.ts';
import { maskText } from '../../infra/system/redaction.ts';
import { createLog } from '../../infra/system/log.ts';
import { besideStore, redacted } from '../../handlers/runtime/settings.ts';
import { Workbench } from '../support/cli.ts';
import { expectRefusal } from '../support/raw-http.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { scratchDirectory } from '../support/scratch.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const routes = [{ path: '/metrics', answer: async () => ({ status: 200, contentType: 'text/plain', body: 'up 1\n' }) }];

/** As `exchange` of a raw client: what came back, with the status line in front. */
async function asked(server: HttpServer, host: string, address = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: address, port: new URL(server.url).port, path: '/metrics', headers: { host } }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      answer.on('end', () => resolve(`HTTP/1.1 ${answer.statusCode} x\r\n\r\n${body}`));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('health and metrics, asked for through a name that points at them', () => {
  const servers: Record<string, HttpServer> = {};
  beforeAll(async () => {
    servers['loopback'] = await createHttpServer({ address: '127.0.0.1:0', routes, log: silent });
    servers['every address'] = await createHttpServer({ address: '0.0.0.0:0', routes, log: silent });
    const hosts = ['ledger.internal', 'worker:9464', 'fd00::7'];
    servers['every address, with names'] = await createHttpServer({ address: '0.0.0.0:0', routes, hosts, log: silent });
  });
  afterAll(async () => {
    for (const server of Object.values(servers)) await server.close();
  });

  const strangers = [
    'evil.example',
    'evil.example:9464',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example#localhost',
    'localhost@evil.example',
    '169.254.169.254',
    '0.0.0.0',
    '[::2]',
    'a',
    'ledger.internal.evil.example',
  ];
  test.each(['loopback', 'every address', 'every address, with names'])('on %s are not given to a stranger', async (name) => {
    for (const host of strangers) {
      const answer = await asked(servers[name]!, host);
      expectRefusal(answer, 421, 'HostUnknown');
      expect(answer).not.toContain('up 1');
    }
  });

  test.each([
    ['loopback', ['localhost', 'LOCALHOST:80', 'localhost.', '127.0.0.1:9464', '127.9.9.9', '[::1]:9464']],
    ['every address', ['localhost', '127.0.0.1']],
    ['every address, with names', ['ledger.internal', 'Ledger.Internal:9464', 'ledger.internal.', 'worker', 'worker:1', '[fd00::7]:9464']],
  ])('on %s are given to its own names', async (name, hosts) => {
    for (const host of hosts) expect([host, await asked(servers[name]!, host)]).toEqual([host, expect.stringContaining('up 1')]);
  });

  test('on every address are given to who reaches them by one', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
    if (outside === undefined) return;
    expect(await asked(servers['every address']!, `${outside}:9464`, outside)).toContain('up 1');
    // By another way in, the same name is a stranger's.
    expectRefusal(await asked(servers['every address']!, outside), 421, 'HostUnknown');
  });
});

/** Parts of passwords that people forget to encode. */
const password = fc
  .array(fc.constantFrom('hunter2', '@', '/', '?', '#', ':', '%', '&', '=', 'x'), { minLength: 1, maxLength: 12 })
  .map((parts) => `s3cr${parts.join('')}et`);
const scheme = fc.constantFrom('kafka://', 'esdb://', 'esdb+discover://');

describe('credentials that were not encoded', () => {
  const property = { numRuns: propertyRuns(500) };
  const secret = /s3cr|hunter2|et@/;

  test('are masked whole in a setting and in a text', () => {
    fc.assert(
      fc.property(scheme, fc.constantFrom('ops', 'o@ps', ''), password, (start, user, hidden) => {
        const location = `${start}${user}:${hidden}@host:9093?tls=true`;
        expect(redacted(location)).not.toMatch(secret);
        expect(redacted(location)).toContain('host:9093');
        expect(maskText(`cannot reach ${location}, try again`)).not.toMatch(secret);
        expect(besideStore(location)).not.toMatch(/s3cr/);
      }),
      property,
    );
  });

  test('the honest case: what holds none is shown as it is', () => {
    for (const text of ['kafka://host:9092?tls=false', 'esdb://host:2113', '/var/ledger.sqlite', 'ledger@home.sqlite', 'ann@desk.example'])
      expect([redacted(text), maskText(text)]).toEqual([text, text]);
    expect(redacted('esdb://ops:pw@host:2113?tls=true')).toBe('esdb://ops:***@host:2113?tls=true');
    expect(besideStore('esdb://ops:pw@host:2113?ledger=desk')).toBe('esdb-host-2113-desk');
    expect(besideStore('esdb://host:2113?connectionName=a@b')).toBe('esdb-host-2113');
  });

  const bench = new Workbench(scratchDirectory());
  const locations = [
    'esdb://ops:s3cr@et@127.0.0.1:1?tls=false',
    'esdb://ops:s3cr/et@127.0.0.1:1?tls=false',
    'esdb://ops:s3cr?et@127.0.0.1:1',
    'esdb://o@ps:s3cr@et@127.0.0.1:1',
    'esdb:/ops:s3cret@127.0.0.1:1',
    'esdb:ops:s3cret@127.0.0.1:1',
    'http://ops:s3cr@et@127.0.0.1:1',
  ];
  test.each(locations)('of %s are shown by no verb, in no error, log or name of a file', async (location) => {
    const kafka = location.replace(/^[a-z]+:\/*/, 'kafka://');
    const calls: readonly (readonly string[])[] = [
      ['config', 'show', '--store', location],
      ['runs', '--store', location],
      ['doctor', '--store', location],
      ['ledger', 'init', '--store', location],
      ['ledger', 'verify', '--store', location],
      ['ledger', 'seal', '--store', location],
      ['ledger', 'backup', '--store', location, '--to', bench.path('backup.sqlite')],
      ['ledger', 'restore', '--from', location],
      ['ledger', 'copy', '--from', location, '--to', bench.path('copy.sqlite')],
      ['ledger', 'copy', '--from', bench.store, '--to', location],
      ['work', '--kafka', kafka, '--create-ledger'],
      ['produce', 'latest', '--kafka', kafka],
      ['config', 'show', '--kafka', kafka],
    ].filter((argv) => !(argv[0] === 'config' && argv.includes('--kafka')));
    for (const argv of calls) {
      for (const json of [[], ['--json']]) {
        const { stdout, stderr } = await bench.run([...argv, ...json, '--log-level', 'debug', '--debug']);
        expect([argv[0], argv[1], /s3cr/.test(stdout + stderr)]).toEqual([argv[0], argv[1], false]);
      }
    }
    const shown = await bench.run(['config', 'show'], { environment: { SLEEVE_LEDGER_KAFKA: kafka } });
    expect([shown.exit, /s3cr/.test(shown.stdout + shown.stderr)]).toEqual([0, false]);
    for (const folder of [bench.directory, process.cwd()]) expect(readdirSync(folder).filter((name) => name.includes('s3cr'))).toEqual([]);
  });

  test('in the fields of a log line are masked at any depth', () => {
    let written = '';
    const log = createLog('info', false, { write: (text) => (written += text) });
    log.info({ at: { store: 'esdb://ops:s3cr@et@host' }, error: new Error('no kafka://u:s3cr/e@t@host:1') }, 'kafka://u:s3cr@et@host');
    expect(written).not.toMatch(/s3cr|et@host/);
  });
});
