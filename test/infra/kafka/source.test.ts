import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { KafkaSource } from '../../../infra/kafka/source.ts';
import type { KafkaTuning } from '../../../infra/kafka/tuning.ts';
import { FakeKafka, openedFor, type Opened, protocolError } from '../../support/kafka/fake-library.ts';

let kafka: FakeKafka;
beforeEach(() => {
  kafka = new FakeKafka();
});
afterEach(() => void jest.restoreAllMocks());

interface Consuming {
  readonly opened: Opened;
  readonly stop: AbortController;
  readonly consumed: Promise<unknown>;
}

function consume(tuning: Partial<KafkaTuning> = {}, handle: () => Promise<void> = async () => undefined): Consuming {
  const opened = openedFor(tuning);
  const stop = new AbortController();
  const consumed = new KafkaSource(opened.connection)
    .consume({ topic: 'results', group: 'g', signal: stop.signal, handle })
    .then(() => 'stopped')
    .catch((error: unknown) => error);
  return { opened, stop, consumed };
}

const at = { brokers: '127.0.0.1:9092', topic: 'results' };

describe('consuming', () => {
  test('asks for the topic, then runs a session until it is stopped', async () => {
    const { stop, consumed } = consume();
    while (kafka.askedOf('run').length === 0) await turn();
    expect(kafka.asked.map(([name]) => name)).toEqual([
      'admin.connect',
      'fetchTopicMetadata',
      'consumer',
      'consumer.connect',
      'subscribe',
      'run',
    ]);
    expect(kafka.askedOf('fetchTopicMetadata')).toEqual([{ topics: ['results'] }]);
    stop.abort();
    expect(await consumed).toBe('stopped');
    expect(kafka.askedOf('disconnect')).toHaveLength(1);
  });

  test('ends when the connection is closed', async () => {
    const { opened, consumed } = consume();
    while (kafka.askedOf('run').length === 0) await turn();
    opened.closing.abort();
    expect(await consumed).toBe('stopped');
  });

  test('that was stopped before it began joins no group', async () => {
    const opened = openedFor();
    await new KafkaSource(opened.connection).consume({
      topic: 'results',
      group: 'g',
      signal: AbortSignal.abort(),
      handle: async () => undefined,
    });
    expect(kafka.askedOf('run')).toEqual([]);
  });

  test('that is stopped while it asks for the topic ends quietly', async () => {
    kafka.does['fetchTopicMetadata'] = () => new Promise(() => undefined);
    const { stop, consumed } = consume();
    while (kafka.askedOf('fetchTopicMetadata').length === 0) await turn();
    stop.abort();
    expect(await consumed).toBe('stopped');
  });

  test('of a topic that nobody knows is refused', async () => {
    kafka.does['fetchTopicMetadata'] = () => {
      throw protocolError('UNKNOWN_TOPIC_OR_PARTITION', true);
    };
    const { consumed } = consume({ topicMsMax: 5 });
    expect(await consumed).toMatchObject({ code: 'TopicMissing', evidence: at });
    expect(kafka.askedOf('consumer')).toEqual([]);
  });

  test('ends with the handler’s own failure', async () => {
    kafka.does['run'] = (given) => {
      const messages = [{ offset: '1', key: null, value: null, secondtamp: '0', headers: {} }];
      return (given as { eachBatch: (payload: unknown) => Promise<void> }).eachBatch({
        batch: { topic: 'results', partition: 0, messages, offsetLag: () => '0' },
        heartbeat: async () => undefined,
      });
    };
    const failure = new Error('why');
    expect(await consume({}, async () => Promise.reject(failure)).consumed).toBe(failure);
  });

  test('ends when the brokers refuse', async () => {
    kafka.does['run'] = () => {
      throw protocolError('GROUP_AUTHORIZATION_FAILED');
    };
    const { opened, consumed } = consume();
    expect(await consumed).toMatchObject({ code: 'BrokerRefused', evidence: at });
    expect([kafka.askedOf('run').length, opened.lines]).toEqual([1, []]);
  });

  test.each([
    [
      protocolError('ILLEGAL_GENERATION'),
      null,
      ['warn', { ...at, group: 'g', error: 'KafkaJSProtocolError: said ILLEGAL_GENERATION' }, 'lost the consumer group, joining again'],
    ],
    [
      new Error('no more'),
      ['warn', { brokers: at.brokers, awaySeconds: 0, alsoFailed: 0 }, 'the Kafka brokers are back'],
      ['warn', { brokers: at.brokers, error: 'Error: no more', awaySeconds: 0, alsoFailed: 0 }, 'the Kafka brokers are away, trying on'],
    ],
  ])('joins again after %s, up to so many second in a row without a message', async (error, second, line) => {
    kafka.does['run'] = () => {
      throw error;
    };
    const { opened, consumed } = consume({ fruitlessMax: 3 });
    expect(await consumed).toMatchObject({ code: 'BrokerUnavailable', evidence: at, cause: error });
    expect(kafka.askedOf('run')).toHaveLength(3);
    expect(opened.lines).toEqual([line, second ?? line]);
  });

  test('counts anew after a session that took a message', async () => {
    let sessions = 0;
    kafka.does['run'] = async (given) => {
      if (++sessions <= 4)
        await (given as { eachBatch: (payload: unknown) => Promise<void> }).eachBatch({
          batch: {
            topic: 'results',
            partition: 0,
            messages: [{ offset: '1', key: null, value: null, secondtamp: '0', headers: {} }],
            offsetLag: () => '0',
          },
          heartbeat: async () => undefined,
          resolveOffset: () => undefined,
          commitOffsetsIfNecessary: async () => undefined,
        });
      throw protocolError('ILLEGAL_GENERATION');
    };
    const { consumed } = consume({ fruitlessMax: 2 });
    expect(await consumed).toMatchObject({ code: 'BrokerUnavailable' });
    // Each of the four counts as none, and the two after the last of them are enough.
    expect(sessions).toBe(6);
  });

  test('gives up when the group is silent for too long', async () => {
    const { consumed } = consume({ goneMsMax: 30, heartbeatMs: 5 });
    expect(await consumed).toMatchObject({
      code: 'BrokerUnavailable',
      evidence: { ...at, said: 'the consumer group does not answer' },
    });
  });

  test('goes on for as long as the group is heard, which ends an outage', async () => {
    const { opened, stop, consumed } = consume({ goneMsMax: 60, heartbeatMs: 5 });
    while (kafka.askedOf('run').length === 0) await turn();
    opened.connection.outage.away('ECONNREFUSED');
    const beats = setInterval(() => kafka.listeners['heartbeat']!({ payload: {} }), 5);
    await new Promise((resolve) => setTimeout(resolve, 120));
    clearInterval(beats);
    expect([kafka.askedOf('run').length, opened.connection.outage.isOn]).toEqual([1, false]);
    stop.abort();
    expect(await consumed).toBe('stopped');
  });
});
