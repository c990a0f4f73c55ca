import type { EventData, Fact } from '../../domain/catalogue.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { pathKey } from '../compute/leaf-run.ts';

/** What one run says of one profile, as fractions of the whole portfolio. */
export interface AllocationFacts {
  /** By path: the product of the bounded weights down to the sleeve. */
  readonly sleeves: ReadonlyMap<string, number>;
  /** Net, by symbol. */
  readonly assets: ReadonlyMap<string, number>;
  readonly guardrails: EventData<'GuardrailsApplied'>;
  readonly acceptance: EventData<'AcceptanceMeasured'>;
}

/** Of what facts say, what speaks of a profile, in order. */
export function ofRisk<Data extends { readonly risk: RiskProfile }>(said: readonly Data[], risk: RiskProfile): Data[] {
  return said.filter((data) => data.risk === risk);
}

/** The share of every sleeve, at every depth: weights multiplied from the root down, as flattening multiplies them. */
export function sleeveShares(facts: readonly Fact[], risk: RiskProfile): Map<string, number> {
  const guardrails = ofRisk(dataOf(facts, 'GuardrailsApplied'), risk).toSorted((left, right) => left.path.length - right.path.length);
  const shares = new Map<string, number>();
  for (const { path, weights } of guardrails) {
    const above = path.length === 0 ? 1 : shares.get(pathKey(path))!;
    for (const [id, weight] of Object.entries(weights)) shares.set(pathKey([...path, id]), above * weight);
  }
  return new Map([...shares].toSorted(([left], [right]) => byCodeUnits(left, right)));
}

/** The allocation of a profile as its facts tell it; null when the run has none. */
export function allocationFacts(facts: readonly Fact[], risk: RiskProfile): AllocationFacts | null {
  const [flattened] = ofRisk(dataOf(facts, 'PortfolioFlattened'), risk);
  const [acceptance] = ofRisk(dataOf(facts, 'AcceptanceMeasured'), risk);
  const guardrails = ofRisk(dataOf(facts, 'GuardrailsApplied'), risk).find(({ path }) => path.length === 0);
  if (flattened === undefined || acceptance === undefined || guardrails === undefined) return null;
  return { sleeves: sleeveShares(facts, risk), assets: new Map(Object.entries(flattened.weights)), guardrails, acceptance };
}

/** Profiles that a run allocated, in its order. */
export function allocatedRisks(facts: readonly Fact[]): RiskProfile[] {
  return dataOf(facts, 'PortfolioFlattened').map(({ risk }) => risk);
}

/** Why a run has no allocation of a profile. */
export function reasonWithout(facts: readonly Fact[], risk: RiskProfile): string {
  const [failed] = ofRisk(dataOf(facts, 'MetaProfileFailed'), risk);
  if (failed !== undefined) return failed.reason;
  return facts.some(({ type }) => type === 'ParityRejected') ? 'parity was rejected' : 'the run was not asked for it';
}
