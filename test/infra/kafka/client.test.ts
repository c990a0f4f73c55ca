import { createServer, type Server, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import type { logLevel } from 'kafkajs';
import { openClient, singlePass } from '../../../infra/kafka/client.ts';
import { defaultTuning } from '../../../infra/kafka/tuning.ts';
import { connectBy, FakeKafka, type Line, openedFor } from '../../support/kafka/fake-library.ts';
import { until } from '../../support/kafka/ready.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const file = join(temporaryDirectory(), 'some.pem');
writeFileSync(file, 'pem');

let kafka: FakeKafka;
beforeEach(() => {
  kafka = new FakeKafka();
});
afterEach(() => void jest.restoreAllMocks());

const retry = { retries: 3 };
const given = {
  clientId: 'sleeve-ledger',
  connectionTimeout: 3_000,
  authenticationTimeout: 10_000,
  reauthenticationThreshold: 10_000,
  requestTimeout: 10_000,
  enforceRequestTimeout: true,
  retry,
  socketFactory: expect.any(Function),
  logLevel: kafkajs.logLevel.WARN,
  logCreator: expect.any(Function),
};

describe('what the library is given', () => {
  test.each([
    ['kafka://127.0.0.1:9092,[::1]:9093?tls=false', { brokers: ['127.0.0.1:9092', '[::1]:9093'] }],
    [
      'kafka://broker:9093?clientId=intake',
      { brokers: ['broker:9093'], clientId: 'intake', ssl: { minVersion: 'TLSv1.2', rejectUnauthorized: true } },
    ],
    [
      `kafka://broker:9093?ca=${file}&cert=${file}&key=${file}`,
      {
        brokers: ['broker:9093'],
        ssl: {
          minVersion: 'TLSv1.2',
          rejectUnauthorized: true,
          ca: Buffer.from('pem'),
          cert: Buffer.from('pem'),
          key: Buffer.from('pem'),
        },
      },
    ],
    [
      'kafka://ledger:secret@localhost:9092?tls=false&mechanism=scram-sha-256',
      { brokers: ['localhost:9092'], sasl: { mechanism: 'scram-sha-256', username: 'ledger', password: 'secret' } },
    ],
  ])('follows the connection string of row %#', (text, expected) => {
    openClient(openedFor({}, text).connection, retry);
    expect(kafka.clients).toEqual([{ ...given, ...expected }]);
  });

  test('what this adapter allows itself', () => {
    expect(defaultTuning).toEqual({
      connectMsMax: 3_000,
      requestMsMax: 10_000,
      sendMsMax: 25_000,
      topicMsMax: 3_000,
      sessionMs: 10_000,
      heartbeatMs: 1_000,
      rebalanceMsMax: 30_000,
      goneMsMax: 60_000,
      fruitlessMax: 10,
      backoffMsMin: 50,
      backoffMsMax: 2_000,
      fetchMs: 500,
      closeMsMax: 5_000,
      partitionsAtOnce: 8,
      partitionBytesMax: 12_582_912,
      fetchBytesMax: 50_331_648,
      uncommittedMax: 500,
    });
  });

  test('a single pass asks each broker once, at the least distance', () => {
    const { settings } = openedFor({}, 'kafka://a:1,b:2,c:3').connection;
    expect(singlePass(settings, defaultTuning)).toEqual({ retries: 3, initialRetryTime: 50, maxRetryTime: 50, factor: 0.2, multiplier: 1 });
  });
});

describe('what the library says', () => {
  const { ERROR, WARN, INFO } = kafkajs.logLevel;
  const say = (level: logLevel, namespace: string, log: object): void =>
    kafka.clients[0]!.logCreator!(WARN)({ namespace, level, label: '', log: { timestamp: '', message: 'Said', ...log } });

  test.each<[string, logLevel, object, Line]>([
    ['an error is a warning', ERROR, {}, ['warn', { client: 'kafkajs Runner' }, 'Said']],
    ['a warning is a notice', WARN, {}, ['info', { client: 'kafkajs Runner' }, 'Said']],
    [
      'the chosen fields are kept where they are texts or numbers',
      WARN,
      { broker: 'b:1', groupId: 'g', topic: 't', partition: 0, error: 'why', retryCount: 1, memberId: 'm' },
      ['info', { client: 'kafkajs Runner', broker: 'b:1', group: 'g', topic: 't', partition: 0, error: 'why' }, 'Said'],
    ],
    [
      'other fields are left out',
      ERROR,
      { broker: null, groupId: ['g'], topic: {}, partition: true, error: new Error('ECONNREFUSED') },
      ['warn', { client: 'kafkajs Runner' }, 'Said'],
    ],
    ['what is no warning is said as it is', INFO, { message: 'connected' }, ['info', { client: 'kafkajs Runner' }, 'connected']],
  ])('%s', (_, level, log, line) => {
    const opened = openedFor();
    openClient(opened.connection, retry);
    say(level, 'Runner', log);
    expect(opened.lines).toEqual([line]);
    expect(opened.connection.outage.isOn).toBe(false);
  });

  test.each([
    'Connection error',
    'ECONNRESET',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ETIMEDOUT',
    'write EPIPE',
    'Request timed out',
    'Timeout',
    'Failed to find any seed broker',
    'The broker is not available',
    'There is no leader for it',
    'The group coordinator',
    'KafkaJSNumberOfRetriesExceeded',
    'Restarting the consumer in 2 s',
    'Failed to send messages: x',
  ])('“%s” means that the brokers are away, in the message or in the error', (words) => {
    for (const log of [{ message: words }, { error: words.toUpperCase() }]) {
      const opened = openedFor();
      openClient(opened.connection, retry);
      kafka.clients.at(-1)!.logCreator!(WARN)({
        namespace: 'Connection',
        level: WARN,
        label: '',
        log: { timestamp: '', message: 'Said', ...log },
      });
      const error = 'error' in log ? `Said: ${log.error}` : words;
      expect(opened.lines).toEqual([
        ['warn', { brokers: '127.0.0.1:9092', error, awaySeconds: 0, alsoFailed: 0 }, 'the Kafka brokers are away, trying on'],
      ]);
    }
  });

  test('is not heard once the connections are cut', () => {
    const opened = openedFor();
    openClient(opened.connection, retry).cut();
    say(ERROR, 'Runner', {});
    expect(opened.lines).toEqual([]);
  });
});

describe('connections', () => {
  let server: Server;
  const accepted: Socket[] = [];
  beforeEach(async () => {
    server = createServer((socket) => void accepted.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const socket of accepted.splice(0)) socket.destroy();
    await new Promise((resolve) => void server.close(resolve));
  });

  const connect = (ssl: ConnectionOptions | null, host = '127.0.0.1', onConnect = (): void => undefined): Socket =>
    connectBy(kafka.clients[0], { host, port: (server.address() as { port: number }).port, ...(ssl === null ? {} : { ssl }), onConnect });

  test('are ended with an error when they are cut, and none is opened after that', async () => {
    const client = openClient(openedFor().connection, retry);
    let connected = 0;
    const socket = connect(null, '127.0.0.1', () => void connected++);
    const errors: string[] = [];
    socket.on('error', (error) => void errors.push(error.message));
    await until('both ends are there', () => connected === 1 && accepted.length === 1);
    client.cut();
    await until('it is closed', () => errors.length > 0 && socket.destroyed);
    expect(errors).toEqual(['the connection is closed']);
    expect(() => connect(null)).toThrow('the connection is closed');
  });

  test('that have ended by themselves are forgotten', async () => {
    const client = openClient(openedFor().connection, retry);
    const socket = connect(null);
    await until('it is there', () => accepted.length === 1);
    accepted[0]!.end();
    socket.resume();
    await until('it is closed', () => socket.closed);
    const destroyed = jest.spyOn(socket, 'destroy');
    client.cut();
    expect(destroyed).not.toHaveBeenCalled();
  });

  test.each([
    ['localhost', 'localhost'],
    ['127.0.0.1', undefined],
  ])('to %s by TLS begin with a handshake that names a server by its name only', async (host, servername) => {
    openClient(openedFor().connection, retry);
    const socket = connect({ rejectUnauthorized: true }, host);
    socket.on('error', () => undefined);
    const first = await new Promise<Buffer>((resolve) => server.once('connection', (peer) => peer.once('data', resolve)));
    // The type of a record that shakes hands, RFC 8446, section 5.1.
    expect(first[0]).toBe(22);
    expect(first.includes('localhost')).toBe(servername !== undefined);
    socket.destroy();
  });

  test('are kept alive', async () => {
    openClient(openedFor().connection, retry);
    const { Socket: Plain } = await import('node:net');
    const keptAlive = jest.spyOn(Plain.prototype, 'setKeepAlive');
    connect(null)
      .on('error', () => undefined)
      .destroy();
    expect(keptAlive.mock.calls).toEqual([[true, 60_000]]);
  });
});
