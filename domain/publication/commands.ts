import type { AcceptanceVerdict } from '../run/acceptance-verdict.ts';
import type { AllocationPublished, MetaPortfolioDefined, ReallocationRefused, ReallocationScheduled } from './events.ts';

/** An allocation that could be published: everything of the publication but its number and approval. */
export interface Proposal extends Omit<AllocationPublished, 'number' | 'approval'> {
  readonly acceptance: readonly AcceptanceVerdict[];
}

export type MetaPortfolioCommand =
  | {
      readonly kind: 'GrantParityWaiver';
      readonly waiverId: string;
      readonly meta: string;
      readonly who: string;
      readonly why: string;
      readonly paths: readonly string[];
      readonly until: string;
    }
  | { readonly kind: 'RevokeParityWaiver'; readonly waiverId: string; readonly meta: string; readonly who: string; readonly why: string }
  | { readonly kind: 'DefineMetaPortfolio'; readonly definition: Omit<MetaPortfolioDefined, 'number'> }
  | { readonly kind: 'ScheduleReallocation'; readonly schedule: ReallocationScheduled }
  | { readonly kind: 'ProposeAllocation'; readonly proposal: Proposal; readonly proposer: string }
  | { readonly kind: 'RefuseReallocation'; readonly refusal: ReallocationRefused }
  | { readonly kind: 'ApproveRebalance'; readonly proposal: Proposal; readonly approver: string; readonly why: string }
  /** The proposer may reject it as well. */
  | { readonly kind: 'RejectRebalance'; readonly meta: string; readonly runId: string; readonly who: string; readonly why: string }
  | {
      readonly kind: 'HaltPublication' | 'ResumePublication';
      readonly meta: string;
      readonly number: number;
      readonly who: string;
      readonly why: string;
    };
