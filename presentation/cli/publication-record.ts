import type { PublicationRecord } from '../../handlers/runs/publication-record.ts';
import { policySentences, recordSentences } from '../report/model/publication-words.ts';

/** What was decided about a run, a line for each fact. */
export function recordLines(record: PublicationRecord): string[] {
  const policy = policySentences(record).map(([name, value]) => `${name} ${value}`);
  return [
    ...recordSentences(record).map(([name, sentence]) => `${name}: ${sentence}`),
    ...(policy.length === 0 ? [] : [`Policy: ${policy.join(', ')}`]),
  ];
}
