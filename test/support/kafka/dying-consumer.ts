/** A consumer in a process of its own that kills itself in the middle of a message. Its one argument is JSON. */
import { appendFileSync } from 'node:fs';
import kafkajs from 'kafkajs';
import { parseKafkaConnection } from '../../../infra/kafka/connection-string.ts';
import { openKafka } from '../../../infra/kafka/open.ts';
import { recordingLog, textOf } from './members.ts';

interface Argument {
  readonly connection: string;
  readonly topic: string;
  readonly group: string;
  /** The adapter, or what a reader of the library's first page might write: commit what was fetched, then work. */
  readonly way: 'adapter' | 'commit_first';
  /** One line per message whose work is done. */
  readonly record: string;
  readonly diesAt: number;
}

const argument = JSON.parse(process.argv[2]!) as Argument;
const { topic, group, record } = argument;

function work(value: Uint8Array | null): void {
  appendFileSync(record, `${textOf(value)}\n`);
  if (Number(textOf(value)) === argument.diesAt) process.kill(process.pid, 'SIGKILL');
}

if (argument.way === 'adapter') {
  const broker = openKafka(parseKafkaConnection(argument.connection), {
    log: recordingLog().log,
    tuning: { sessionMs: 1_500, heartbeatMs: 300 },
  });
  await broker.source.consume({
    topic,
    group,
    signal: new AbortController().signal,
    handle: ({ value }) => {
      work(value);
      return Promise.resolve();
    },
  });
} else {
  const { brokers } = parseKafkaConnection(argument.connection);
  const consumer = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).consumer({
    groupId: group,
    sessionTimeout: 1_500,
    heartbeatInterval: 300,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, commitOffsetsIfNecessary }) => {
      const next = String(BigInt(batch.lastOffset()) + 1n);
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition: batch.partition, offset: next }] }] });
      for (const { value } of batch.messages) work(value);
    },
  });
}
