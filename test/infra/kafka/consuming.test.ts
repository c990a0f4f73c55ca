/** The adapter against a real broker. What was sent is the oracle of what has to arrive. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import type { ReceivedMessage } from '../../../handlers/ports/ports.ts';
import { sharedKafka } from '../../support/kafka/cluster.ts';
import {
  ask,
  byKey,
  committed,
  joinCount,
  newTopic,
  numbered,
  numbersOf,
  startMember,
  textOf,
  type Member,
} from '../../support/kafka/members.ts';
import { until } from '../../support/kafka/ready.ts';
import { needs } from '../../support/needs.ts';

const describeWithKafka = needs('kafka').describe;

jest.setTimeout(60_000);

const ascending = (left: number, right: number): number => left - right;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** The first two are dealt with at once, those behind them are gathered. */
const gathering = async (message: ReceivedMessage): Promise<'gathered' | void> =>
  Number(textOf(message.value)) < 2 ? undefined : 'gathered';

describeWithKafka('messages of a topic', () => {
  const shared = sharedKafka();

  test('arrive each once, in order within a key, and are committed', async () => {
    const topic = await newTopic(shared.broker, 4);
    // Sent one by one at the same time: the sink keeps the order of the calls.
    await Promise.all(numbered(200, 7).map((message) => shared.broker.sink.send(topic, [message])));
    const member = startMember(shared.kafka.connectionString, { topic, group: topic });
    await until('all have arrived', () => member.received.length === 200);
    for (const numbers of byKey(member.received).values()) expect(numbers).toEqual(numbers.toSorted(ascending));
    expect(numbersOf(member.received).toSorted(ascending)).toEqual(upTo(200));
    await member.stop();
    expect(await committed(shared.kafka.brokers, topic, topic)).toBe(200);
  });

  test('bring key, headers and the broker’s time, and lack what they lack', async () => {
    const topic = await newTopic(shared.broker, 1);
    const producer = new kafkajs.Kafka({ brokers: [...shared.kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    // A tombstone, and a clock that is wrong: this adapter sends neither.
    await producer.send({ topic, messages: [{ key: 'gone', value: null, timestamp: '1000' }] });
    await producer.disconnect();
    const before = performance.timeOrigin + performance.now();
    await shared.broker.sink.send(topic, [{ key: null, value: Buffer.from('value'), headers: { ce_type: 'a', ce_id: 'b' } }]);
    const member = startMember(shared.kafka.connectionString, { topic, group: topic });
    await until('both have arrived', () => member.received.length === 2);
    await member.stop();
    const [first, second] = member.received;
    expect([textOf(first!.key), first!.value, first!.offset]).toEqual(['gone', null, '0']);
    expect(first!.brokerTimeMs).toBeGreaterThan(before - 60_000);
    expect([second!.key, textOf(second!.value), second!.offset]).toEqual([null, 'value', '1']);
    expect(Object.fromEntries(Object.entries(second!.headers).map(([name, value]) => [name, textOf(value)]))).toEqual({
      ce_type: 'a',
      ce_id: 'b',
    });
    expect(Math.abs(second!.brokerTimeMs - before)).toBeLessThan(60_000);
  });

  test('are delivered again, from the one whose handler failed, when somebody consumes again', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(10, 1));
    const broken = new Error('the disk is full');
    const failing = startMember(shared.kafka.connectionString, {
      topic,
      group: topic,
      handle: (message) => (textOf(message.value) === '4' ? Promise.reject(broken) : Promise.resolve()),
    });
    expect(await failing.ended).toBe(broken);
    await failing.stop();
    expect(await committed(shared.kafka.brokers, topic, topic)).toBe(4);
    const next = startMember(shared.kafka.connectionString, { topic, group: topic });
    await until('the rest has arrived', () => next.received.length === 6);
    await next.stop();
    expect(numbersOf(next.received)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  test('that are gathered are committed once a flush has recorded them, and delivered again when it failed', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(6, 1));
    const broken = new Error('the disk is full');
    const failing = startMember(shared.kafka.connectionString, {
      topic,
      group: topic,
      handle: gathering,
      flush: () => Promise.reject(broken),
    });
    expect(await failing.ended).toBe(broken);
    await failing.stop();
    expect(await committed(shared.kafka.brokers, topic, topic)).toBe(2);
    const hand = { flushed: 0 };
    const next = startMember(shared.kafka.connectionString, {
      topic,
      group: topic,
      handle: gathering,
      flush: async () => void hand.flushed++,
    });
    await until('the rest is recorded', () => next.received.length === 4 && hand.flushed > 0);
    await next.stop();
    expect(numbersOf(next.received)).toEqual([2, 3, 4, 5]);
    expect(await committed(shared.kafka.brokers, topic, topic)).toBe(6);
  });

  test('in hand are finished and committed when the consumer is asked to stop, those behind them are not begun', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(5, 1));
    const hand = { begun: 0 };
    const member = startMember(shared.kafka.connectionString, {
      topic,
      group: topic,
      handle: async () => {
        hand.begun++;
        await sleep(300);
      },
    });
    await until('the second is in hand', () => hand.begun === 2);
    const started = performance.now();
    await member.stop();
    expect(performance.now() - started).toBeLessThan(3_000);
    expect([hand.begun, numbersOf(member.received)]).toEqual([2, [0, 1]]);
    expect(await member.ended).toBeNull();
    expect(await committed(shared.kafka.brokers, topic, topic)).toBe(2);
    const groups = await ask(shared.kafka.brokers, (admin) => admin.describeGroups([topic]));
    expect(groups.groups[0]!.members).toEqual([]);
  });

  test('of 10 MB arrive, and none is too large to come alone, though its neighbour is busy', async () => {
    const topic = await newTopic(shared.broker, 2);
    const large = Buffer.alloc(10_000_000, 7);
    const inPartition = { a: 'key-0', b: 'key-1' };
    await shared.broker.sink.send(topic, [{ key: inPartition.a, value: large, headers: {} }, ...numbered(300, 2)]);
    await shared.broker.sink.send(topic, [{ key: inPartition.b, value: large, headers: {} }]);
    const fetchedSmall = { partitionBytesMax: 65_536, fetchBytesMax: 131_072 };
    const member = startMember(shared.kafka.connectionString, { topic, group: topic }, fetchedSmall);
    await until('all have arrived', () => member.received.length === 302);
    await member.stop();
    expect(
      member.received.filter(({ value }) => value?.byteLength === large.byteLength && Buffer.compare(value, large) === 0),
    ).toHaveLength(2);
  });

  test('are counted as lag until they are handled', async () => {
    const topic = await newTopic(shared.broker, 1);
    const message = { key: 'k', value: Buffer.alloc(20_000), headers: {} };
    for (let batch = 0; batch < 5; batch++) await shared.broker.sink.send(topic, [message]);
    const lags: number[] = [];
    const member = startMember(
      shared.kafka.connectionString,
      { topic, group: topic, onLag: (partition, messages) => void lags.push(partition, messages) },
      { partitionBytesMax: 30_000 },
    );
    await until('all are handled', () => lags.at(-1) === 0);
    await member.stop();
    expect(lags).toEqual([0, 4, 0, 3, 0, 2, 0, 1, 0, 0]);
  });

  test('are not committed by a member that lost its partition meanwhile', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(10, 1));
    const hold: { release?: () => void } = {};
    const tuning = { rebalanceMsMax: 700, heartbeatMs: 200, sessionMs: 3_000 };
    const stale = startMember(
      shared.kafka.connectionString,
      { topic, group: topic, handle: () => new Promise<void>((resolve) => (hold.release = resolve)) },
      tuning,
    );
    await until('the first is in hand', () => hold.release !== undefined);
    const owner = startMember(shared.kafka.connectionString, { topic, group: topic }, tuning);
    await until('the new owner has committed all', async () => (await committed(shared.kafka.brokers, topic, topic)) === 10);
    hold.release!();
    await until('the stale member is one of the group again', () => joinCount(stale.lines) >= 2);
    expect(await committed(shared.kafka.brokers, topic, topic)).toBe(10);
    expect(numbersOf(owner.received)).toEqual(upTo(10));
    await Promise.all([stale.stop(), owner.stop()]);
    expect(numbersOf(stale.received)).toEqual([0]);
  });

  test('are all handled while members come and go, in order for as long as one holds the partition', async () => {
    const topic = await newTopic(shared.broker, 6);
    const group = topic;
    const tuning = { heartbeatMs: 200, sessionMs: 3_000, rebalanceMsMax: 3_000 };
    const seen: { holder: string; partition: number; offset: number; number: number }[] = [];
    const join = (): Member => {
      const name = randomUUID();
      const member = startMember(
        shared.kafka.connectionString,
        {
          topic,
          group,
          handle: (message) => {
            seen.push({
              holder: `${name} ${joinCount(member.lines)}`,
              partition: message.partition,
              offset: Number(message.offset),
              number: Number(textOf(message.value)),
            });
            return Promise.resolve();
          },
        },
        tuning,
      );
      return member;
    };
    const steady = join();
    const load = { sent: 0, isOver: false };
    const sending = (async () => {
      for (; !load.isOver; load.sent += 20) await shared.broker.sink.send(topic, numbered(20, 30, load.sent));
    })();
    for (let round = 0; round < 4; round++) {
      const guest = join();
      await sleep(1_000);
      await guest.stop();
      await sleep(1_000);
    }
    load.isOver = true;
    await sending;
    // What was sent in eight seconds depends on the machine: this judges an end, not a speed.
    await until('everything is committed', async () => (await committed(shared.kafka.brokers, group, topic)) === load.sent, 120_000);
    await steady.stop();
    const numbers = new Set(seen.map(({ number }) => number));
    expect([...numbers].toSorted(ascending)).toEqual(upTo(load.sent));
    const held = new Map<string, number>();
    for (const { holder, partition, offset } of seen) {
      const before = held.get(`${holder} ${partition}`);
      if (before !== undefined) expect(offset).toBe(before + 1);
      held.set(`${holder} ${partition}`, offset);
    }
    // Several members, and several times: otherwise nothing was tested.
    expect(new Set(seen.map(({ holder }) => holder)).size).toBeGreaterThan(5);
    expect(seen.length - load.sent).toBeLessThan(load.sent / 2);
  }, 180_000);
});
