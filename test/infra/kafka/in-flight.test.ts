/** Several messages of a partition in hand at once, on a real broker: what is committed, and what comes again. */
import { expect, jest, test } from '@jest/globals';
import type { ReceivedMessage } from '../../../handlers/ports/ports.ts';
import { sharedKafka } from '../../support/kafka/cluster.ts';
import { committed, newTopic, numbered, numbersOf, startMember, textOf } from '../../support/kafka/members.ts';
import { until } from '../../support/kafka/ready.ts';
import { needs } from '../../support/needs.ts';

const describeWithKafka = needs('kafka').describe;

jest.setTimeout(60_000);

const inFlightMax = 8;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const numberOf = ({ value }: ReceivedMessage): number => Number(textOf(value));

/** Holds messages until it is told to let them go. */
class Held {
  readonly begun: number[] = [];
  readonly #waiting = new Map<number, () => void>();

  readonly handle = async (message: ReceivedMessage): Promise<void> => {
    const number = numberOf(message);
    this.begun.push(number);
    await new Promise<void>((resolve) => this.#waiting.set(number, resolve));
  };

  letGo(number: number): void {
    this.#waiting.get(number)!();
  }
}

describeWithKafka('messages in hand at once', () => {
  const shared = sharedKafka();

  test('are no more than the bound, begin in their order, and are committed up to the first that is not dealt with', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(12, 12));
    const held = new Held();
    const member = startMember(shared.kafka.connectionString, { topic, group: topic, inFlightMax, handle: held.handle });
    await until('as many as may be are in hand', () => held.begun.length === inFlightMax);
    for (const number of [0, 1, 3, 4, 5, 6, 7]) held.letGo(number);
    await until('those before the one in hand are committed', async () => (await committed(shared.kafka.brokers, topic, topic)) === 2);
    expect(held.begun.slice(0, inFlightMax)).toEqual(upTo(inFlightMax));
    held.letGo(2);
    await until('the rest is in hand', () => held.begun.length === 12);
    for (const number of [8, 9, 10, 11]) held.letGo(number);
    await until('all are committed', async () => (await committed(shared.kafka.brokers, topic, topic)) === 12);
    await member.stop();
    expect(held.begun).toEqual(upTo(12));
  });

  test('of which one fails are not committed from it on, and come again', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(inFlightMax, inFlightMax));
    const broken = new Error('the disk is full');
    const dealtWith: number[] = [];
    const failing = startMember(shared.kafka.connectionString, {
      topic,
      group: topic,
      inFlightMax,
      handle: async (message) => {
        if (numberOf(message) === 4) throw broken;
        dealtWith.push(numberOf(message));
      },
    });
    expect(await failing.ended).toBe(broken);
    await failing.stop();
    // Those behind it were in hand already: whoever takes them in knows them when they come again.
    expect(dealtWith).toEqual(expect.arrayContaining([0, 1, 2, 3]));
    expect(await committed(shared.kafka.brokers, topic, topic)).toBe(4);
    const next = startMember(shared.kafka.connectionString, { topic, group: topic, inFlightMax });
    await until('the rest has arrived', () => next.received.length === 4);
    await next.stop();
    expect(numbersOf(next.received).toSorted((left, right) => left - right)).toEqual([4, 5, 6, 7]);
  });

  test('that are gathered are committed with the flush behind them, in the order of all', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(20, 20));
    let flushes = 0;
    const member = startMember(shared.kafka.connectionString, {
      topic,
      group: topic,
      inFlightMax,
      handle: async (message) => (numberOf(message) % 2 === 0 ? 'gathered' : undefined),
      flush: async () => void flushes++,
    });
    await until('all are committed', async () => (await committed(shared.kafka.brokers, topic, topic)) === 20);
    await member.stop();
    expect(flushes).toBeGreaterThan(0);
  });

  test('are finished and committed when the member is told to stop', async () => {
    const topic = await newTopic(shared.broker, 1);
    await shared.broker.sink.send(topic, numbered(inFlightMax, inFlightMax));
    const held = new Held();
    const member = startMember(shared.kafka.connectionString, { topic, group: topic, inFlightMax, handle: held.handle });
    await until('all are in hand', () => held.begun.length === inFlightMax);
    const stopped = member.stop();
    for (const number of upTo(inFlightMax)) held.letGo(number);
    await stopped;
    expect(await committed(shared.kafka.brokers, topic, topic)).toBe(inFlightMax);
  });
});
