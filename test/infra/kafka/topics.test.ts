import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openKafka } from '../../../infra/kafka/open.ts';
import { requireTopic } from '../../../infra/kafka/topics.ts';
import { connectBy, FakeKafka, openedFor, protocolError } from '../../support/kafka/fake-library.ts';

let kafka: FakeKafka;
beforeEach(() => {
  kafka = new FakeKafka();
});
afterEach(() => void jest.restoreAllMocks());

const wanted = [
  { topic: 'allocations', partitions: 3, replicas: 2, messageBytesMax: 1_000 },
  { topic: 'results', partitions: 6, replicas: 1, messageBytesMax: 2_000 },
];

describe('topics', () => {
  test('that are missing are made: dated by the brokers, and not compressed', async () => {
    const { connection } = openedFor();
    kafka.does['listTopics'] = () => ['results', 'others'];
    const broker = openKafka(connection.settings, { log: connection.log });
    await broker.ensureTopics(wanted);
    await broker.close();
    expect(kafka.asked).toEqual([
      ['admin.connect', undefined],
      ['listTopics', undefined],
      [
        'createTopics',
        {
          waitForLeaders: true,
          timeout: 10_000,
          topics: [
            {
              topic: 'allocations',
              numPartitions: 3,
              replicationFactor: 2,
              configEntries: [
                { name: 'max.message.bytes', value: '1000' },
                { name: 'message.timestamp.type', value: 'LogAppendTime' },
                { name: 'compression.type', value: 'uncompressed' },
              ],
            },
          ],
        },
      ],
    ]);
    expect(kafka.clients[0]!.retry).toEqual({ retries: 1, initialRetryTime: 50, maxRetryTime: 50, factor: 0.2, multiplier: 1 });
  });

  test('that are all there are left as they are', async () => {
    const { connection } = openedFor();
    kafka.does['listTopics'] = () => ['results', 'allocations'];
    await openKafka(connection.settings, { log: connection.log, tuning: connection.tuning }).ensureTopics(wanted);
    expect(kafka.askedOf('createTopics')).toEqual([]);
  });

  test('are made on a connection of their own, and on another one after a failure; each is cut', async () => {
    const { connection, lines } = openedFor();
    let tries = 0;
    kafka.does['listTopics'] = () => {
      if (++tries < 3) throw new Error('away');
      return ['results', 'allocations'];
    };
    connection.outage.away('ECONNREFUSED');
    const broker = openKafka(connection.settings, { log: connection.log, tuning: connection.tuning });
    await broker.ensureTopics(wanted);
    expect(kafka.clients).toHaveLength(3);
    for (const config of kafka.clients) expect(() => connectBy(config)).toThrow('is closed');
    expect(lines).toHaveLength(1);
  });

  test('is refused with the words of the brokers, of no topic in particular', async () => {
    const { connection } = openedFor();
    kafka.does['listTopics'] = () => [];
    kafka.does['createTopics'] = () => {
      throw protocolError('INVALID_REPLICATION_FACTOR');
    };
    await expect(openKafka(connection.settings, { log: connection.log }).ensureTopics(wanted)).rejects.toMatchObject({
      code: 'BrokerRefused',
      evidence: { brokers: '127.0.0.1:9092', said: 'said INVALID_REPLICATION_FACTOR', type: 'INVALID_REPLICATION_FACTOR' },
    });
  });

  test('that a consumer needs are asked for by name', async () => {
    const { connection, lines } = openedFor();
    connection.outage.away('ECONNREFUSED');
    await requireTopic(connection, 'results', 1_000);
    expect(kafka.asked).toEqual([
      ['admin.connect', undefined],
      ['fetchTopicMetadata', { topics: ['results'] }],
    ]);
    expect(lines.map(([, , message]) => message)).toEqual(['the Kafka brokers are away, trying on', 'the Kafka brokers are back']);
    expect(connection.outage.isOn).toBe(false);
  });

  test('that nobody knows are refused by name', async () => {
    const { connection } = openedFor({ topicMsMax: 5 });
    kafka.does['fetchTopicMetadata'] = () => {
      throw protocolError('UNKNOWN_TOPIC_OR_PARTITION', true);
    };
    await expect(requireTopic(connection, 'results', 1_000)).rejects.toMatchObject({
      code: 'TopicMissing',
      message: 'the Kafka brokers at 127.0.0.1:9092 know no topic results',
      evidence: { brokers: '127.0.0.1:9092', topic: 'results' },
    });
  });
});
