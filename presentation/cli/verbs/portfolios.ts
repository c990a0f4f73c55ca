import { portfolioHistory, type PortfolioHistory, type WeightHistory } from '../../../handlers/queries/portfolio-history.ts';
import { ledgerStatus } from '../../../handlers/queries/status.ts';
import { dateFlag, ledgerTimeFlag, requiredFlag, textFlag } from '../flags.ts';
import { asOfFlag, type Block, heading, history as historyTable, knownAtFlag, lines, metaFlag, percent, type VerbCode } from '../verb.ts';
import { portfolioBlocks } from './status.ts';

export const portfolios: VerbCode = {
  flags: [{ flags: '--meta <id>', summary: 'only this portfolio' }, knownAtFlag],
  examples: ['sleeve-ledger portfolios', 'sleeve-ledger portfolios --meta desk --json'],
  writes: false,
  run: async (context, { flags }) => {
    const question = { meta: textFlag(flags, 'meta'), knownAt: ledgerTimeFlag(flags) };
    const { portfolios: found, position } = await ledgerStatus((await context.reading()).ports, question);
    return { result: { portfolios: found }, position, people: portfolioBlocks(found) };
  },
};

function tierBlocks(title: string, { publications }: PortfolioHistory, { names, weights }: WeightHistory): Block[] {
  return [
    heading(title),
    historyTable(
      ['#', 'as of', ...names],
      publications.map(({ number, asOf }, row) => [
        String(number),
        asOf,
        ...weights[row]!.map((weight) => (weight === 0 ? '' : percent(weight))),
      ]),
    ),
  ];
}

export const history: VerbCode = {
  flags: [metaFlag, asOfFlag, knownAtFlag],
  examples: ['sleeve-ledger history --meta desk', 'sleeve-ledger history --meta desk --as-of 2023-08-31 --json'],
  writes: false,
  run: async (context, { flags }) => {
    const question = { meta: requiredFlag(flags, 'meta'), asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) };
    const answer = await portfolioHistory((await context.reading()).ports, question);
    const { meta, publications, sleeves, assets } = answer;
    return {
      result: answer,
      people:
        publications.length === 0
          ? [lines(`Nothing of ${meta} is published.`)]
          : [...tierBlocks(`Sleeves of ${meta}, at each publication`, answer, sleeves), ...tierBlocks('Assets', answer, assets)],
    };
  },
};
