import type { GrowingMap } from '../shared/growing-map.ts';
import type { ParityWaiverGranted } from '../run/granted-waiver.ts';
import type {
  AllocationPublished,
  DefinitionProposed,
  MetaPortfolioDefined,
  ReallocationScheduled,
  RebalanceHeld,
  RebalanceRejected,
} from './events.ts';

export interface MetaPortfolioState {
  /** Waivers granted and not revoked, in ledger order. */
  readonly waivers: readonly ParityWaiverGranted[];
  /** Last as-of date of every waiver ever granted, by its id. */
  readonly everGranted: GrowingMap<string>;
  readonly definition: MetaPortfolioDefined | null;
  /** The definition that waits for a second person. */
  readonly proposed: DefinitionProposed | null;
  readonly proposals: number;
  /** The last proposal that was settled, and how. */
  readonly settled: { readonly proposal: number; readonly as: 'approved' | 'rejected' } | null;
  /** Everybody who has proposed, approved, rejected, waived or halted here: the name as it was first written, by its canonical form. */
  readonly people: GrowingMap<string>;
  readonly published: AllocationPublished | null;
  /** What was decided on last, and how many decisions there were. */
  readonly decided: { readonly inputsHash: string; readonly kind: 'published' | 'skipped' | 'held' | 'rejected' | 'refused' } | null;
  readonly decisions: number;
  readonly held: RebalanceHeld | null;
  /** What was turned down last. */
  readonly rejected: RebalanceRejected | null;
  /** When new results will be allocated; null when nothing is scheduled. */
  readonly due: ReallocationScheduled | null;
  readonly schedules: number;
  /** Why nothing is published; null when publication goes on. */
  readonly haltedWhy: string | null;
  readonly halts: number;
}
