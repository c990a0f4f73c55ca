import type { DeclaredFile, ExportSigner } from '../../domain/audit/trailer.ts';
import type { HoldingSeal } from '../ledger/holding-seal.ts';
import type { SelectedAll, SelectedRun } from './selection.ts';

/** Which seal a file carries: the newest, or the first that covers every event of the file. */
export type SealChoice = 'newest' | 'first-over-all';

interface AuditFileOptions {
  /** Ledger time: an instant or a position; null for everything recorded when the export begins. */
  readonly knownAt: string | null;
  readonly seal: SealChoice;
  /** Name under which the ledger signs. */
  readonly origin: string;
  /** null writes a file that nobody vouches for. */
  readonly signer: ExportSigner | null;
  /** Whether lines carry the store's own positions: the same ledger has others in another store. */
  readonly positions: boolean;
  /** The other files of a bundle, made from what the lines amount to; null for a file that stands by itself. */
  readonly filesOf: ((summary: AuditFileSummary) => Promise<readonly DeclaredFile[]>) | null;
}

export type RunFileRequest = SelectedRun & AuditFileOptions;
export type AllFileRequest = SelectedAll & AuditFileOptions;
export type AuditFileRequest = AllFileRequest | RunFileRequest;

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
