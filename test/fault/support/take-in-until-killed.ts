/** A member of the intake's group, until the process is killed. */
import { openLedger } from '../../../bin/open-ledger.ts';
import { StreamFolds } from '../../../handlers/runtime/folds.ts';
import { consuming } from '../../../handlers/roles/consuming.ts';
import { parseKafkaConnection } from '../../../infra/kafka/connection-string.ts';
import { openKafka } from '../../../infra/kafka/open.ts';
import { childArgument } from './child.ts';

const { store, kafka, topic, group } = childArgument() as { store: string; kafka: string; topic: string; group: string };
const { session } = await openLedger({ store, actor: 'child', logLevel: 'silent' });
// Whoever is killed is missed sooner than with the usual fifteen seconds.
const broker = openKafka(parseKafkaConnection(kafka), { log: session.ports.log, tuning: { sessionMs: 1_500, heartbeatMs: 200 } });
const options = {
  broker,
  group,
  resultsTopic: topic,
  deadLetters: broker.sink,
  deadLettersTopic: `${topic}-dlq`,
  onPoison: 'hold',
  lagMessagesMax: 10_000,
} as const;
await consuming({ ...session, folds: new StreamFolds(session.ports.store) }, options).run(new AbortController().signal);
