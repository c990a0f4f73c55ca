import type { EventData, Fact } from '../../domain/catalogue.ts';
import type { Proposal } from '../../domain/meta/commands.ts';
import type { AllocationInput, MetaPortfolioDefined, RebalanceMeasure } from '../../domain/meta/publication-events.ts';
import { invariant } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';

export interface ProposalContext {
  readonly definition: MetaPortfolioDefined;
  readonly inputsHash: string;
  readonly inputs: readonly AllocationInput[];
  readonly rebalance: RebalanceMeasure;
}

export interface AllocatedWeights {
  readonly sleeves: Readonly<Record<string, number>>;
  readonly flattened: EventData<'PortfolioFlattened'>;
  readonly acceptance: EventData<'AcceptanceMeasured'>['verdicts'];
}

/** What a run, computed or recorded, allocated to a risk profile; null when it did not. */
export function allocatedIn(facts: readonly Fact[], risk: string): AllocatedWeights | null {
  const flattened = dataOf(facts, 'PortfolioFlattened').find((data) => data.risk === risk);
  if (flattened === undefined) return null;
  // Guardrails of the portfolio itself, and of none below it.
  const guardrails = dataOf(facts, 'GuardrailsApplied').find((data) => data.risk === risk && data.path.length === 0);
  const measured = dataOf(facts, 'AcceptanceMeasured').find((data) => data.risk === risk);
  invariant(guardrails !== undefined && measured !== undefined, 'a flattened portfolio without guardrails or acceptance', { risk });
  return { sleeves: guardrails.weights, flattened, acceptance: measured.verdicts };
}

/** The publication that a run proposes. */
export function proposalOf(runId: string, asOf: string, { sleeves, flattened, acceptance }: AllocatedWeights, context: ProposalContext): Proposal {
  const { definition, inputsHash, inputs, rebalance } = context;
  const { weights, gross, net, portfolio } = flattened;
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
    weights,
    gross,
    net,
    portfolio,
    rebalance,
    acceptance,
  };
}
