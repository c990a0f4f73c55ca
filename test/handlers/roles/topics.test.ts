import { expect, test } from '@jest/globals';
import { ensureTopics } from '../../../handlers/roles/topics.ts';
import type { MessageBroker, TopicToEnsure } from '../../../handlers/ports/ports.ts';

test('every topic of the settings is asked for, with room for the largest message and its envelope', async () => {
  const asked: (readonly TopicToEnsure[])[] = [];
  const broker = { ensureTopics: async (topics: readonly TopicToEnsure[]) => void asked.push(topics) } as unknown as MessageBroker;
  const settings = {
    resultsTopic: 'a',
    allocationsTopic: 'b',
    deadLettersTopic: 'c',
    backtestJobsTopic: 'd',
    backtestResultsTopic: 'e',
  };
  await ensureTopics(broker, settings, { partitions: 6, replicas: 3 });
  // 8 MiB of a message, 1 MiB around it.
  const size = { partitions: 6, replicas: 3, messageBytesMax: 9_437_184 };
  expect(asked).toEqual([['a', 'b', 'c', 'd', 'e'].map((topic) => ({ topic, ...size }))]);
});
