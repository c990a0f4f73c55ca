import { claimedText } from '../../../domain/people/local-user.ts';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import type { WeightChange } from '../../../domain/publication/changes.ts';
import { type ListedPublication, publicationPage } from '../../../handlers/queries/publications.ts';
import { dateFlag, integerFlag, isSet, ledgerTimeFlag, pageFlag, requiredFlag, textFlag } from '../flags.ts';
import { asOfFlag, type Block, heading, knownAtFlag, lines, metaFlag, percent, table, type VerbCode } from '../verb.ts';

const assetsShownMax = 5;

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${percent(Math.abs(value))}`;

const changeText = ({ name, before, after, change }: WeightChange): string =>
  `${name} ${percent(before)} to ${percent(after)} (${signed(change)})`;

function largest(changes: readonly WeightChange[]): readonly WeightChange[] {
  return changes.toSorted((left, right) => Math.abs(right.change) - Math.abs(left.change) || byCodeUnits(left.name, right.name));
}

function changeLines({ number, changes }: ListedPublication): string[] {
  const { against, sleeves, assets, definitionChanged, riskChanged, renewed } = changes;
  const shown = largest(assets).slice(0, assetsShownMax);
  const rest = assets.length - shown.length;
  return [
    `Publication ${number} ${against === null ? 'was the first' : `against ${against}`}:`,
    ...(definitionChanged ? ['  another definition of the portfolio'] : []),
    ...(riskChanged ? ['  another risk profile'] : []),
    `  new runs of ${renewed.length === 0 ? 'no sleeve' : renewed.join(', ')}`,
    ...largest(sleeves).map((change) => `  ${changeText(change)}`),
    ...shown.map((change) => `  ${changeText(change)}`),
    ...(rest > 0 ? [`  and ${rest} more assets, in --json`] : []),
  ];
}

function rowOf({ number, asOf, recordedAt, risk, runId, approval, approvedBeside, rebalance }: ListedPublication): string[] {
  const turnover = rebalance.turnoverTwoSided === null ? 'not known' : percent(rebalance.turnoverTwoSided);
  const approved = approval === null ? '' : `${claimedText(approval.approver, approvedBeside)}: ${approval.why}`;
  return [String(number), asOf, recordedAt, risk, rebalance.against === null ? '' : turnover, approved, runId];
}

function peopleOf(meta: string, publications: readonly ListedPublication[]): Block[] {
  if (publications.length === 0) return [lines(`Nothing of ${meta} is published.`)];
  return [
    heading(`Publications of ${meta}`),
    table(['#', 'as of', 'recorded at', 'profile', 'turnover', 'approved by', 'run'], publications.map(rowOf)),
    heading('What changed from one to the next'),
    lines(...publications.flatMap(changeLines)),
  ];
}

export const publications: VerbCode = {
  flags: [
    metaFlag,
    { flags: '--newest-first', summary: 'the newest publication comes first' },
    { flags: '--after <number>', summary: 'the page behind this publication; each answer names the next one' },
    { flags: '--limit <n>', summary: 'publications on a page (default: all)' },
    asOfFlag,
    knownAtFlag,
  ],
  examples: ['sleeve-ledger publications --meta desk', 'sleeve-ledger publications --meta desk --newest-first --limit 5'],
  writes: false,
  run: async (context, { flags }) => {
    const meta = requiredFlag(flags, 'meta');
    const question = {
      meta,
      asOf: dateFlag(flags, 'asOf'),
      knownAt: ledgerTimeFlag(flags),
      after: textFlag(flags, 'after') === null ? null : integerFlag(flags, 'after', 0),
      maxCount: pageFlag(flags),
      newestFirst: isSet(flags, 'newestFirst'),
    };
    const { publications: listed, next } = await publicationPage((await context.reading()).ports, question);
    return {
      result: { meta, publications: listed, next },
      people: [...peopleOf(meta, listed), ...(next === null ? [] : [lines(`More behind --after ${next}.`)])],
    };
  },
};
