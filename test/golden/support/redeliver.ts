import { createIntake, type IntakeOutcome } from '../../../handlers/intake/intake.ts';
import { type RecordedCommand, messageOf, readMessages } from './ledger-folder.ts';
import { MemoryBroker } from './memory-broker.ts';
import { openSession, run, type Answered } from './program.ts';

/** Commands that mean something new when they are given again, each with the reason. */
export const notRedelivered: Readonly<Record<string, string>> = {
  'ledger init': 'refuses a ledger that exists',
  'ledger key rotate': 'each one makes another key',
  'ledger seal': 'seals what was recorded since',
  halt: 'after the resumption it is a new halt',
  resume: 'belongs to the halt before it',
  'sleeve quarantine': 'after the reinstatement it is a new quarantine',
  'sleeve reinstate': 'belongs to the quarantine before it',
  work: 'is not a command: what it took in and decided on is delivered again by itself',
  'ledger backup': 'overwrites nothing',
  'audit export': 'records nothing',
  'audit bundle': 'records nothing',
  produce: 'records nothing',
};

/**
 * The commands to give again: of the manifests only the last one, for an earlier one would be the next definition; none that was refused,
 * for nothing was recorded then.
 */
export function redelivered(commands: readonly RecordedCommand[]): readonly RecordedCommand[] {
  const lastManifest = commands.findLast(({ answer }) => answer.command === 'manifest apply');
  return commands.filter((command) => {
    const { command: verb, error } = command.answer;
    return error === undefined && !Object.hasOwn(notRedelivered, verb) && (verb !== 'manifest apply' || command === lastManifest);
  });
}

/** Gives a command again, by the same actor and at the end of the recording. */
export function redeliver({ argv }: Pick<RecordedCommand, 'argv'>, now: string): Promise<Answered> {
  return run(argv, { now, broker: new MemoryBroker() });
}

/** Delivers every message again, in the order of the first time. */
export async function redeliverMessages(now: string): Promise<IntakeOutcome[]> {
  const session = await openSession(now);
  try {
    const intake = createIntake(session, {
      resultsTopic: 'sleeve-results.v1',
      deadLetters: new MemoryBroker().sink,
      deadLettersTopic: 'sleeve-results.dlq.v1',
      onPoison: 'hold',
    });
    const outcomes: IntakeOutcome[] = [];
    for (const line of readMessages()) outcomes.push(await intake.handle(messageOf(line), async () => undefined));
    return outcomes;
  } finally {
    await session.ports.store.close();
  }
}
