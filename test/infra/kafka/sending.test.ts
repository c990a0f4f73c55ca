import { randomUUID } from 'node:crypto';
import { expect, jest, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { parseKafkaConnection } from '../../../infra/kafka/connection-string.ts';
import { openKafka } from '../../../infra/kafka/open.ts';
import { sharedKafka } from '../../support/kafka/cluster.ts';
import { ask, recordingLog, newTopic, numbered, numbersOf, startMember, textOf } from '../../support/kafka/members.ts';
import { freePort, until } from '../../support/kafka/ready.ts';
import { needs } from '../../support/needs.ts';

const describeWithKafka = needs('kafka').describe;

jest.setTimeout(60_000);

/** The error of a promise that must fail, and how long it took. */
async function failureOf(promise: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const started = performance.now();
  try {
    await promise;
  } catch (error) {
    return { error, ms: performance.now() - started };
  }
  throw new Error('it succeeded');
}

describeWithKafka('a broker', () => {
  const shared = sharedKafka();

  test('makes the topics that are missing, as asked, and leaves others as they are', async () => {
    const topic = `topic-${randomUUID()}`;
    const other = `topic-${randomUUID()}`;
    const asked = { topic, partitions: 3, replicas: 1, messageBytesMax: 2_000_000 };
    await shared.broker.ensureTopics([asked]);
    await shared.broker.ensureTopics([
      { ...asked, partitions: 5, messageBytesMax: 9 },
      { ...asked, topic: other, partitions: 1 },
    ]);
    const { topics } = await ask(shared.kafka.brokers, (admin) => admin.fetchTopicMetadata({ topics: [topic, other] }));
    expect(Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]))).toEqual({ [topic]: 3, [other]: 1 });
    const { resources } = await ask(shared.kafka.brokers, (admin) =>
      admin.describeConfigs({ includeSynonyms: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }] }),
    );
    const set = Object.fromEntries(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]));
    expect(set).toMatchObject({
      'max.message.bytes': '2000000',
      'message.timestamp.type': 'LogAppendTime',
      'compression.type': 'uncompressed',
    });
  });

  test('makes a topic once for two who ask at once', async () => {
    const topics = [{ topic: `topic-${randomUUID()}`, partitions: 1, replicas: 1, messageBytesMax: 1_000_000 }];
    await expect(Promise.all([shared.broker.ensureTopics(topics), shared.broker.ensureTopics(topics)])).resolves.toHaveLength(2);
  });

  test('refuses topics that cannot be made as asked', async () => {
    const { error } = await failureOf(
      shared.broker.ensureTopics([{ topic: `topic-${randomUUID()}`, partitions: 1, replicas: 3, messageBytesMax: 1_000_000 }]),
    );
    expect(error).toMatchObject({ code: 'BrokerRefused' });
  });

  test('names a topic that is missing, does not make it, and takes what is sent elsewhere', async () => {
    const missing = `topic-${randomUUID()}`;
    const topic = await newTopic(shared.broker, 1);
    const impatient = { topicMsMax: 300 };
    const broker = openKafka(parseKafkaConnection(shared.kafka.connectionString), { log: recordingLog().log, tuning: impatient });
    expect((await failureOf(broker.sink.send(missing, numbered(1, 1)))).error).toMatchObject({
      code: 'TopicMissing',
      evidence: { topic: missing },
    });
    await broker.sink.send(topic, numbered(1, 1));
    await broker.close();
    const member = startMember(shared.kafka.connectionString, { topic: missing, group: missing }, impatient);
    expect(await member.ended).toMatchObject({ code: 'TopicMissing', evidence: { topic: missing } });
    await member.stop();
    expect(await ask(shared.kafka.brokers, (admin) => admin.listTopics())).not.toContain(missing);
  });

  test('refuses too large a message and takes the next one', async () => {
    const topic = await newTopic(shared.broker, 1, 1, 100_000);
    const { error } = await failureOf(shared.broker.sink.send(topic, [{ key: 'k', value: Buffer.alloc(200_000), headers: {} }]));
    expect(error).toMatchObject({ code: 'BrokerRefused', evidence: { type: 'MESSAGE_TOO_LARGE', topic } });
    await shared.broker.sink.send(topic, numbered(1, 1));
    const member = startMember(shared.kafka.connectionString, { topic, group: topic });
    await until('it has arrived', () => member.received.length === 1);
    await member.stop();
    expect(numbersOf(member.received)).toEqual([0]);
  });

  test('finds a key where Java’s producers put it', async () => {
    const topic = await newTopic(shared.broker, 7);
    // murmur2(key) & 0x7fffffff, modulo 7, of Kafka's own test of its hash (UtilsTest): 21 -> -973932308, foobar -> -790332482, abc ->
    // 479470107.
    const hashes = { '21': -973_932_308, foobar: -790_332_482, abc: 479_470_107 };
    await shared.broker.sink.send(
      topic,
      Object.keys(hashes).map((key) => ({ key, value: Buffer.from(key), headers: {} })),
    );
    const member = startMember(shared.kafka.connectionString, { topic, group: topic });
    await until('all have arrived', () => member.received.length === 3);
    await member.stop();
    const found = Object.fromEntries(member.received.map(({ key, partition }) => [textOf(key), partition]));
    expect(found).toEqual(Object.fromEntries(Object.entries(hashes).map(([key, hash]) => [key, (hash & 0x7fffffff) % 7])));
  });

  test('is not asked when there is nothing to send', async () => {
    await expect(shared.broker.sink.send('no-such-topic', [])).resolves.toBeUndefined();
  });

  test('gets nothing from a connection that is closed', async () => {
    const topic = await newTopic(shared.broker, 1);
    const broker = openKafka(parseKafkaConnection(shared.kafka.connectionString), { log: recordingLog().log });
    await broker.sink.send(topic, numbered(1, 1));
    await broker.close();
    expect((await failureOf(broker.sink.send(topic, numbered(1, 1)))).error).toMatchObject({ code: 'BrokerUnavailable' });
  });

  test('that is not there is given up in the time stated, also by those who wait behind others', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const broker = openKafka(parseKafkaConnection(`kafka://${address}?tls=false`), {
      log: recordingLog().log,
      tuning: { sendMsMax: 4_000 },
    });
    const failures = await Promise.all([1, 2, 3].map(() => failureOf(broker.sink.send('t', numbered(1, 1)))));
    for (const { error, ms } of failures) {
      expect(error).toMatchObject({ code: 'BrokerUnavailable', evidence: { brokers: address } });
      // One after the other they would take twice as long at least.
      expect(ms).toBeLessThan(7_500);
    }
    await broker.close();
  });

  test('without TLS gets nothing from who insists on it', async () => {
    const broker = openKafka(parseKafkaConnection(`kafka://${shared.kafka.brokers.join(',')}`), {
      log: recordingLog().log,
      tuning: { sendMsMax: 2_000 },
    });
    expect((await failureOf(broker.sink.send('any', numbered(1, 1)))).error).toMatchObject({ code: 'BrokerUnavailable' });
    await broker.close();
  });
});
