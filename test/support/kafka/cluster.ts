import { afterAll, beforeAll } from '@jest/globals';
import type { MessageBroker } from '../../../handlers/ports/ports.ts';
import { parseKafkaConnection } from '../../../infra/kafka/connection-string.ts';
import { openKafka } from '../../../infra/kafka/open.ts';
import { startKafka, type KafkaOptions, type TestKafka } from './broker.ts';
import { recordingLog } from './members.ts';

export interface SharedKafka {
  readonly kafka: TestKafka;
  /** A connection for sending and for making topics. */
  readonly broker: MessageBroker;
}

const startMsMax = 120_000;

/** One cluster for the tests of a `describe`, ended behind them. */
export function sharedKafka(options: KafkaOptions = {}): SharedKafka {
  const shared: { kafka?: TestKafka; broker?: MessageBroker } = {};
  beforeAll(async () => {
    shared.kafka = await startKafka(options);
    shared.broker = openKafka(parseKafkaConnection(shared.kafka.connectionString), { log: recordingLog().log });
  }, startMsMax);
  afterAll(async () => {
    await shared.broker?.close();
    await shared.kafka?.stop();
  });
  return {
    get kafka() {
      return shared.kafka!;
    },
    get broker() {
      return shared.broker!;
    },
  };
}
