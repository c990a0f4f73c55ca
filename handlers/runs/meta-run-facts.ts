import type { EventData } from '../../domain/catalogue.ts';
import type { MetaRunEvent } from '../../domain/meta-run/slice.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { FlattenedPortfolio } from '../../domain/allocation/flatten.ts';
import type { ParityOutcome, ParityVerdict } from '../../domain/parity/schema.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { invariant } from '../../domain/shared/errors.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Artifacts } from '../ports/ports.ts';
import { allocatedRisks, factsOfRisk } from '../../domain/meta-run/allocation-facts.ts';

/** One profile of the portfolio itself, as recorded. */
export interface RecordedAllocation {
  readonly risk: RiskProfile;
  readonly joined: EventData<'SleeveReturnsJoined'>;
  readonly optimised: EventData<'SleeveWeightsOptimised'>;
  readonly guarded: EventData<'GuardrailsApplied'>;
  readonly flattened: EventData<'PortfolioFlattened'> & Pick<FlattenedPortfolio, 'assets'>;
  readonly acceptance: EventData<'AcceptanceMeasured'>;
}

/** The result of a meta run, according to its facts. */
export interface MetaRunFacts {
  readonly asOf: string;
  readonly opened: EventData<'MetaRunOpened'>;
  readonly drafts: readonly MetaRunEvent[];
  readonly parity: { readonly verdict: ParityVerdict; readonly outcome: ParityOutcome };
  readonly allocations: readonly RecordedAllocation[];
  readonly failures: readonly { readonly risk: RiskProfile; readonly code: string; readonly reason: string }[];
}

function parityIn(facts: readonly MetaRunEvent[]): MetaRunFacts['parity'] {
  const [accepted] = dataOf(facts, 'ParityAccepted');
  if (accepted !== undefined) return { verdict: accepted.verdict, outcome: { outcome: 'accepted', used: [], expired: [], uncovered: [] } };
  const [decided] = [...dataOf(facts, 'ParityRejected'), ...dataOf(facts, 'ParityWaived')];
  invariant(decided !== undefined, 'a meta run without a parity decision');
  return { verdict: decided.verdict, outcome: decided.outcome };
}

/** Not of a portfolio below it. */
const ofPortfolio = ({ path }: { readonly path: readonly string[] }): boolean => path.length === 0;

async function allocationIn(artifacts: Artifacts, facts: readonly MetaRunEvent[], risk: RiskProfile): Promise<RecordedAllocation> {
  const joined = factsOfRisk(dataOf(facts, 'SleeveReturnsJoined'), risk).find(ofPortfolio);
  const optimised = factsOfRisk(dataOf(facts, 'SleeveWeightsOptimised'), risk).find(ofPortfolio);
  const guarded = factsOfRisk(dataOf(facts, 'GuardrailsApplied'), risk).find(ofPortfolio);
  const [flattened] = factsOfRisk(dataOf(facts, 'PortfolioFlattened'), risk);
  const [acceptance] = factsOfRisk(dataOf(facts, 'AcceptanceMeasured'), risk);
  invariant(
    joined !== undefined && optimised !== undefined && guarded !== undefined && flattened !== undefined && acceptance !== undefined,
    'an allocation lacks one of its facts',
    { risk },
  );
  const { assets } = await loadDocument(artifacts, 'flattened-portfolio', flattened.portfolio);
  return { risk, joined, optimised, guarded, flattened: { ...flattened, assets }, acceptance };
}

/** Reads the result of a run from its facts and the artifacts that they name. Errors: ArtifactMissing, ArtifactDamaged. */
export async function metaRunFacts(
  { artifacts }: { readonly artifacts: Artifacts },
  facts: readonly MetaRunEvent[],
): Promise<MetaRunFacts> {
  const [opened] = dataOf(facts, 'MetaRunOpened');
  invariant(opened !== undefined, 'a meta run without its opening');
  const allocations: RecordedAllocation[] = [];
  for (const risk of allocatedRisks(facts)) allocations.push(await allocationIn(artifacts, facts, risk));
  const failures = dataOf(facts, 'MetaProfileFailed').map(({ risk, code, reason }) => ({ risk, code, reason }));
  return { asOf: opened.asOf, opened, drafts: facts, parity: parityIn(facts), allocations, failures };
}
