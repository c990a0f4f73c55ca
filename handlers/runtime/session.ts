import type { LocalUser } from '../../domain/people/local-user.ts';
import type { RecentRecords } from './recent-records.ts';
import type { StreamFolds } from './folds.ts';
import type { Ports } from '../ports/ports.ts';

export interface LedgerIdentity {
  readonly ledgerId: string;
  readonly origin: string;
  readonly verifierKey: string;
}

/** Who works on which ledger, with what. */
export interface Session {
  readonly ports: Ports;
  readonly ledger: LedgerIdentity;
  /** The name that is claimed: by flag, environment or file. */
  readonly actor: string;
  /** Who the system says runs the process; left out where nobody asked it. */
  readonly localUser?: LocalUser;
  /** What the process has folded of the streams that it decides on: it reads each of their events once. */
  readonly folds?: StreamFolds;
  /** What the process has recorded of late, for those who read it a moment later. */
  readonly recent?: RecentRecords;
}

/** A ledger that may not exist yet: it is made when there is something to record. */
export interface LazyLedger {
  /** null while there is none. */
  readonly existing: () => Promise<Session | null>;
  readonly writing: () => Promise<Session>;
}

/** A ledger that is already open. */
export function openedLedger(session: Session): LazyLedger {
  return { existing: async () => session, writing: async () => session };
}
