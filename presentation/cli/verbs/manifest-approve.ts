import { approveDefinition, rejectDefinition } from '../../../handlers/commands/settle-definition.ts';
import { requiredFlag } from '../flags.ts';
import { lines, type VerbCode } from '../verb.ts';

const whyFlag = { flags: '--why <text>', summary: 'the reason, recorded', required: true };

export const manifestApprove: VerbCode = {
  flags: [whyFlag],
  examples: ['sleeve-ledger manifest approve desk/2 --why "the new turnover limit was agreed" --actor cio'],
  writes: true,
  run: async (context, { args, flags }) => {
    const result = await approveDefinition(await context.writing(), args[0]!, requiredFlag(flags, 'why'));
    const { meta, proposal, number, sleeves, already } = result;
    const others = sleeves.length === 0 ? '' : `, with ${sleeves.map((sleeve) => `sleeve ${sleeve}`).join(', ')}`;
    return { result, people: [lines(`${meta}: ${proposal} is ${already ? 'already ' : ''}in force as definition ${number}${others}.`)] };
  },
};

export const manifestReject: VerbCode = {
  flags: [whyFlag],
  examples: ['sleeve-ledger manifest reject desk/2 --why "the turnover limit stays" --actor cio'],
  writes: true,
  run: async (context, { args, flags }) => {
    const result = await rejectDefinition(await context.writing(), args[0]!, requiredFlag(flags, 'why'));
    return { result, people: [lines(`${result.meta}: ${result.proposal} is ${result.already ? 'already ' : ''}rejected.`)] };
  },
};
