import type { HoldingSeal } from '../ledger/holding-seal.ts';
import type { Selected, SelectedRun } from './selection.ts';

/** Which seal a file carries: the newest, or the first that covers every event of the file. */
export type SealChoice = 'newest' | 'first-over-all';

interface AuditFileOptions {
  /** Ledger time: an instant or a position; null for everything recorded when the export begins. */
  readonly knownAt: string | null;
  readonly seal: SealChoice;
}

export type RunFileRequest = SelectedRun & AuditFileOptions;
export type AuditFileRequest = Selected & AuditFileOptions;

export interface Proof {
  readonly event_id: string;
  readonly leaf_index: number;
  readonly proof: readonly string[];
}

/** What the lines of a file amount to, known once the last has been written. */
export interface AuditFileSummary {
  /** Without the trailer. */
  readonly lines: number;
  readonly lastHash: string;
  readonly sealedTo: number;
  /** Lines that the seal does not cover. */
  readonly unsealed: number;
  readonly seal: HoldingSeal | null;
  readonly proofs: readonly Proof[];
  /** Position of the last event considered, null in an empty ledger. */
  readonly position: string | null;
}
