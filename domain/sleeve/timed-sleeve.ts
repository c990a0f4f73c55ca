import type { SleeveState } from './decider.ts';
import { sleeveStream } from './stream.ts';

/** The state of a sleeve with the ledger time that windows are counted from: a decider knows no clock. */
export interface TimedSleeve {
  readonly sleeve: SleeveState;
  /** When the current run was accepted. */
  readonly currentAt: string | null;
  /** When the definition in force was made known. */
  readonly definedAt: string | null;
  /** The session that was noted as missing last. */
  readonly notedLast: string | null;
}

interface RecordedFact {
  readonly type: string;
  readonly data: unknown;
  readonly envelope: { readonly recordedAt: string };
}

function evolve({ sleeve, currentAt, definedAt, notedLast }: TimedSleeve, event: RecordedFact): TimedSleeve {
  const after = sleeveStream.evolve(sleeve, event);
  const { recordedAt } = event.envelope;
  return {
    sleeve: after,
    currentAt: after.current === sleeve.current ? currentAt : recordedAt,
    definedAt: after.definition === sleeve.definition ? definedAt : recordedAt,
    notedLast: event.type === 'SleeveOverdue' ? (event.data as { readonly session: string }).session : notedLast,
  };
}

/** How a sleeve's stream becomes such a state. */
export const timedSleeve: { readonly initialState: TimedSleeve; readonly evolve: typeof evolve } = {
  initialState: { sleeve: sleeveStream.initialState, currentAt: null, definedAt: null, notedLast: null },
  evolve,
};
