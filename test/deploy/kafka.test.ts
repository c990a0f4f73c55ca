import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import kafkajs, { type Admin } from 'kafkajs';
import { parseKafkaConnection } from '../../infra/kafka/connection-string.ts';
import { openKafka } from '../../infra/kafka/open.ts';
import { createLog } from '../../infra/system/log.ts';
import { compose, filledIn, repository } from '../support/compose-file.ts';
import { classPath, defaultKafkaVersion } from '../support/kafka/jars.ts';
import { freePort, until } from '../support/kafka/ready.ts';
import { needs } from '../support/needs.ts';

const describeWithKafka = needs('kafka', 'openssl').describe;

jest.setTimeout(120_000);

const script = join(repository, 'deploy/start-kafka.sh');
const passwords = { BROKER_PASSWORD: 'b0123456789abcdef', LEDGER_PASSWORD: 'l0123456789abcdef' };

/** The folder of the image with Kafka's programs, made of the jars that the tests have: the programs only name the class to run. */
function makeHome(folder: string): string {
  const programs = { 'kafka-storage.sh': 'kafka.tools.StorageTool', 'kafka-server-start.sh': 'kafka.Kafka' };
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const [name, main] of Object.entries(programs)) {
    const file = join(folder, 'bin', name);
    writeFileSync(
      file,
      `#!/bin/sh\nexec java -Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '${classPath(defaultKafkaVersion)}' ${main} "$@"\n`,
    );
    chmodSync(file, 0o755);
  }
  return folder;
}

test('the broker refuses a password that would need quoting, or none', () => {
  for (const password of ['', 'a b', 'a"b', 'p@ss', 'a,b]']) {
    const { status, stderr } = spawnSync('sh', [script], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], BROKER_PASSWORD: 'good', LEDGER_PASSWORD: password },
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('LEDGER_PASSWORD: letters, digits')]);
  }
});

test('the tests run the version that the compose file names', () => {
  expect(compose.services['kafka']!.image).toBe(`apache/kafka:${defaultKafkaVersion}`);
});

describeWithKafka('the broker of the compose file, started by its own script', () => {
  const log = createLog('silent', false);
  let folder: string;
  let broker: ChildProcess;
  let environment: NodeJS.ProcessEnv;
  let address: string;
  let ca: string;

  const start = (): ChildProcess => spawn('sh', [script], { env: environment, stdio: 'ignore' });
  function client(login: { username: string; password: string } | null, tls = true) {
    return new kafkajs.Kafka({
      clientId: 'test',
      brokers: [address],
      logLevel: kafkajs.logLevel.NOTHING,
      connectionTimeout: 3_000,
      retry: { retries: 0 },
      ...(tls ? { ssl: { ca: [readFileSync(ca, 'utf8')] } } : { ssl: false }),
      ...(login === null ? {} : { sasl: { mechanism: 'scram-sha-512' as const, ...login } }),
    });
  }
  async function answers(login: { username: string; password: string } | null, tls = true): Promise<boolean> {
    const admin: Admin = client(login, tls).admin();
    try {
      await admin.connect();
      return (await admin.describeCluster()).controller !== null;
    } catch {
      return false;
    } finally {
      await admin.disconnect();
    }
  }
  const ledger = { username: 'ledger', password: passwords.LEDGER_PASSWORD };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sleeve-ledger-deploy-'));
    execFileSync('sh', [join(repository, 'deploy/make-certificates.sh'), folder], { stdio: 'ignore' });
    ca = join(folder, 'public/ca.crt');
    const port = String(await freePort());
    address = `localhost:${port}`;
    mkdirSync(join(folder, 'data'));
    environment = {
      PATH: process.env['PATH'],
      ...passwords,
      KAFKA_HOME: makeHome(join(folder, 'home')),
      BROKER_HOST: 'localhost',
      BROKER_PORT: port,
      BROKER_CONTROLLER_PORT: String(await freePort()),
      BROKER_DATA: join(folder, 'data'),
      BROKER_CERTIFICATES: join(folder, 'kafka'),
      BROKER_SETTINGS: join(folder, 'settings'),
    };
    broker = start();
    await until('the broker answers the ledger', () => answers(ledger), 90_000);
  });
  afterAll(() => {
    broker.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('lets in who knows a password, and nobody else', async () => {
    expect(await answers({ username: 'broker', password: passwords.BROKER_PASSWORD })).toBe(true);
    expect(await answers({ ...ledger, password: passwords.BROKER_PASSWORD })).toBe(false);
    expect(await answers({ username: 'admin', password: 'admin' })).toBe(false);
    expect(await answers(null)).toBe(false);
    expect(await answers(ledger, false)).toBe(false);
  });

  test('serves our own client by the connection string of the compose file', async () => {
    const connection = filledIn(compose.services['intake']!.environment!['SLEEVE_LEDGER_KAFKA']!, {
      KAFKA_LEDGER_PASSWORD: passwords.LEDGER_PASSWORD,
    });
    const here = connection.replace('kafka:9093', address).replace('/certificates/public/ca.crt', ca);
    const opened = openKafka(parseKafkaConnection(here), { log });
    await opened.ensureTopics([{ topic: 'sleeve-results.v1', partitions: 3, replicas: 1, messageBytesMax: 9_000_000 }]);
    await opened.sink.send('sleeve-results.v1', [{ key: 'etfs', value: new TextEncoder().encode('{}'), headers: {} }]);
    const admin = client(ledger).admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets('sleeve-results.v1');
    await admin.disconnect();
    await opened.close();
    expect(offsets.reduce((sum, { high }) => sum + Number(high), 0)).toBe(1);
  });

  test('keeps what holds a password from others, and logs in its tools', () => {
    for (const file of readdirSync(join(folder, 'settings')))
      expect([file, statSync(join(folder, 'settings', file)).mode & 0o077]).toEqual([file, 0]);
    expect(readFileSync(join(folder, 'settings/client.properties'), 'utf8')).toContain(
      `username="broker" password="${passwords.BROKER_PASSWORD}"`,
    );
    expect(compose.services['kafka']!.healthcheck!.test!.join(' ')).toContain('--command-config /tmp/broker/client.properties');
  });

  test('has its users and topics after it was killed and started again', async () => {
    const gone = once(broker, 'exit');
    broker.kill('SIGKILL');
    await gone;
    broker = start();
    await until('the broker answers again', () => answers(ledger), 90_000);
    const admin = client(ledger).admin();
    await admin.connect();
    expect(await admin.listTopics()).toContain('sleeve-results.v1');
    await admin.disconnect();
  });

  test('ends by itself on SIGTERM', async () => {
    const gone = once(broker, 'exit');
    broker.kill('SIGTERM');
    const ended = await Promise.race([gone.then(() => true), new Promise((resolve) => setTimeout(() => resolve(false), 30_000).unref())]);
    expect(ended).toBe(true);
  });
});
