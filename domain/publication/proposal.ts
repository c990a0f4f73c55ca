import type { AllocatedWeights } from '../run/allocated-weights.ts';
import type { RebalanceMeasure } from '../run/rebalance-measure.ts';
import type { Proposal } from './commands.ts';
import type { AllocationInput, MetaPortfolioDefined } from './events.ts';

/** What a proposal rests on. */
export interface ProposalContext {
  readonly definition: MetaPortfolioDefined;
  readonly inputsHash: string;
  readonly inputs: readonly AllocationInput[];
  readonly rebalance: RebalanceMeasure;
}

/** The publication that a run proposes. */
export function proposalOf(
  runId: string,
  asOf: string,
  allocated: AllocatedWeights,
  { definition, inputsHash, inputs, rebalance }: ProposalContext,
): Proposal {
  const { sleeves, weights, gross, net, portfolio, acceptance } = allocated;
  return {
    meta: definition.meta,
    definitionNumber: definition.number,
    inputsHash,
    runId,
    risk: definition.risk,
    asOf,
    policy: definition.policy,
    inputs: [...inputs],
    sleeves: { ...sleeves },
    weights: { ...weights },
    gross,
    net,
    portfolio,
    rebalance,
    acceptance,
  };
}
