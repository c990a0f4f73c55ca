import { draftEvent } from '../../../domain/catalogue.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { SleeveCommand } from '../../../domain/sleeve/commands.ts';
import { sleeveDecider } from '../../../domain/sleeve/decider.ts';
import type { SleeveEvent } from '../../../domain/sleeve/events.ts';
import { handleCommand, readWholeStream, toDomainEvents } from '../../record.ts';
import { requiredFlag } from '../flags.ts';
import { lines, type Outcome, type Verb, type VerbContext, type VerbInput } from '../verb.ts';

const argument = [{ name: '<sleeve>', summary: 'sleeve profile, as its runs were requested' }];
const why = [{ flags: '--why <text>', summary: 'the reason, recorded', required: true }];

async function decide(context: VerbContext, { args, flags }: VerbInput, kind: 'QuarantineSleeve' | 'ReinstateSleeve'): Promise<Outcome> {
  const sleeve = args[0]!;
  if (!/^[a-zA-Z0-9_-]+$/.test(sleeve)) throw new LedgerError('Usage', `${sleeve} is no sleeve name`);
  const reason = requiredFlag(flags, 'why');
  const session = await context.writing();
  const stream = `sleeve-${sleeve}`;
  const history = toDomainEvents(await readWholeStream(session.ports.store, stream)) as unknown as SleeveEvent[];
  const before = history.reduce(sleeveDecider.evolve, sleeveDecider.initialState);
  const number = kind === 'QuarantineSleeve' ? before.quarantines + 1 : before.quarantines;
  const command: SleeveCommand = { kind, sleeve, number, why: reason };
  const { appended, state } = await handleCommand(session, { stream, decider: sleeveDecider, command, identity: [kind, number, session.actor, reason] }, (event) => draftEvent(event.type, event.data as never));
  const already = appended.length === 0;
  const now = state.quarantinedWhy === null ? 'in use' : 'quarantined';
  return {
    result: { sleeve, state: now, already, why: state.quarantinedWhy ?? reason },
    people: [lines(`${sleeve} is ${already ? 'already ' : ''}${now}.`)],
    warnings: state.accepted.size === 0 ? [`${sleeve} has no recorded run`] : [],
  };
}

export const sleeveQuarantine: Verb = {
  path: ['sleeve', 'quarantine'],
  summary: 'Takes a sleeve out of use: meta runs that need it are refused.',
  args: argument,
  flags: why,
  writes: true,
  run: (context, input) => decide(context, input, 'QuarantineSleeve'),
};

export const sleeveReinstate: Verb = {
  path: ['sleeve', 'reinstate'],
  summary: 'Puts a quarantined sleeve back into use.',
  args: argument,
  flags: why,
  writes: true,
  run: (context, input) => decide(context, input, 'ReinstateSleeve'),
};
