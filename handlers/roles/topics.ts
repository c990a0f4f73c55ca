import { limits } from '../../domain/shared/limits.ts';
import type { MessageBroker } from '../ports/ports.ts';
import type { Settings } from '../runtime/settings.ts';

/** Makes the topics that are missing; messages of the largest admitted size fit, with room for their envelope. */
export async function ensureTopics(
  broker: MessageBroker,
  settings: Pick<Settings, 'resultsTopic' | 'allocationsTopic' | 'deadLettersTopic' | 'backtestJobsTopic' | 'backtestResultsTopic'>,
  { partitions, replicas }: { readonly partitions: number; readonly replicas: number },
): Promise<void> {
  const messageBytesMax = limits.messageBytesMax + limits.eventBytesMax;
  const { resultsTopic, allocationsTopic, deadLettersTopic, backtestJobsTopic, backtestResultsTopic } = settings;
  await broker.ensureTopics(
    [resultsTopic, allocationsTopic, deadLettersTopic, backtestJobsTopic, backtestResultsTopic].map((topic) => ({
      topic,
      partitions,
      replicas,
      messageBytesMax,
    })),
  );
}
