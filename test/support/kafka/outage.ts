import { setTimeout as sleep } from 'node:timers/promises';
import { defaultTuning } from '../../../infra/kafka/tuning.ts';
import { parseKafkaConnection } from '../../../infra/kafka/connection-string.ts';
import { openKafka } from '../../../infra/kafka/open.ts';
import type { KafkaTuning } from '../../../infra/kafka/tuning.ts';
import type { SharedKafka } from './cluster.ts';
import { byKey, recordingLog, newTopic, numbered, numbersOf, startMember } from './members.ts';
import { until } from './ready.ts';

export interface Outcome {
  readonly sent: number;
  readonly lost: number;
  readonly doubled: number;
  readonly keysOutOfOrder: number;
  /** From the end of the outage until each key has brought a message that was sent after it. */
  readonly recoveryMs: number;
}

/**
 * A limit against hanging, not a measure of speed. A consumer that lost its group leaves it (`closeMsMax`), waits for its old session to
 * end and joins again. After `goneMsMax` of silence it gives up by itself, and the test then fails with its reason.
 */
const arrivalMsMax = defaultTuning.goneMsMax + 30_000;

/**
 * Sends and consumes without pause while `outage` runs; it resolves when messages should flow again. What was acknowledged is the oracle of
 * what has to arrive.
 */
export async function through(
  shared: SharedKafka,
  replicas: number,
  tuning: Partial<KafkaTuning>,
  outage: (topic: string) => Promise<void>,
): Promise<Outcome> {
  const topic = await newTopic(shared.broker, 4, replicas);
  const member = startMember(shared.kafka.connectionString, { topic, group: topic }, tuning);
  const broker = openKafka(parseKafkaConnection(shared.kafka.connectionString), { log: recordingLog().log, tuning });
  const load = { sent: 0, isOver: false };
  const sending = (async () => {
    for (; !load.isOver; load.sent += 5) {
      await broker.sink.send(topic, numbered(5, 20, load.sent));
      await sleep(2);
    }
  })();
  await until('messages flow', () => member.received.length > 100);
  await outage(topic);
  const [back, mark] = [performance.now(), load.sent];
  // Of every key, for some partitions may flow while others stand still.
  await until(
    'messages flow again',
    () => load.sent > mark && [...byKey(member.received).values()].every((numbers) => numbers.at(-1)! >= mark),
    arrivalMsMax,
  );
  const recoveryMs = performance.now() - back;
  load.isOver = true;
  await sending;
  await until('all have arrived', () => new Set(numbersOf(member.received)).size === load.sent, arrivalMsMax).catch((error: unknown) => {
    const arrived = new Set(numbersOf(member.received));
    const missing = Array.from({ length: load.sent }, (_, number) => number).filter((number) => !arrived.has(number));
    const lines = member.lines.slice(-10).map((line) => JSON.stringify(line));
    throw new Error(
      `${missing.length} of ${load.sent} messages are missing, first ${missing[0]}; the consumer logged\n${lines.join('\n')}`,
      {
        cause: error,
      },
    );
  });
  await member.stop();
  await broker.close();
  const firsts = [...byKey(member.received).values()].map((numbers) => [...new Set(numbers)]);
  const keysOutOfOrder = firsts.filter((numbers) => numbers.some((number, index) => index > 0 && number < numbers[index - 1]!)).length;
  const distinct = new Set(numbersOf(member.received)).size;
  return { sent: load.sent, lost: load.sent - distinct, doubled: member.received.length - distinct, keysOutOfOrder, recoveryMs };
}
