import type { ExpectedBy } from '../manifest/publication-block.ts';
import type { SleeveRunAccepted } from '../run/accepted-run.ts';
import type {
  DeadLetterErased,
  DeadLetterResolved,
  MessageOrigin,
  MessagesRefused,
  SleeveResultHeld,
  SleeveResultReleased,
  SleeveRunRejected,
} from './intake-events.ts';

/**
 * Quarantines and definitions of a sleeve are numbered from 1: a command says which one it starts, ends or gives, so that a late
 * redelivery does nothing again.
 */
export type SleeveCommand =
  /**
   * `onlyOneOfItsCorrection` is for messages, which may arrive in any order: it refuses a second result of the same date and correction,
   * and lets a number be ahead by a few. Without it corrections of a date are numbered one after the other.
   */
  | { readonly kind: 'AcceptSleeveRun'; readonly run: SleeveRunAccepted; readonly onlyOneOfItsCorrection?: boolean }
  | { readonly kind: 'QuarantineSleeve'; readonly sleeve: string; readonly number: number; readonly why: string }
  | { readonly kind: 'ReinstateSleeve'; readonly sleeve: string; readonly number: number; readonly why: string }
  | {
      readonly kind: 'DefineSleeve';
      readonly sleeve: string;
      readonly profile: string;
      readonly number: number;
      readonly expectedBy: ExpectedBy | null;
      readonly grossMax: number | null;
    }
  | { readonly kind: 'RejectSleeveRun'; readonly letter: SleeveRunRejected }
  | {
      readonly kind: 'HoldSleeveResult';
      readonly heldId: string;
      readonly sleeve: string;
      readonly source: MessageOrigin;
      readonly sealed: SleeveResultHeld['sealed'];
    }
  | { readonly kind: 'ReleaseSleeveResult'; readonly released: SleeveResultReleased }
  | { readonly kind: 'RefuseMessages'; readonly refused: MessagesRefused }
  | { readonly kind: 'ResolveDeadLetter'; readonly resolution: DeadLetterResolved }
  | { readonly kind: 'EraseDeadLetter'; readonly erasure: DeadLetterErased }
  | { readonly kind: 'NoteSleeveOverdue'; readonly sleeve: string; readonly session: string; readonly expectedBy: string };

/** Dead letters that belong to no sleeve have a stream of their topic and block no sleeve. */
export type IntakeCommand = Extract<
  SleeveCommand,
  { readonly kind: 'RejectSleeveRun' | 'RefuseMessages' | 'ResolveDeadLetter' | 'EraseDeadLetter' }
>;
