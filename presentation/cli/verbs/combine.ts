import { plannedOf } from '../../../domain/combine/planned-defaults.ts';
import { combine as combinePositions } from '../../../handlers/commands/combine.ts';
import { combinationAsked, combinationFlags } from '../combination-flags.ts';
import { combinationOutcome } from '../combination-result.ts';
import { separatorFlags } from '../csv-flags.ts';
import type { VerbCode } from '../verb.ts';

export const combine: VerbCode = {
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
