import { quarantineSleeve, reinstateSleeve, type SleeveSwitch } from '../../../handlers/commands/quarantine-sleeve.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { requiredFlag } from '../flags.ts';
import { lines, type Outcome, type VerbCode, type VerbContext, type VerbInput } from '../verb.ts';

const why = [{ flags: '--why <text>', summary: 'the reason, recorded', required: true }];

async function switched(
  context: VerbContext,
  { args, flags }: VerbInput,
  command: (session: Session, sleeve: string, why: string) => Promise<SleeveSwitch>,
): Promise<Outcome> {
  const { runs, ...result } = await command(await context.writing(), args[0]!, requiredFlag(flags, 'why'));
  const { sleeve, state, already } = result;
  return {
    result,
    people: [lines(`${sleeve} is ${already ? 'already ' : ''}${state}.`)],
    warnings: runs === 0 ? [`${sleeve} has no accepted run`] : [],
  };
}

export const sleeveQuarantine: VerbCode = {
  flags: why,
  examples: ['sleeve-ledger sleeve quarantine crypto --why "the exchange is out"'],
  writes: true,
  run: (context, input) => switched(context, input, quarantineSleeve),
};

export const sleeveReinstate: VerbCode = {
  flags: why,
  examples: ['sleeve-ledger sleeve reinstate crypto --why "the exchange is back"'],
  writes: true,
  run: (context, input) => switched(context, input, reinstateSleeve),
};
