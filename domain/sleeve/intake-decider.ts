import type { Decider } from '../shared/decider.ts';
import type { IntakeCommand } from './commands.ts';
import type { LetterDraft, LetterEvent } from './letter-slice.ts';
import { evolveLetters, type Letters, emptyLetters, rejectOnce, resolveOnce } from './letters.ts';

/** Decides for the letters of a topic that no sleeve can be blamed for. */
export const intakeDecider: Decider<IntakeCommand, Letters, LetterEvent, LetterDraft> = {
  initialState: emptyLetters,
  // These letters block nobody, so nobody asks which of them are open: a list of them would be copied at every letter.
  evolve: (letters, event) => ({ ...evolveLetters({ ...letters, open: [] }, event), open: [] }),
  decide: (command, letters) =>
    command.kind === 'RejectSleeveRun' ? rejectOnce(letters, command.letter) : resolveOnce(letters, command.resolution),
};
