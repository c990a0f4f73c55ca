import type { LocalUser } from '../people/local-user.ts';
import type { AcceptanceVerdict } from '../run/acceptance-verdict.ts';
import type { AllocationPublished, MetaPortfolioDefined, ProposedSleeve, ReallocationRefused, ReallocationScheduled } from './events.ts';

/** An allocation that could be published: everything of the publication but its number and approval. */
export interface Proposal extends Omit<AllocationPublished, 'number' | 'approval'> {
  readonly acceptance: readonly AcceptanceVerdict[];
}

/** Who the system says runs the process, beside the name that is claimed. */
interface Beside {
  readonly localUser: LocalUser | null;
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
  /** Under maker_checker the definition is proposed, and `sleeves` are those whose own definitions change with it. */
  | ({
      readonly kind: 'DefineMetaPortfolio';
      readonly definition: Omit<MetaPortfolioDefined, 'number'>;
      readonly sleeves: readonly ProposedSleeve[];
      readonly proposer: string;
    } & Beside)
  | ({
      readonly kind: 'ApproveDefinition';
      readonly meta: string;
      readonly proposal: number;
      readonly approver: string;
      readonly why: string;
    } & Beside)
  /** The proposer may reject it as well. */
  | ({
      readonly kind: 'RejectDefinition';
      readonly meta: string;
      readonly proposal: number;
      readonly who: string;
      readonly why: string;
    } & Beside)
  | { readonly kind: 'ScheduleReallocation'; readonly schedule: ReallocationScheduled }
  | ({ readonly kind: 'ProposeAllocation'; readonly proposal: Proposal; readonly proposer: string } & Beside)
  | { readonly kind: 'RefuseReallocation'; readonly refusal: ReallocationRefused }
  | ({ readonly kind: 'ApproveRebalance'; readonly proposal: Proposal; readonly approver: string; readonly why: string } & Beside)
  /** The proposer may reject it as well. */
  | ({
      readonly kind: 'RejectRebalance';
      readonly meta: string;
      readonly runId: string;
      readonly who: string;
      readonly why: string;
    } & Beside)
  | {
      readonly kind: 'HaltPublication' | 'ResumePublication';
      readonly meta: string;
      readonly number: number;
      readonly who: string;
      readonly why: string;
    };
