import type { Decider } from '../shared/decider.ts';
import { unreachable } from '../shared/errors.ts';
import type { IntakeCommand } from './commands.ts';
import type { LetterDraft, LetterEvent } from './letter-slice.ts';
import { evolveLetters, type Letters, emptyLetters, eraseOnce, refuseTogetherOnce, rejectOnce, resolveOnce } from './letters.ts';

/** Decides for the letters of a topic that no sleeve can be blamed for. */
export const intakeDecider: Decider<IntakeCommand, Letters, LetterEvent, LetterDraft> = {
  initialState: emptyLetters,
  evolve: evolveLetters,
  decide: (command, letters) => {
    switch (command.kind) {
      case 'RejectSleeveRun':
        return rejectOnce(letters, command.letter);
      case 'RefuseMessages':
        return refuseTogetherOnce(letters, command.refused);
      case 'ResolveDeadLetter':
        return resolveOnce(letters, command.resolution);
      case 'EraseDeadLetter':
        return eraseOnce(letters, command.erasure);
      default:
        return unreachable(command);
    }
  },
};
