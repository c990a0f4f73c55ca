import { ledgerStatus } from '../../../handlers/queries/status.ts';
import { sleeveStanding, type SleeveUse } from '../../../handlers/queries/sleeves.ts';
import { ledgerTimeFlag } from '../flags.ts';
import { knownAtFlag, lines, type VerbCode } from '../verb.ts';
import { sleeveBlocks } from './status.ts';

export const sleeveList: VerbCode = {
  flags: [knownAtFlag],
  examples: ['sleeve-ledger sleeve list'],
  writes: false,
  run: async (context, { flags }) => {
    const { ports } = await context.reading();
    const { sleeves, unassignedLetters, position } = await ledgerStatus(ports, { meta: null, knownAt: ledgerTimeFlag(flags) });
    return {
      result: { sleeves, unassignedLetters },
      position,
      people: sleeves.length === 0 ? [lines('No sleeve is known; `manifest apply` and results make them known.')] : sleeveBlocks(sleeves),
    };
  },
};

function useText({ meta, path, pinnedRunId }: SleeveUse): string {
  return `${meta} as ${path.join('/')}${pinnedRunId === null ? '' : `, kept to ${pinnedRunId}`}`;
}

export const sleeveShow: VerbCode = {
  flags: [knownAtFlag],
  examples: ['sleeve-ledger sleeve show crypto'],
  writes: false,
  run: async (context, { args, flags }) => {
    const { ports } = await context.reading();
    const { position, ...result } = await sleeveStanding(ports, { sleeve: args[0]!, knownAt: ledgerTimeFlag(flags) });
    const { sleeve, usedBy } = result;
    return {
      result,
      position,
      people: [
        ...sleeveBlocks([sleeve]),
        lines('', usedBy.length === 0 ? 'No portfolio has it.' : `In ${usedBy.map(useText).join('; ')}.`),
      ],
    };
  },
};
