import { canonicalJson } from '../shared/canonical-json.ts';
import { unreachable } from '../shared/errors.ts';
import { type CommandContext, bindStream, type Identity, streamKind } from '../shared/stream.ts';
import type { SleeveCommand } from './commands.ts';
import { sleeveDecider, type SleeveState } from './decider.ts';
import { type SleeveDraft, sleeveSlice } from './slice.ts';

/** What makes the acceptance of a run this one. */
export function acceptanceIdentity(runId: string): Identity {
  return ['AcceptSleeveRun', runId];
}

function identityOf(command: SleeveCommand, { actor }: CommandContext<SleeveState, SleeveDraft>): Identity {
  const { kind } = command;
  switch (kind) {
    case 'AcceptSleeveRun':
      return acceptanceIdentity(command.run.runId);
    case 'QuarantineSleeve':
    case 'ReinstateSleeve':
      return [kind, command.number, actor, command.why];
    case 'DefineSleeve':
      // The member came later: what declares none is the command that it was.
      return [
        'Define',
        command.number,
        command.profile,
        canonicalJson(command.expectedBy),
        ...(command.grossMax === null ? [] : [command.grossMax]),
      ];
    case 'RejectSleeveRun':
      return [kind, command.letter.letterId];
    case 'HoldSleeveResult':
      return [kind, command.heldId];
    case 'ReleaseSleeveResult':
      return [kind, command.released.heldId];
    case 'ResolveDeadLetter':
      return [kind, command.resolution.letterId];
    case 'RefuseMessages':
      return [kind, command.refused.letterId];
    case 'EraseDeadLetter':
      return [kind, command.erasure.letterId];
    case 'NoteSleeveOverdue':
      return [kind, command.session];
    default:
      return unreachable(kind);
  }
}

/** Streams `sleeve-<profile>`, by the name under which runs are requested. */
export const sleeveStream = bindStream(streamKind('sleeve', sleeveSlice), { decider: sleeveDecider, identityOf });
