import type { Sabotage } from './sabotage-kind.ts';

const session = 'infra/kafka/session.ts';
const reactionKafka = 'test/fault/reaction-kafka';
const misbehaviour = 'test/infra/eventstoredb/misbehaviour';

/** Whatever a sabotage lost does not come, however long one waits. */
const waitsLess = { FAULT_WAIT_MS: '60000' };

const kafka: readonly Sabotage[] = [
  {
    row: 'C7 rebalance every 2 s under load',
    what: 'what is left of a batch is committed when its member leaves',
    file: session,
    from: '      if (isOver()) await term.commits.settled();\n',
    to: '      if (isOver()) {\n        done(batch.lastOffset());\n        await term.commits.settled();\n      }\n',
    test: reactionKafka,
    named: 'join and leave every two seconds',
    environment: { FAULT_WAIT_MS: '100000', FAULT_TRIALS: '4' },
    needs: 'kafka',
  },
  {
    row: 'C7-C9 the Kafka adapter and a real broker',
    what: 'a group that is new begins at the end of the topic',
    file: session,
    from: 'fromBeginning: true',
    to: 'fromBeginning: false',
    test: 'test/infra/kafka/consuming',
    named: 'arrive each once|delivered again, from the one',
    needs: 'kafka',
  },
  {
    row: 'C8 broker killed -9 and restarted in a storm',
    what: 'a consumer whose broker went away gives up',
    file: 'infra/kafka/source.ts',
    from: "      if (verdictOf(end.error) === 'refused' || silentMs()",
    to: "      if (verdictOf(end.error) !== 'membership' || silentMs()",
    test: reactionKafka,
    named: 'broker killed and started again',
    environment: waitsLess,
    needs: 'kafka',
  },
  {
    row: 'C9 handler slower than the session time-out',
    what: 'no heartbeat is sent while a handler works',
    file: session,
    from: 'setInterval(() => void beat(), tuning.heartbeatMs)',
    to: 'setInterval(() => void beat(), tuning.heartbeatMs * 1_000)',
    test: reactionKafka,
    named: 'handler slower than the session',
    environment: waitsLess,
    needs: 'kafka',
  },
  {
    row: 'C9 burst longer than the session time-out',
    what: 'heartbeats are sent far too seldom',
    file: session,
    from: 'heartbeatInterval: tuning.heartbeatMs,',
    to: 'heartbeatInterval: tuning.heartbeatMs * 1_000,',
    test: reactionKafka,
    named: 'burst that takes longer',
    environment: waitsLess,
    needs: 'kafka',
  },
  {
    row: 'C10 consumer killed -9 between append and commit',
    what: 'the first message of a batch that is dealt with commits all of it',
    file: session,
    from: 'term.commits.done(batch.partition, String(BigInt(offset) + 1n))',
    to: 'term.commits.done(batch.partition, String(BigInt(batch.lastOffset()) + 1n))',
    test: reactionKafka,
    named: 'killed between append and commit',
    environment: waitsLess,
    needs: 'kafka',
  },
  {
    row: 'graceful stop in a storm',
    what: 'a member leaves without having committed what it dealt with',
    file: 'infra/kafka/commits.ts',
    from: '    while (this.#underWay !== null) await this.#underWay;',
    to: '    this.end();',
    test: reactionKafka,
    named: 'asked to stop in a storm',
    environment: waitsLess,
    needs: 'kafka',
  },
];

const workers: readonly Sabotage[] = [
  {
    row: 'kill -9 of reaction workers, one SQLite file',
    what: 'a decision is written behind the newest one, and not behind the one that it was made after',
    file: 'handlers/reaction/reallocate.ts',
    from: '  await appendAtTail(session, tail, {',
    to: '  await appendAtTail(session, tail.revision < 0 ? tail : (await foldOf(session, stream, timedPortfolio)).tail, {',
    test: 'test/fault/reaction-workers',
    named: 'on one file',
    environment: waitsLess,
  },
  {
    row: 'kill -9 of reaction workers, EventStoreDB client, competing consumers',
    what: 'an append to the server says of no revision that it expects it',
    file: 'infra/eventstoredb/requests.ts',
    from: '  else options.setRevision(String(expected));\n',
    to: '  else options.setAny(new sharedMessages.Empty());\n',
    test: 'test/fault/reaction-workers',
    named: 'on a server',
    environment: waitsLess,
  },
];

const server: readonly Sabotage[] = [
  {
    row: 'C12 an EventStoreDB that misbehaves',
    what: 'an append whose outcome is not known is told as failed',
    file: 'infra/eventstoredb/failures.ts',
    from: "  append: new Set(finalOfAny),\n  'write",
    to: "  append: new Set([...finalOfAny, status.UNAVAILABLE, status.UNKNOWN]),\n  'write",
    test: misbehaviour,
    named: 'appends',
  },
];

export const sabotagesOfWorkers: readonly Sabotage[] = [...kafka, ...workers, ...server];
