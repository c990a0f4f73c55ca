import type { Decider } from '../shared/decider.ts';
import { LedgerError, unreachable } from '../shared/errors.ts';
import type { SleeveCommand } from './commands.ts';
import type { SleeveEvent, SleeveRunAccepted } from './events.ts';

export interface SleeveState {
  /** By run id, in ledger order. */
  readonly accepted: readonly SleeveRunAccepted[];
  /** Why the sleeve is out of use; null when it is in use. */
  readonly quarantinedWhy: string | null;
  readonly quarantines: number;
}

function evolve(state: SleeveState, event: SleeveEvent): SleeveState {
  switch (event.type) {
    case 'SleeveRunAccepted':
      return { ...state, accepted: [...state.accepted, event.data] };
    case 'SleeveQuarantined':
      return { ...state, quarantinedWhy: event.data.why, quarantines: event.data.number };
    case 'SleeveReinstated':
      return { ...state, quarantinedWhy: null };
    default:
      return unreachable(event);
  }
}

/** A command already folded is answered with no new fact: redelivery is a no-op, whatever followed. */
function decide(command: SleeveCommand, state: SleeveState): readonly SleeveEvent[] {
  switch (command.kind) {
    case 'AcceptSleeveRun': {
      const before = state.accepted.find((run) => run.runId === command.run.runId);
      if (before === undefined) return [{ type: 'SleeveRunAccepted', data: command.run }];
      if (before.payloadHash !== command.run.payloadHash) {
        throw new LedgerError('EventContentConflict', `run ${command.run.runId} was accepted with another payload`, {
          evidence: { recorded: before.payloadHash, offered: command.run.payloadHash },
        });
      }
      return [];
    }
    case 'QuarantineSleeve':
      if (state.quarantinedWhy !== null || command.number <= state.quarantines) return [];
      return [{ type: 'SleeveQuarantined', data: { sleeve: command.sleeve, number: state.quarantines + 1, why: command.why } }];
    case 'ReinstateSleeve':
      if (state.quarantinedWhy === null || command.number !== state.quarantines) return [];
      return [{ type: 'SleeveReinstated', data: { sleeve: command.sleeve, number: state.quarantines, why: command.why } }];
    default:
      return unreachable(command);
  }
}

export const sleeveDecider: Decider<SleeveCommand, SleeveState, SleeveEvent> = {
  initialState: { accepted: [], quarantinedWhy: null, quarantines: 0 },
  evolve,
  decide,
};

/**
 * The run that counts: the greatest (as-of, correction), then the later in the ledger. A late result for an older date is
 * recorded and never becomes current. `asOfMax` cuts off runs that speak of later dates.
 */
export function latestRun<Run extends { readonly asOf: string; readonly correction: number }>(
  runsInLedgerOrder: readonly Run[],
  asOfMax: string | null,
): Run | null {
  let latest: Run | null = null;
  for (const run of runsInLedgerOrder) {
    if (asOfMax !== null && run.asOf > asOfMax) continue;
    if (latest === null || run.asOf > latest.asOf || (run.asOf === latest.asOf && run.correction >= latest.correction)) latest = run;
  }
  return latest;
}
