import { expect, jest, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import type { Message } from 'kafkajs';
import type { MessageToSend } from '../../../handlers/ports/ports.ts';
import { defaultTuning } from '../../../infra/kafka/tuning.ts';
import { sharedKafka } from '../../support/kafka/cluster.ts';
import { areInSync, ask, newTopic, numbered, numbersOf, startMember } from '../../support/kafka/members.ts';
import { through } from '../../support/kafka/outage.ts';
import { until } from '../../support/kafka/ready.ts';
import { needs } from '../../support/needs.ts';

const describeWithKafka = needs('kafka').describe;

jest.setTimeout(300_000);

describeWithKafka('three brokers that want two replicas in sync', () => {
  const shared = sharedKafka({ nodes: 3 });

  /** Index of the node that leads a partition, and how many it leads. */
  async function leaderOf(topic: string, partition: number): Promise<{ node: number; leads: number }> {
    const { topics } = await ask(shared.kafka.brokers, (admin) => admin.fetchTopicMetadata({ topics: [topic] }));
    const { leader } = topics[0]!.partitions.find(({ partitionId }) => partitionId === partition)!;
    return { node: leader - 1, leads: topics[0]!.partitions.filter((one) => one.leader === leader).length };
  }

  /** Behind the death of another node and its return. */
  const inSync = (): Promise<void> => until('every replica is in sync', () => areInSync(shared.kafka.brokers), 120_000);

  /**
   * Sends a message to each of six partitions while the leader of the first is frozen; it is killed once the others have answered. Returns
   * which of the six are in the topic when the sender has been told that all are.
   */
  async function sentAcrossAKill(send: (topic: string, first: number) => Promise<unknown>): Promise<number[]> {
    const topic = await newTopic(shared.broker, 6, 3);
    // The sender knows the leaders before one freezes, or it might ask that one.
    await send(topic, 10);
    await inSync();
    const { node, leads } = await leaderOf(topic, 0);
    const others = shared.kafka.brokers.filter((_, index) => index !== node);
    shared.kafka.pause(node);
    const sent = send(topic, 0);
    try {
      await until('the others have theirs', async () => {
        const offsets = await ask(others, (admin) => admin.fetchTopicOffsets(topic), 0).catch(() => []);
        return offsets.filter(({ high }) => Number(high) > 1).length === 6 - leads;
      });
    } finally {
      await shared.kafka.kill('SIGKILL', node);
      await Promise.allSettled([sent]);
      await shared.kafka.restart(node);
    }
    await sent;
    await shared.broker.sink.send(topic, numbered(60, 60, 20));
    const member = startMember(shared.kafka.connectionString, { topic, group: topic });
    await until('what came after has arrived', () => new Set(numbersOf(member.received).filter((number) => number >= 20)).size === 60);
    await member.stop();
    return [...new Set(numbersOf(member.received))].filter((number) => number < 6).toSorted((left, right) => left - right);
  }

  test('keep every message of a call across the death of a leader, which the library alone does not', async () => {
    // Keys of which each goes to a partition of its own, by Kafka's hash.
    const keys = Array.from({ length: 400 }, (_, index) => String(index));
    const partitioner = kafkajs.Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 6 }, (_, partitionId) => ({
      partitionId,
      leader: 1,
      partitionErrorCode: 0,
      replicas: [],
      isr: [],
    }));
    const keyOf = (partition: number): string =>
      keys.find((key) => partitioner({ topic: '', partitionMetadata, message: { key, value: null } }) === partition)!;
    const messages = (first: number): MessageToSend[] =>
      Array.from({ length: 6 }, (_, partition) => ({ key: keyOf(partition), value: Buffer.from(String(first + partition)), headers: {} }));

    const producer = new kafkajs.Kafka({
      brokers: [...shared.kafka.brokers],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 20, maxRetryTime: 500 },
    }).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    const naive = await sentAcrossAKill((topic, first) => producer.send({ topic, messages: messages(first) as Message[], acks: -1 }));
    await producer.disconnect();
    expect(naive.length).toBeLessThan(6);

    expect(await sentAcrossAKill((topic, first) => shared.broker.sink.send(topic, messages(first)))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  /** Index of the node that coordinates a group: it leads the partition of the committed offsets that the group's name hashes to. */
  async function coordinatorOf(group: string): Promise<number> {
    const { topics } = await ask(shared.kafka.brokers, (admin) => admin.fetchTopicMetadata({ topics: ['__consumer_offsets'] }));
    const { partitions } = topics[0]!;
    let hash = 0;
    for (let index = 0; index < group.length; index++) hash = (Math.imul(31, hash) + group.charCodeAt(index)) | 0;
    return partitions.find(({ partitionId }) => partitionId === (hash & 0x7f_ff_ff_ff) % partitions.length)!.leader - 1;
  }

  test.each([
    ['the leader of a partition', async (topic: string) => (await leaderOf(topic, 0)).node, {}],
    // What may wait for its commit is soon used up: the consumer then waited for one by the dead coordinator, and for nothing else.
    ['the coordinator of the group, where few messages may wait for their commit', coordinatorOf, { uncommittedMax: 20 }],
  ] as const)('lose nothing when %s is killed, and messages flow without it', async (_, nodeToKill, tuning) => {
    let killed: number | null = null;
    // Time to leave in order: the library asks the dead one for some seconds first.
    const outcome = await through(shared, 3, { closeMsMax: 20_000, ...tuning }, async (topic) => {
      await inSync();
      killed = await nodeToKill(topic);
      await shared.kafka.kill('SIGKILL', killed);
    });
    await shared.kafka.restart(killed!);
    expect(outcome).toMatchObject({ lost: 0, keysOutOfOrder: 0 });
    expect(outcome.recoveryMs).toBeLessThan(defaultTuning.goneMsMax);
  });
});
