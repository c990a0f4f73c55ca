import { approveRebalance } from '../../../handlers/commands/approve-rebalance.ts';
import { rejectRebalance } from '../../../handlers/commands/reject-rebalance.ts';
import { switchPublication } from '../../../handlers/commands/halt-publication.ts';
import { requiredFlag } from '../flags.ts';
import { metaNamingFlag, runIdOf } from '../run-question.ts';
import { lines, metaFlag, type Outcome, type VerbCode, type VerbContext, type VerbInput } from '../verb.ts';

const whyFlag = { flags: '--why <text>', summary: 'the reason, recorded', required: true };

export const approve: VerbCode = {
  flags: [metaNamingFlag, whyFlag],
  examples: ['sleeve-ledger approve meta_production-2025-07-17-0123456789abcdef --why "turnover explained by the new sleeve" --actor cio'],
  writes: true,
  run: async (context, input) => {
    const runId = await runIdOf(context, input.args[0]!, input, 'meta');
    const result = await approveRebalance(await context.writing(), runId, requiredFlag(input.flags, 'why'));
    return {
      result,
      people: [lines(`${result.meta}: run ${result.runId} is ${result.already ? 'already ' : ''}publication ${result.number}.`)],
    };
  },
};

export const reject: VerbCode = {
  flags: [metaNamingFlag, whyFlag],
  examples: ['sleeve-ledger reject meta_production-2025-07-17-0123456789abcdef --why "the prices of crypto are wrong" --actor cio'],
  writes: true,
  run: async (context, input) => {
    const runId = await runIdOf(context, input.args[0]!, input, 'meta');
    const result = await rejectRebalance(await context.writing(), runId, requiredFlag(input.flags, 'why'));
    return { result, people: [lines(`${result.meta}: run ${result.runId} is ${result.already ? 'already ' : ''}rejected.`)] };
  },
};

async function switched(context: VerbContext, { flags }: VerbInput, kind: 'HaltPublication' | 'ResumePublication'): Promise<Outcome> {
  const result = await switchPublication(await context.writing(), kind, requiredFlag(flags, 'meta'), requiredFlag(flags, 'why'));
  return { result, people: [lines(`Publication of ${result.meta} is ${result.already ? 'already ' : ''}${result.state}.`)] };
}

export const halt: VerbCode = {
  flags: [metaFlag, whyFlag],
  examples: ['sleeve-ledger halt --meta meta_production --why "the data vendor is out"'],
  writes: true,
  run: (context, input) => switched(context, input, 'HaltPublication'),
};

export const resume: VerbCode = {
  flags: [metaFlag, whyFlag],
  examples: ['sleeve-ledger resume --meta meta_production --why "the data are back"'],
  writes: true,
  run: (context, input) => switched(context, input, 'ResumePublication'),
};
