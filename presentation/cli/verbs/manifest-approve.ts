import { approveDefinition, rejectDefinition } from '../../../handlers/commands/settle-definition.ts';
import { requiredFlag } from '../flags.ts';
import { lines, type Verb } from '../verb.ts';

const proposalArgument = { name: '<proposal>', summary: 'the portfolio and the number of its proposal, such as desk/2; `status` shows it' };
const whyFlag = { flags: '--why <text>', summary: 'the reason, recorded', required: true };

export const manifestApprove: Verb = {
  path: ['manifest', 'approve'],
  summary: 'Puts a proposed definition in force, on the word of another person than its proposer.',
  args: [proposalArgument],
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

export const manifestReject: Verb = {
  path: ['manifest', 'reject'],
  summary: 'Turns a proposed definition down: the one in force stays.',
  args: [proposalArgument],
  flags: [whyFlag],
  examples: ['sleeve-ledger manifest reject desk/2 --why "the turnover limit stays" --actor cio'],
  writes: true,
  run: async (context, { args, flags }) => {
    const result = await rejectDefinition(await context.writing(), args[0]!, requiredFlag(flags, 'why'));
    return { result, people: [lines(`${result.meta}: ${result.proposal} is ${result.already ? 'already ' : ''}rejected.`)] };
  },
};
