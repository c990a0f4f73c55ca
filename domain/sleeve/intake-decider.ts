import type { Decider } from '../shared/decider.ts';
import type { IntakeCommand } from './commands.ts';
import type { LetterDraft, LetterEvent } from './letter-slice.ts';
import { evolveLetters, type Letters, emptyLetters, rejectOnce, resolveOnce } from './letters.ts';

/** Decides for the letters of a topic that no sleeve can be blamed for. */
export const intakeDecider: Decider<IntakeCommand, Letters, LetterEvent, LetterDraft> = {
  initialState: emptyLetters,
  evolve: evolveLetters,
  decide: (command, letters) =>
    command.kind === 'RejectSleeveRun' ? rejectOnce(letters, command.letter) : resolveOnce(letters, command.resolution),
};
