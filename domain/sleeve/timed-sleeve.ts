import type { SleeveState } from './decider.ts';
import { sleeveStream } from './stream.ts';

/** The state of a sleeve with the ledger time that windows are counted from: a decider knows no clock. */
export interface TimedSleeve {
  readonly sleeve: SleeveState;
  /** When the current run was accepted. */
  readonly currentAt: string | null;
}

interface RecordedFact {
  readonly type: string;
  readonly data: unknown;
  readonly envelope: { readonly recordedAt: string };
}

function evolve({ sleeve, currentAt }: TimedSleeve, event: RecordedFact): TimedSleeve {
  const after = sleeveStream.evolve(sleeve, event);
  return { sleeve: after, currentAt: after.current === sleeve.current ? currentAt : event.envelope.recordedAt };
}

/** How a sleeve's stream becomes such a state. */
export const timedSleeve: { readonly initialState: TimedSleeve; readonly evolve: typeof evolve } = {
  initialState: { sleeve: sleeveStream.initialState, currentAt: null },
  evolve,
};
