import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { compose, repository, type ComposeService } from '../support/compose-file.ts';
import { startKafka, type TestKafka } from '../support/kafka/broker.ts';
import { freePort, until } from '../support/kafka/ready.ts';
import { needs } from '../support/needs.ts';
import { smallManifest } from '../support/small-market.ts';

const describeWithKafka = needs('kafka', 'openssl').describe;

jest.setTimeout(120_000);

/** The services that run our own program, in the order in which Compose starts them. */
const own = Object.entries(compose.services).filter(
  ([, { image, entrypoint }]) => image.startsWith('sleeve-ledger:') && entrypoint === undefined,
);
const workers = own.filter(([, { restart }]) => restart !== 'no');

interface Running {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly url: string;
  readonly ended: Promise<number | null>;
}

describeWithKafka('each service of the compose file that is ours, run as a process', () => {
  let folder: string;
  let kafka: TestKafka;
  const running: Running[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sleeve-ledger-services-'));
    for (const name of ['keys', 'witness']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'manifest.json'), smallManifest());
    kafka = await startKafka({ sasl: 'scram-sha-512', tls: true });
  });
  afterEach(() => {
    for (const { child } of running.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await kafka.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Its own command in its own environment: the servers are those of the test, and the folders that it mounts are below the test's. */
  async function start({ command, environment, volumes = [] }: ComposeService): Promise<Running> {
    const address = `127.0.0.1:${await freePort()}`;
    const mounted = (target: string): string =>
      volumes.some((volume) => volume.split(':')[1] === target) ? join(folder, target) : join(folder, 'not-mounted', target);
    const here: Record<string, string> = {
      ...environment,
      SLEEVE_LEDGER_STORE: join(folder, 'ledger.sqlite'),
      SLEEVE_LEDGER_KAFKA: kafka.connectionString,
      SLEEVE_LEDGER_KEY: join(mounted('/keys'), 'signing.key'),
      SLEEVE_LEDGER_WITNESS: mounted('/witness'),
      SLEEVE_LEDGER_MANIFEST: volumes.some((volume) => volume.includes(':/config/manifest.json:'))
        ? join(folder, 'manifest.json')
        : join(folder, 'not-mounted/manifest.json'),
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
      ...(environment!['SLEEVE_LEDGER_HTTP'] === undefined ? {} : { SLEEVE_LEDGER_HTTP: address }),
    };
    expect(Object.keys(here).toSorted()).toEqual(Object.keys(environment!).toSorted());
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), join(repository, 'bin/sleeve-ledger.ts'), ...command!], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...here },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece.toString('utf8')));
    const started = {
      child,
      said: () => text,
      url: `http://${address}`,
      ended: once(child, 'exit').then(([code]) => code as number | null),
    };
    running.push(started);
    return started;
  }

  async function statusOf({ child, url, said }: Running, path: string): Promise<number> {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}:\n${said()}`);
    return fetch(`${url}${path}`).then(
      async (answer) => (await answer.arrayBuffer(), answer.status),
      () => 0,
    );
  }

  test('are those that define and those that work', () => {
    expect(own.map(([name]) => name)).toEqual(['define', 'intake', 'reaction', 'sealer']);
  });

  test('define makes the ledger, its key and a witnessed seal, and is done; again it changes nothing', async () => {
    for (let turn = 0; turn < 2; turn++) {
      const define = await start(compose.services['define']!);
      expect([await define.ended, define.said()]).toEqual([0, expect.stringContaining('whole')]);
    }
    expect(existsSync(join(folder, 'keys/signing.key'))).toBe(true);
  });

  test.each(workers)('%s becomes alive and ready, serves its metrics, and ends with 0 in time when stopped', async (name, service) => {
    const worker = await start(service);
    await until(`${name} is alive`, async () => (await statusOf(worker, '/healthz')) === 200, 40_000);
    await until(`${name} is ready`, async () => (await statusOf(worker, '/readyz')) === 200, 40_000);
    expect(await (await fetch(`${worker.url}/metrics`)).text()).toMatch(/^sleeve_ledger_build_info\{version="[^"]+"\} 1$/m);
    const stoppedAt = performance.now();
    worker.child.kill('SIGTERM');
    expect([await worker.ended, worker.said()]).toEqual([0, expect.not.stringMatching(/"level":50|Internal/)]);
    expect(performance.now() - stoppedAt).toBeLessThan(10_000);
  });

  test('the workers work side by side, the reaction twice', async () => {
    const all = await Promise.all([...workers, workers.find(([name]) => name === 'reaction')!].map(([, service]) => start(service)));
    for (const worker of all) await until('each is ready', async () => (await statusOf(worker, '/readyz')) === 200, 60_000);
    for (const { child } of all) child.kill('SIGTERM');
    expect(await Promise.all(all.map(({ ended }) => ended))).toEqual(all.map(() => 0));
  });
});

describe('no secret of a service', () => {
  test('stands in its command, where a list of processes would show it', () => {
    for (const [, { command = [], entrypoint = [] }] of Object.entries(compose.services))
      expect([...entrypoint, ...command].join(' ')).not.toMatch(/\$\{|PASSWORD|:\/\/[^/]*@/);
  });
});
