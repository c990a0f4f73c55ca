import type { EventData } from '../../domain/catalogue.ts';
import type { Proposal } from '../../domain/meta/commands.ts';
import type { AllocationInput, MetaPortfolioDefined, RebalanceMeasure } from '../../domain/meta/publication-events.ts';
import { invariant } from '../../domain/shared/errors.ts';

interface Fact {
  readonly type: string;
  readonly data: unknown;
}

/** The fact of a type that a run tells of a risk profile, of the portfolio itself and none below it. */
function factOf<Type extends 'GuardrailsApplied' | 'PortfolioFlattened' | 'AcceptanceMeasured'>(facts: readonly Fact[], type: Type, risk: string): EventData<Type> | undefined {
  return facts.find((fact) => {
    const data = fact.data as { readonly risk?: string; readonly path?: readonly string[] };
    return fact.type === type && data.risk === risk && (data.path ?? []).length === 0;
  })?.data as EventData<Type> | undefined;
}

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
  const flattened = factOf(facts, 'PortfolioFlattened', risk);
  if (flattened === undefined) return null;
  const guardrails = factOf(facts, 'GuardrailsApplied', risk);
  const measured = factOf(facts, 'AcceptanceMeasured', risk);
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
