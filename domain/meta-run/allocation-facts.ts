import { type ComparedAllocation, sleeveShares } from '../allocation/shares.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import { dataOf } from '../shared/facts.ts';
import type { MetaRunEvent } from './slice.ts';

/** The data that belong to a risk profile, in order. */
export function factsOfRisk<Data extends { readonly risk: RiskProfile }>(data: readonly Data[], risk: RiskProfile): Data[] {
  return data.filter((one) => one.risk === risk);
}

/** The allocation of a profile according to the facts of its run; null when the run has none. */
export function allocationFacts(facts: readonly MetaRunEvent[], risk: RiskProfile): ComparedAllocation | null {
  const [flattened] = factsOfRisk(dataOf(facts, 'PortfolioFlattened'), risk);
  const [acceptance] = factsOfRisk(dataOf(facts, 'AcceptanceMeasured'), risk);
  const levels = factsOfRisk(dataOf(facts, 'GuardrailsApplied'), risk);
  const guardrails = levels.find(({ path }) => path.length === 0);
  if (flattened === undefined || acceptance === undefined || guardrails === undefined) return null;
  return {
    sleeves: sleeveShares(levels),
    assets: new Map(Object.entries(flattened.weights)),
    volatilityExAnte: guardrails.volatilityBoundedExAnte,
    acceptance: acceptance.verdicts,
  };
}

/** Profiles that a run allocated, in its order. */
export function allocatedRisks(facts: readonly MetaRunEvent[]): RiskProfile[] {
  return dataOf(facts, 'PortfolioFlattened').map(({ risk }) => risk);
}

/** Why a run has no allocation of a profile. */
export function reasonForNoAllocation(facts: readonly MetaRunEvent[], risk: RiskProfile): string {
  const [failed] = factsOfRisk(dataOf(facts, 'MetaProfileFailed'), risk);
  if (failed !== undefined) return failed.reason;
  return facts.some(({ type }) => type === 'ParityRejected') ? 'parity was rejected' : 'the run was not asked for it';
}
