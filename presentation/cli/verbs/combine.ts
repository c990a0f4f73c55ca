import { plannedOf } from '../../../domain/combine/planned-defaults.ts';
import { combine as combinePositions } from '../../../handlers/commands/combine.ts';
import { combinationAsked, combinationFlags } from '../combination-flags.ts';
import { combinationOutcome } from '../combination-result.ts';
import { separatorFlags } from '../csv-flags.ts';
import type { Verb } from '../verb.ts';

export const combine: Verb = {
  path: ['combine'],
  summary: 'Combines positions of sleeves by risk budgets into weights inside bounds and caps on gross, net and turnover.',
  flags: [...combinationFlags, ...separatorFlags],
  examples: [
    'sleeve-ledger combine --positions positions.csv --budgets tsmom=0.6 xsec=0.4',
    'sleeve-ledger combine --positions positions.json --budget-rule erc --covariance covariance.csv --previous held.csv --turnover-cap 1',
  ],
  writes: true,
  makesLedger: 'always',
  run: async (context, { flags }) => {
    const planned = plannedOf(await combinationAsked(context, flags));
    const { writing, tools } = context;
    return combinationOutcome(await combinePositions({ crypto: tools.crypto, writing }, planned));
  },
};
