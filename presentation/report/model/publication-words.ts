import type { EventData } from '../../../domain/catalogue.ts';
import { claimedText } from '../../../domain/people/local-user.ts';
import type { PublicationRecord, ToldPublication } from '../../../handlers/runs/publication-record.ts';
import { percent } from './document.ts';

/** What was decided about a run, as named sentences: for the report and for the terminal. */
export type NamedSentence = readonly [name: string, sentence: string];

const publicationText = ({ number, runId, asOf, recordedAt }: ToldPublication): string =>
  `publication ${number}, run ${runId}, as of ${asOf}, recorded ${recordedAt}`;

function turnoverText({ turnoverTwoSided, unknownBecause, against }: EventData<'AllocationPublished'>['rebalance']): string {
  if (against === null) return 'none: the first publication';
  if (turnoverTwoSided === null) return `not known: ${unknownBecause}`;
  return `${percent(turnoverTwoSided)} two-sided, against publication ${against}`;
}

function approvalText({ recordedAt, approver, localUser, proposer, why }: NonNullable<PublicationRecord['approval']>): string {
  return `${recordedAt} by ${claimedText(approver, localUser)}, proposed by ${proposer}: ${why}`;
}

/** Each setting of a policy. */
export function policySentences({ policy }: PublicationRecord): NamedSentence[] {
  if (policy === null) return [];
  return Object.entries(policy.policy).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}

export function recordSentences(record: PublicationRecord): NamedSentence[] {
  const { published, approval, rejections, holds, skips, refusals, policy, predecessor } = record;
  return [
    ['Published', published === null ? 'no' : `${publicationText(published)}, profile ${published.risk}`],
    ...(published === null ? [] : [['Turnover', turnoverText(published.rebalance)] as const]),
    ...holds.map(
      ({ reasons, proposer, localUser, recordedAt }) =>
        [
          'Held',
          `${recordedAt}, proposed by ${claimedText(proposer, localUser)}: ${reasons.map(({ message }) => message).join('; ')}`,
        ] as const,
    ),
    ...(approval === null
      ? published === null
        ? []
        : [['Approved', 'by the policy alone: nobody had to'] as const]
      : [['Approved', approvalText(approval)] as const]),
    ...rejections.map(
      ({ who, why, localUser, recordedAt }) => ['Rejected', `${recordedAt} by ${claimedText(who, localUser)}: ${why}`] as const,
    ),
    ...skips.map(
      ({ recordedAt, rebalance, noTradeBandTwoSided }) =>
        ['Skipped', `${recordedAt}: turnover ${turnoverText(rebalance)}; no-trade band ${percent(noTradeBandTwoSided)}`] as const,
    ),
    ...refusals.map(({ recordedAt, code, reason }) => ['Refused', `${recordedAt}: ${code}: ${reason}`] as const),
    ...(policy === null
      ? []
      : [['Policy in force', `definition ${policy.definition}, recorded ${policy.recordedAt} by ${policy.actor}`] as const]),
    ['Predecessor', predecessor === null ? 'none' : publicationText(predecessor)],
  ];
}
