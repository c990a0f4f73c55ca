/** Each trap of the library first takes the naive consumer, or its absence would prove nothing; then the adapter goes by. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import type { Consumer } from 'kafkajs';
import { sharedKafka } from '../../support/kafka/cluster.ts';
import { committed, joined, joinCount, newTopic, numbered, numbersOf, startMember, textOf } from '../../support/kafka/members.ts';
import { until } from '../../support/kafka/ready.ts';
import { needs } from '../../support/needs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const describeWithKafka = needs('kafka').describe;

jest.setTimeout(60_000);

const directory = temporaryDirectory();
const root = fileURLToPath(new URL('../../../', import.meta.url));

describeWithKafka('a trap of kafkajs', () => {
  const shared = sharedKafka();

  const naiveConsumer = (groupId: string, session: { sessionTimeout?: number; heartbeatInterval?: number } = {}): Consumer =>
    new kafkajs.Kafka({ brokers: [...shared.kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).consumer({
      groupId,
      maxWaitTimeInMs: 200,
      ...session,
    });

  /** What a consumer had done when it killed itself at `diesAt`. */
  async function doneByTheDying(way: 'adapter' | 'commit_first', topic: string, group: string, diesAt: number): Promise<number[]> {
    const record = join(directory, group);
    const argument = JSON.stringify({ connection: shared.kafka.connectionString, topic, group, way, record, diesAt });
    const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'test/support/kafka/dying-consumer.ts'), argument], {
      cwd: root,
      stdio: 'ignore',
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    expect(signal).toBe('SIGKILL');
    return existsSync(record) ? readFileSync(record, 'utf8').split('\n').slice(0, -1).map(Number) : [];
  }

  /** What the group delivers to the next member. */
  async function deliveredNext(topic: string, group: string, last: number): Promise<number[]> {
    await shared.broker.sink.send(topic, numbered(1, 1, last));
    const member = startMember(shared.kafka.connectionString, { topic, group });
    await until('the last message has arrived', () => numbersOf(member.received).includes(last));
    await member.stop();
    return numbersOf(member.received);
  }

  test('a kill behind the commit loses what was fetched, one behind the work delivers it again', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(10, 1));
    const naive = await doneByTheDying('commit_first', topic, 'naive', 4);
    expect([naive, await deliveredNext(topic, 'naive', 10)]).toEqual([[0, 1, 2, 3, 4], [10]]);

    const done = await doneByTheDying('adapter', topic, 'adapter', 4);
    const again = await deliveredNext(topic, 'adapter', 11);
    expect(done).toEqual([0, 1, 2, 3, 4]);
    // Its work was done and not yet committed: it comes again, and with it whatever waited for its commit.
    expect(again[0]).toBeLessThanOrEqual(4);
    expect(again).toEqual(Array.from({ length: 12 - again[0]! }, (_, index) => again[0]! + index));
  });

  test('a handler slower than the session costs the membership unless heartbeats go on', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(1, 1));
    const naive = naiveConsumer('naive-slow', { sessionTimeout: 1_000, heartbeatInterval: 200 });
    const seen = { deliveries: 0, joins: 0 };
    naive.on('consumer.group_join', () => void seen.joins++);
    await naive.connect();
    await naive.subscribe({ topics: [topic], fromBeginning: true });
    await naive.run({
      eachMessage: async () => {
        seen.deliveries++;
        await sleep(2_000);
      },
    });
    await until('the naive consumer is thrown out and works on the same message again', () => seen.deliveries > 1);
    expect(seen.joins).toBeGreaterThan(1);
    await naive.disconnect();

    const member = startMember(
      shared.kafka.connectionString,
      { topic, group: 'slow', handle: () => sleep(2_000) },
      { sessionMs: 1_000, heartbeatMs: 200 },
    );
    await until('it is committed', async () => (await committed(shared.kafka.brokers, 'slow', topic)) === 1);
    await member.stop();
    expect([numbersOf(member.received), joinCount(member.lines)]).toEqual([[0], 1]);
  });

  test('a group that is new misses what was sent before it, unless it begins at the beginning', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(3, 1));
    const naive = naiveConsumer('naive-new');
    const seen: string[] = [];
    const joining = new Promise((resolve) => void naive.on('consumer.fetch', resolve));
    await naive.connect();
    await naive.subscribe({ topics: [topic] });
    await naive.run({ eachMessage: ({ message }) => Promise.resolve(void seen.push(textOf(message.value)!)) });
    await joining;
    await shared.broker.sink.send(topic, numbered(1, 1, 3));
    await until('the last has arrived', () => seen.includes('3'));
    await naive.disconnect();
    expect(seen).toEqual(['3']);

    const member = startMember(shared.kafka.connectionString, { topic, group: 'new' });
    await until('the last has arrived', () => numbersOf(member.received).includes(3));
    await member.stop();
    expect(numbersOf(member.received)).toEqual([0, 1, 2, 3]);
  });

  test('a handler that fails is called again and again by the library, and its caller never hears of it', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(1, 1));
    const naive = naiveConsumer('naive-failing');
    const calls = { naive: 0, adapter: 0 };
    await naive.connect();
    await naive.subscribe({ topics: [topic], fromBeginning: true });
    const awaited = await naive.run({ eachMessage: () => Promise.reject(new Error(`failed ${++calls.naive} times`)) });
    await until('it is called again', () => calls.naive > 1);
    expect(awaited).toBeUndefined();
    await naive.disconnect();

    const broken = new Error('failed');
    const fail = (): Promise<void> => {
      calls.adapter++;
      return Promise.reject(broken);
    };
    const member = startMember(shared.kafka.connectionString, { topic, group: 'failing', handle: fail });
    expect(await member.ended).toBe(broken);
    expect(calls.adapter).toBe(1);
    await member.stop();
  });

  test('commits are silently left out once the consumer stops, but for the function of the batch', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(1, 1));
    const naive = naiveConsumer('naive-stopping');
    const hold: { stopped?: Promise<void> } = {};
    await naive.connect();
    await naive.subscribe({ topics: [topic], fromBeginning: true });
    await naive.run({
      autoCommit: false,
      eachBatch: async ({ isRunning }) => {
        hold.stopped = naive.stop();
        await until('it stops', () => !isRunning());
        await naive.commitOffsets([{ topic, partition: 0, offset: '1' }]);
      },
    });
    await until('the message is in hand', () => hold.stopped !== undefined);
    await hold.stopped;
    await naive.disconnect();
    expect(await committed(shared.kafka.brokers, 'naive-stopping', topic)).toBe(0);

    const stopping: { asked?: Promise<void> } = {};
    const member = startMember(shared.kafka.connectionString, {
      topic,
      group: 'stopping',
      handle: async () => {
        stopping.asked = member.stop();
        await sleep(50);
      },
    });
    await until('the message is in hand', () => stopping.asked !== undefined);
    await stopping.asked;
    expect(await committed(shared.kafka.brokers, 'stopping', topic)).toBe(1);
    expect(member.lines.some(({ message }) => message === joined)).toBe(true);
  });
});
