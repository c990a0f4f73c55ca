import type { EventData } from '../domain/catalogue.ts';
import type { FlattenedPortfolio } from '../domain/meta/flatten.ts';
import type { ParityOutcome, ParityVerdict } from '../domain/meta/parity-schema.ts';
import type { RiskProfile } from '../domain/risk/schemas.ts';
import { invariant } from '../domain/shared/errors.ts';
import { loadDocument } from './artifact-files.ts';
import type { Artifacts } from './ports.ts';
import { allocatedRisks, type Fact, factsOf } from './replay/allocation-facts.ts';

/** One profile of the portfolio itself, as recorded. */
export interface RecordedAllocation {
  readonly risk: RiskProfile;
  readonly joined: EventData<'SleeveReturnsJoined'>;
  readonly optimised: EventData<'SleeveWeightsOptimised'>;
  readonly guarded: EventData<'GuardrailsApplied'>;
  readonly flattened: EventData<'PortfolioFlattened'> & Pick<FlattenedPortfolio, 'assets'>;
  readonly acceptance: EventData<'AcceptanceMeasured'>;
}

/** What a meta run came to, by its facts. */
export interface MetaRunFacts {
  readonly asOf: string;
  readonly opened: EventData<'MetaRunOpened'>;
  readonly drafts: readonly Fact[];
  readonly parity: { readonly verdict: ParityVerdict; readonly outcome: ParityOutcome };
  readonly allocations: readonly RecordedAllocation[];
  readonly failures: readonly { readonly risk: RiskProfile; readonly code: string; readonly reason: string }[];
}

function parityIn(facts: readonly Fact[]): MetaRunFacts['parity'] {
  const decided = facts.find(({ type }) => type === 'ParityAccepted' || type === 'ParityRejected' || type === 'ParityWaived');
  invariant(decided !== undefined, 'a meta run without a parity decision');
  const { verdict, outcome } = decided.data as { readonly verdict: ParityVerdict; readonly outcome?: ParityOutcome };
  return { verdict, outcome: outcome ?? { outcome: 'accepted', used: [], expired: [], uncovered: [] } };
}

/** Not of a portfolio below it. */
const ofPortfolio = ({ path }: { readonly path: readonly string[] }): boolean => path.length === 0;

async function allocationIn(artifacts: Artifacts, facts: readonly Fact[], risk: RiskProfile): Promise<RecordedAllocation> {
  const joined = factsOf(facts, 'SleeveReturnsJoined', risk).find(ofPortfolio);
  const optimised = factsOf(facts, 'SleeveWeightsOptimised', risk).find(ofPortfolio);
  const guarded = factsOf(facts, 'GuardrailsApplied', risk).find(ofPortfolio);
  const [flattened] = factsOf(facts, 'PortfolioFlattened', risk);
  const [acceptance] = factsOf(facts, 'AcceptanceMeasured', risk);
  invariant(joined !== undefined && optimised !== undefined && guarded !== undefined && flattened !== undefined && acceptance !== undefined, 'an allocation lacks one of its facts', { risk });
  const { assets } = await loadDocument(artifacts, 'flattened-portfolio', flattened.portfolio);
  return { risk, joined, optimised, guarded, flattened: { ...flattened, assets }, acceptance };
}

/** Reads what a run came to from its facts and the artifacts that they name. Errors: ArtifactMissing, ArtifactDamaged. */
export async function metaRunFacts({ artifacts }: { readonly artifacts: Artifacts }, facts: readonly [Fact, ...Fact[]]): Promise<MetaRunFacts> {
  const opened = facts[0].data as EventData<'MetaRunOpened'>;
  const allocations: RecordedAllocation[] = [];
  for (const risk of allocatedRisks(facts)) allocations.push(await allocationIn(artifacts, facts, risk));
  const failures = facts.filter(({ type }) => type === 'MetaProfileFailed').map(({ data }) => {
    const { risk, code, reason } = data as EventData<'MetaProfileFailed'>;
    return { risk, code, reason };
  });
  return { asOf: opened.asOf, opened, drafts: facts, parity: parityIn(facts), allocations, failures };
}
