/** Brokers that freeze, die, come back, or do not. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { sharedKafka } from '../../support/kafka/cluster.ts';
import { newTopic, numbered, startMember } from '../../support/kafka/members.ts';
import { defaultTuning } from '../../../infra/kafka/tuning.ts';
import { through } from '../../support/kafka/outage.ts';
import { until } from '../../support/kafka/ready.ts';
import { needs } from '../../support/needs.ts';

const describeWithKafka = needs('kafka').describe;

jest.setTimeout(300_000);

const nothingLost = { lost: 0, keysOutOfOrder: 0 };

describeWithKafka('a broker', () => {
  const shared = sharedKafka();

  test('that freezes for longer than requests and sessions last loses nothing, and messages flow again', async () => {
    const outcome = await through(shared, 1, { requestMsMax: 1_000, sessionMs: 2_000, heartbeatMs: 300 }, async () => {
      shared.kafka.pause();
      await sleep(4_000);
      shared.kafka.resume();
    });
    expect(outcome).toMatchObject(nothingLost);
    expect(outcome.recoveryMs).toBeLessThan(defaultTuning.goneMsMax);
  });

  test('that is killed and started again loses nothing, and messages flow again', async () => {
    const outcome = await through(shared, 1, {}, async () => {
      await shared.kafka.kill('SIGKILL');
      await shared.kafka.restart();
    });
    expect(outcome).toMatchObject(nothingLost);
    expect(outcome.recoveryMs).toBeLessThan(defaultTuning.goneMsMax);
  });

  test('that stays frozen ends the consumption once the time limit is over, although the library still waits', async () => {
    const topic = await newTopic(shared.broker, 1);
    const member = startMember(
      shared.kafka.connectionString,
      { topic, group: topic },
      { goneMsMax: 2_000, requestMsMax: 60_000, closeMsMax: 500 },
    );
    await shared.broker.sink.send(topic, numbered(1, 1));
    await until('it consumes', () => member.received.length === 1);
    shared.kafka.pause();
    const started = performance.now();
    const error = await member.ended;
    const ms = performance.now() - started;
    shared.kafka.resume();
    await member.stop();
    expect(error).toMatchObject({ code: 'BrokerUnavailable', evidence: { topic } });
    // Far from the 60 s that the library waits, and from the 2 s asked for on a machine with other work.
    expect(ms).toBeLessThan(30_000);
  });

  test('that is gone for good ends the consumption once the time limit is over, and does not hold up those who leave', async () => {
    const topic = await newTopic(shared.broker, 1);
    const consumption = { topic, group: topic };
    const member = startMember(shared.kafka.connectionString, consumption, { goneMsMax: 4_000 });
    const leaver = startMember(shared.kafka.connectionString, { topic, group: randomUUID() });
    // The naive way: awaiting what `run` promises, without listening to its events.
    const naive = new kafkajs.Kafka({ brokers: [...shared.kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).consumer({
      groupId: randomUUID(),
      sessionTimeout: 2_000,
      heartbeatInterval: 200,
      maxWaitTimeInMs: 200,
      retry: { retries: 1, initialRetryTime: 50, restartOnFailure: () => Promise.resolve(false) },
    });
    const crashes: unknown[] = [];
    naive.on('consumer.crash', ({ payload }) => void crashes.push(payload.error));
    await naive.connect();
    await naive.subscribe({ topics: [topic] });
    const awaited = await naive.run({ eachMessage: () => Promise.resolve() });
    await shared.broker.sink.send(topic, numbered(1, 1));
    await until('both consume', () => member.received.length === 1 && leaver.received.length === 1);

    await shared.kafka.kill('SIGKILL');
    const started = performance.now();
    await leaver.stop();
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(await leaver.ended).toBeNull();
    expect(await member.ended).toMatchObject({ code: 'BrokerUnavailable', evidence: { topic } });
    expect(performance.now() - started).toBeLessThan(15_000);
    const late = startMember(shared.kafka.connectionString, consumption, { goneMsMax: 1_000 });
    expect(await late.ended).toMatchObject({ code: 'BrokerUnavailable' });

    // The naive consumer is as dead, and whoever awaited it was told that all is well.
    await until('the naive consumer has crashed', () => crashes.length > 0);
    expect(awaited).toBeUndefined();
    await naive.disconnect();
    await Promise.all([member.stop(), late.stop()]);
  });
});
