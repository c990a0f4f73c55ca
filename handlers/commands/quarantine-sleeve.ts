import { LedgerError } from '../../domain/shared/errors.ts';
import type { SleeveState } from '../../domain/sleeve/decider.ts';
import { newestRun } from '../runs/newest-run.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

export interface SleeveSwitch {
  readonly sleeve: string;
  readonly state: 'in use' | 'quarantined';
  readonly already: boolean;
  readonly why: string;
  /** Accepted runs that the sleeve has. */
  readonly runs: number;
}

/** Whether the sleeve was defined, delivered anything, or was switched before. */
function isKnown({ definition, accepted, quarantines, everHeld }: SleeveState): boolean {
  return definition !== null || accepted.size > 0 || quarantines > 0 || everHeld.size > 0;
}

/** Runs that were refused leave no trace in the sleeve's own stream. Errors: ReadModelsDiffer. */
async function hasRuns({ ports }: Session, sleeve: string): Promise<boolean> {
  return (await newestRun(ports, { kind: 'sleeve', name: sleeve }, { asOf: null, knownAt: null }, { skipped: 0, certain: false })) !== null;
}

async function switchSleeve(
  session: Session,
  kind: 'QuarantineSleeve' | 'ReinstateSleeve',
  sleeve: string,
  why: string,
): Promise<SleeveSwitch> {
  if (!/^[a-zA-Z0-9_-]+$/.test(sleeve)) throw new LedgerError('Usage', `${sleeve} is not a sleeve name`);
  const before = await streams.sleeve.state(session, sleeve);
  const { quarantines } = before;
  if (!isKnown(before) && !(await hasRuns(session, sleeve)))
    throw new LedgerError('SleeveUnknown', `no sleeve ${sleeve} is known to this ledger`, { at: { path: sleeve } });
  const number = kind === 'QuarantineSleeve' ? quarantines + 1 : quarantines;
  const { appended, state } = await streams.sleeve.handle(session, sleeve, { kind, sleeve, number, why });
  const { quarantinedWhy, accepted } = state;
  return {
    sleeve,
    state: quarantinedWhy === null ? 'in use' : 'quarantined',
    already: appended.length === 0,
    why: quarantinedWhy ?? why,
    runs: accepted.size,
  };
}

/** Takes a sleeve out of use: meta runs that need it are refused. Errors: Usage, SleeveUnknown, ReadModelsDiffer. */
export function quarantineSleeve(session: Session, sleeve: string, why: string): Promise<SleeveSwitch> {
  return switchSleeve(session, 'QuarantineSleeve', sleeve, why);
}

/** Puts a quarantined sleeve back into use. Errors: Usage, SleeveUnknown. */
export function reinstateSleeve(session: Session, sleeve: string, why: string): Promise<SleeveSwitch> {
  return switchSleeve(session, 'ReinstateSleeve', sleeve, why);
}
