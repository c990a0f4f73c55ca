import type { StreamFolds } from './folds.ts';
import type { Ports } from './ports.ts';

export interface LedgerIdentity {
  readonly ledgerId: string;
  readonly origin: string;
  readonly verifierKey: string;
}

/** Who works on which ledger, with what. */
export interface Session {
  readonly ports: Ports;
  readonly ledger: LedgerIdentity;
  readonly actor: string;
  /** Kept by a process that works for long. */
  readonly folds?: StreamFolds;
}
