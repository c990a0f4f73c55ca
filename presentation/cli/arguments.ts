import type { Argument } from './verb.ts';

/** What the argument of a verb may be that takes a run. */
export const runSummary = (kind: string): string => `${kind} id, or latest, previous or published`;

/** The sleeve run whose selection is asked about. */
export const runArgument: Argument = { name: '<run>', summary: runSummary('sleeve run') };
export const backtestSummary = 'id of a backtest, or latest or previous';
export const letterArguments: readonly Argument[] = [{ name: '<letter>', summary: 'id of the letter; `dlq list` shows it' }];
export const proposalArgument: Argument = {
  name: '<proposal>',
  summary: 'the portfolio and the number of its proposal, such as desk/2; `status` shows it',
};
export const sleeveArguments: readonly Argument[] = [{ name: '<sleeve>', summary: 'sleeve profile, as its runs were requested' }];
