import type { AwaitedSleeve } from '../../../domain/publication/quorum.ts';
import { claimedText } from '../../../domain/people/local-user.ts';
import { dataEndText } from '../../../domain/run/data-end.ts';
import { LedgerError, unreachable } from '../../../domain/shared/errors.ts';
import { proposalName } from '../../../handlers/commands/apply-manifest.ts';
import type { PortfolioStatus } from '../../../handlers/queries/portfolio-status.ts';
import { ledgerStatus, type LedgerStatus, type PortfolioStatusWithData, type SleeveStatus } from '../../../handlers/queries/status.ts';
import { isSet, ledgerTimeFlag, textFlag } from '../flags.ts';
import { type Block, heading, knownAtFlag, lines, table, type VerbCode } from '../verb.ts';

function awaitedText({ path, sleeve, latestAsOf, wantedAsOf, because }: AwaitedSleeve): string {
  const name = path.at(-1) === sleeve ? path.join('/') : `${path.join('/')} (${sleeve})`;
  switch (because) {
    case 'quarantined':
      return `${name} is quarantined`;
    case 'no_run':
      return `${name} has no result${wantedAsOf === null ? '' : `, wants ${wantedAsOf}`}`;
    case 'behind':
      return `${name} at ${latestAsOf}, wants ${wantedAsOf}`;
    default:
      return unreachable(because);
  }
}

/** Why a portfolio is in its state. */
function reasonOf({ state, haltedWhy, held, proposed, awaited, due, lastDecision }: PortfolioStatus): string {
  switch (state) {
    case 'undefined':
      return proposed === undefined ? 'not defined: `manifest apply`' : 'its first definition waits for approval';
    case 'halted':
      return haltedWhy!;
    case 'held':
      return held!.reasons.map(({ message }) => message).join('; ');
    case 'waiting':
      return awaited.map(awaitedText).join('; ');
    case 'scheduled':
      return `${due!.because === 'cool_down' ? 'cools down' : 'collects results'} until ${due!.dueAt}`;
    case 'pending':
      return 'results wait for a worker: `work`';
    case 'refused':
    case 'rejected':
    case 'skipped':
    case 'published':
      return lastDecision!.message;
    default:
      return unreachable(state);
  }
}

type Proposed = NonNullable<PortfolioStatus['proposed']>;

function proposalLine(meta: string, { proposal, proposer, localUser, changes, sleeves }: Proposed): string {
  const what = [...changes, ...sleeves.map((sleeve) => `sleeve ${sleeve}`)];
  return (
    `sleeve-ledger manifest approve ${proposalName(meta, proposal)} --why TEXT   ` +
    `(${what.length === 0 ? 'the first definition' : what.join(', ')}; proposed by ${claimedText(proposer, localUser)}; ` +
    '`manifest reject` turns it down)'
  );
}

export function portfolioBlocks(portfolios: readonly PortfolioStatusWithData[]): Block[] {
  if (portfolios.length === 0) return [lines('No portfolio is defined; `manifest apply` makes them known.')];
  const approvals = portfolios.flatMap(({ held }) => {
    if (held === null) return [];
    const proposer = claimedText(held.proposer, held.localUser);
    return [`sleeve-ledger approve ${held.runId} --why TEXT   (proposed by ${proposer}; \`reject\` turns it down)`];
  });
  const proposals = portfolios.flatMap(({ meta, proposed }) => (proposed === undefined ? [] : [proposalLine(meta, proposed)]));
  const ends = portfolios.flatMap(({ meta, dataEnd }) => (dataEnd === null ? [] : [`${meta}: ${dataEndText(dataEnd)}`]));
  const undefinedLines = portfolios.flatMap(({ meta, undefinedSleeves }) =>
    undefinedSleeves.map((sleeve) => `${meta}: sleeve ${sleeve} is not defined`),
  );
  return [
    heading('Portfolios'),
    ...(ends.length > 0 ? [lines(...ends, '')] : []),
    table(
      ['portfolio', 'state', 'published', 'as of', 'because'],
      portfolios.map((portfolio) => [
        portfolio.meta,
        portfolio.state,
        String(portfolio.lastPublication?.number ?? ''),
        portfolio.lastPublication?.asOf ?? '',
        reasonOf(portfolio),
      ]),
    ),
    ...(undefinedLines.length > 0 ? [lines('', ...undefinedLines)] : []),
    ...(approvals.length + proposals.length > 0 ? [lines('', ...approvals, ...proposals)] : []),
  ];
}

function overdueText({ overdue }: SleeveStatus): string {
  const first = overdue[0];
  if (first === undefined) return '';
  return overdue.length === 1 ? first.session : `${first.session} and ${overdue.length - 1} more`;
}

const count = (number: number): string => (number === 0 ? '' : String(number));

export function sleeveBlocks(sleeves: readonly SleeveStatus[]): Block[] {
  if (sleeves.length === 0) return [];
  return [
    heading('Sleeves'),
    table(
      ['sleeve', 'as of', 'data to', 'grade', 'runs', 'overdue', 'dead letters', 'held', 'quarantined'],
      sleeves.map((sleeve) => [
        sleeve.sleeve,
        sleeve.current?.asOf ?? '',
        sleeve.dataEnd?.date ?? '',
        sleeve.current?.eligibility ?? '',
        String(sleeve.runs),
        overdueText(sleeve),
        count(sleeve.openLetters),
        count(sleeve.heldResults),
        sleeve.quarantinedWhy ?? '',
      ]),
    ),
  ];
}

function statusBlocks({ portfolios, sleeves, attention }: LedgerStatus): Block[] {
  return [
    ...portfolioBlocks(portfolios),
    ...sleeveBlocks(sleeves),
    ...(attention.length > 0 ? [heading('To look at'), lines(...attention)] : []),
  ];
}

export const status: VerbCode = {
  flags: [
    { flags: '--meta <id>', summary: 'only this portfolio and its sleeves' },
    { flags: '--check', summary: 'exit 1 when anything is overdue, held, refused or a dead letter' },
    knownAtFlag,
  ],
  examples: ['sleeve-ledger status --check --json'],
  writes: false,
  run: async (context, { flags }) => {
    const { ports } = await context.reading();
    const { position, ...result } = await ledgerStatus(ports, { meta: textFlag(flags, 'meta'), knownAt: ledgerTimeFlag(flags) });
    return {
      result,
      position,
      failure:
        isSet(flags, 'check') && result.attention.length > 0 ? new LedgerError('AttentionNeeded', result.attention.join('; ')) : null,
      people: statusBlocks({ ...result, position }),
    };
  },
};
