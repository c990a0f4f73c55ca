import { LedgerError, unreachable } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { bindStream, type Identity, streamKind } from '../shared/stream.ts';
import type { IntakeCommand } from './commands.ts';
import { intakeDecider } from './intake-decider.ts';
import { letterSlice } from './letter-slice.ts';

function identityOf(command: IntakeCommand): Identity {
  switch (command.kind) {
    case 'RejectSleeveRun':
      return [command.kind, command.letter.letterId];
    case 'RefuseMessages':
      return [command.kind, command.refused.letterId];
    case 'ResolveDeadLetter':
      return [command.kind, command.resolution.letterId];
    case 'EraseDeadLetter':
      return [command.kind, command.erasure.letterId];
    default:
      return unreachable(command);
  }
}

const kind = streamKind('intake', letterSlice);

/** Kafka takes a dot and an underscore in a topic's name for the same. Errors: Usage. */
function nameOf(topic: string): string {
  const name = kind.name(topic.replaceAll('.', '_'));
  if (name.length > limits.streamNameCharsMax)
    throw new LedgerError('Usage', `the name of the topic ${topic} is too long for a stream`, { at: { path: 'resultsTopic' } });
  return name;
}

/** Streams `intake-<topic>`: letters that belong to no sleeve. */
export const intakeStream = bindStream({ ...kind, name: nameOf }, { decider: intakeDecider, identityOf });
