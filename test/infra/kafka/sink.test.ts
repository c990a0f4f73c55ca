import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { openKafka } from '../../../infra/kafka/open.ts';
import { KafkaSink } from '../../../infra/kafka/sink.ts';
import { connectBy, FakeKafka, openedFor, protocolError } from '../../support/kafka/fake-library.ts';

let kafka: FakeKafka;
beforeEach(() => {
  kafka = new FakeKafka();
});
afterEach(() => void jest.restoreAllMocks());

const message = (key: string | null, text = 'v', headers: Record<string, string> = {}) => ({ key, value: Buffer.from(text), headers });
const isCut = (at: number): boolean => {
  try {
    connectBy(kafka.clients[at])
      .on('error', () => undefined)
      .destroy();
    return false;
  } catch {
    return true;
  }
};

const nothing = (): void => undefined;

describe('messages that are sent', () => {
  test('go as they are, acknowledged by all replicas, by one producer that repeats nothing by itself', async () => {
    const { connection } = openedFor();
    const sink = new KafkaSink(connection);
    const whole = Buffer.from('-value-');
    await sink.send('results', [{ key: 'k', value: whole.subarray(1, 6), headers: { a: '1' } }, message(null, '')]);
    await sink.send('others', [message('k2')]);
    await sink.send('others', []);
    expect(kafka.asked).toEqual([
      [
        'producer',
        {
          createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
          allowAutoTopicCreation: false,
          idempotent: false,
          retry: { retries: 0 },
          maxInFlightRequests: 1,
          metadataMaxAge: 300_000,
        },
      ],
      ['producer.connect', undefined],
      [
        'send',
        {
          topic: 'results',
          messages: [
            { key: 'k', value: Buffer.from('value'), headers: { a: '1' } },
            { key: null, value: Buffer.from(''), headers: {} },
          ],
          acks: -1,
          timeout: 10_000,
        },
      ],
      ['send', { topic: 'others', messages: [{ key: 'k2', value: Buffer.from('v'), headers: {} }], acks: -1, timeout: 10_000 }],
    ]);
    expect(kafka.clients[0]!.retry).toEqual({ retries: 1, initialRetryTime: 1, maxRetryTime: 1, factor: 0.2, multiplier: 1 });
  });

  test('go one call after the other, also behind one that failed', async () => {
    const { connection } = openedFor();
    const sink = new KafkaSink(connection);
    const answers: (() => void)[] = [];
    kafka.does['send'] = () =>
      new Promise<void>((resolve, reject) =>
        answers.push(() => (answers.length === 1 ? reject(protocolError('MESSAGE_TOO_LARGE')) : resolve())),
      );
    const first = sink.send('results', [message('1')]).catch((error: unknown) => error);
    const second = sink.send('results', [message('2')]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(kafka.askedOf('send')).toHaveLength(1);
    answers[0]!();
    expect(await first).toMatchObject({ code: 'BrokerRefused', evidence: { brokers: '127.0.0.1:9092', topic: 'results' } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(kafka.askedOf('send')).toHaveLength(2);
    answers[1]!();
    await second;
  });

  test('are sent again on a new connection after a failure, and the old one is cut', async () => {
    const { connection, lines } = openedFor();
    const sink = new KafkaSink(connection);
    let tries = 0;
    kafka.does['send'] = () => {
      if (++tries === 1) throw new Error('away');
    };
    connection.outage.away('ECONNREFUSED');
    await sink.send('results', [message('1')]);
    expect([kafka.clients.length, isCut(0), isCut(1)]).toEqual([2, true, false]);
    expect(lines.map(([, , text]) => text)).toEqual(['the Kafka brokers are away, trying on', 'the Kafka brokers are back']);
  });

  test('wait for a producer that connects, whose client is cut when it does not', async () => {
    const { connection } = openedFor();
    const sink = new KafkaSink(connection);
    let tries = 0;
    kafka.does['producer.connect'] = () => {
      if (++tries === 1) throw new Error('away');
    };
    await sink.send('results', [message('1')]);
    expect([kafka.clients.length, isCut(0), isCut(1)]).toEqual([2, true, false]);
  });

  test('are refused in the time stated, that behind earlier calls included', async () => {
    const { connection } = openedFor({ sendMsMax: 40 });
    const sink = new KafkaSink(connection);
    kafka.does['send'] = () => new Promise(() => undefined);
    const started = performance.now();
    const refused = await Promise.all(['1', '2'].map((key) => sink.send('results', [message(key)]).catch((error: unknown) => error)));
    expect(refused).toEqual([
      expect.objectContaining({ code: 'BrokerUnavailable' }),
      expect.objectContaining({ code: 'BrokerUnavailable' }),
    ]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('closing', () => {
  test('waits for what is under way, cuts, and refuses what comes after', async () => {
    const { connection } = openedFor();
    const broker = openKafka(connection.settings, { log: connection.log, tuning: { sendMsMax: 100, backoffMsMin: 1, backoffMsMax: 4 } });
    let answer = nothing;
    kafka.does['send'] = () => new Promise<void>((resolve) => (answer = resolve));
    const sent = broker.sink.send('results', [message('1')]);
    await new Promise((resolve) => setImmediate(resolve));
    let isClosed = false;
    const closed = broker.close().then(() => (isClosed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([isClosed, isCut(0)]).toEqual([false, false]);
    answer();
    await Promise.all([sent, closed]);
    expect(isCut(0)).toBe(true);
    await expect(broker.sink.send('results', [message('2')])).rejects.toMatchObject({
      code: 'BrokerUnavailable',
      message: 'the connection to Kafka is closed',
    });
    expect(kafka.clients).toHaveLength(1);
  });

  test('waits no longer than it may', async () => {
    const { connection } = openedFor({ closeMsMax: 5, sendMsMax: 50 });
    const sink = new KafkaSink(connection);
    kafka.does['send'] = () => new Promise(() => undefined);
    void sink.send('results', [message('1')]).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    await sink.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isCut(0)).toBe(true);
  });

  test('of one part refuses what another sends', async () => {
    const { connection, closing } = openedFor();
    closing.abort();
    await expect(new KafkaSink(connection).send('results', [message('1')])).rejects.toMatchObject({
      message: expect.stringMatching(/closed/),
    });
    expect(kafka.clients).toEqual([]);
  });
});
