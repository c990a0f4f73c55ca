import { LedgerError } from '../../domain/shared/errors.ts';
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

async function switchSleeve(
  session: Session,
  kind: 'QuarantineSleeve' | 'ReinstateSleeve',
  sleeve: string,
  why: string,
): Promise<SleeveSwitch> {
  if (!/^[a-zA-Z0-9_-]+$/.test(sleeve)) throw new LedgerError('Usage', `${sleeve} is not a sleeve name`);
  const { quarantines } = await streams.sleeve.state(session, sleeve);
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

/** Takes a sleeve out of use: meta runs that need it are refused. Errors: Usage. */
export function quarantineSleeve(session: Session, sleeve: string, why: string): Promise<SleeveSwitch> {
  return switchSleeve(session, 'QuarantineSleeve', sleeve, why);
}

/** Puts a quarantined sleeve back into use. Errors: Usage. */
export function reinstateSleeve(session: Session, sleeve: string, why: string): Promise<SleeveSwitch> {
  return switchSleeve(session, 'ReinstateSleeve', sleeve, why);
}
