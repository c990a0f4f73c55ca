import { type Manifest } from '../../domain/manifest/schema.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { definitionChanges, differing } from '../../domain/publication/definition-changes.ts';
import { isCheckedDefinition, isSameDefinition } from '../../domain/publication/definition.ts';
import type { ProposedSleeve } from '../../domain/publication/events.ts';
import type { SleeveDefined } from '../../domain/sleeve/intake-events.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import { StagedArtifacts } from '../../domain/documents/staged-artifacts.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { carriedBy, portfoliosAbsentFrom, definitionOf, namesOf, sleeveDefinition, withheldSleeves } from './apply-manifest.ts';

export interface PlannedName {
  readonly name: string;
  /** Number of the definition that would be in force. */
  readonly number: number;
  readonly change: 'new' | 'changed' | 'unchanged';
  /** What of the definition in force would change. */
  readonly changes: readonly string[];
  /** True where it would be proposed, or is, and waits for another person; left out where it needs none. */
  readonly needsApproval?: true;
}

export interface ManifestPlan {
  readonly portfolios: readonly PlannedName[];
  readonly sleeves: readonly PlannedName[];
  /** Portfolios of the ledger that the manifest doesn't have, and that are not halted. */
  readonly absent: readonly string[];
}

const told = ({ profile, expectedBy, grossMax }: SleeveDefined): object => ({ profile, expected_by: expectedBy, gross_max: grossMax });

function sleeveChanges(before: SleeveDefined, after: SleeveDefined): string[] {
  return differing(told(before), told(after));
}

function planned<Definition extends { readonly number: number }>(
  name: string,
  before: Definition | null,
  after: Definition,
  changesOf: (before: Definition, after: Definition) => string[],
): PlannedName {
  if (before === null) return { name, number: after.number, change: 'new', changes: [] };
  if (before.number === after.number) return { name, number: before.number, change: 'unchanged', changes: [] };
  return { name, number: after.number, change: 'changed', changes: changesOf(before, after) };
}

async function plannedPortfolio(
  session: Session,
  manifest: Manifest,
  meta: string,
  sleeves: readonly ProposedSleeve[],
): Promise<PlannedName> {
  const definition = await definitionOf(session, manifest, meta, new StagedArtifacts(session.ports.crypto.sha256));
  const before = await streams.metaPortfolio.state(session, meta);
  const { decider, evolve } = metaPortfolioStream;
  const { actor, localUser = null } = session;
  const decided = decider.decide({ kind: 'DefineMetaPortfolio', definition, sleeves, proposer: actor, localUser }, before);
  const after = decided.reduce(evolve, before);
  if (isSameDefinition(before.definition, definition)) {
    // Where only sleeves change, the portfolio carries their definitions and keeps the one that it has.
    const kept = planned(meta, before.definition, after.definition!, () => []);
    return sleeves.length === 0 ? kept : { ...kept, needsApproval: true };
  }
  if (!isCheckedDefinition(before.definition, definition)) return planned(meta, before.definition, after.definition!, definitionChanges);
  const number = (before.definition?.number ?? 0) + 1;
  const changes = before.definition === null ? [] : definitionChanges(before.definition, definition);
  const change = decided.length === 0 ? 'unchanged' : before.definition === null ? 'new' : 'changed';
  return { name: meta, number, change, changes, needsApproval: true };
}

async function plannedSleeve(session: Session, manifest: Manifest, sleeve: string, isWithheld: boolean): Promise<PlannedName> {
  const before = await streams.sleeve.state(session, sleeve);
  const decided = sleeveStream.decider.decide(sleeveDefinition(manifest, sleeve, before), before);
  const plan = planned(sleeve, before.definition, decided.reduce(sleeveStream.evolve, before).definition!, sleeveChanges);
  return isWithheld ? { ...plan, needsApproval: true } : plan;
}

/**
 * What applying a manifest would define or change, decided by the deciders themselves; nothing is recorded. Errors: those of
 * `applyManifest`.
 */
export async function planManifest(session: Session, manifest: Manifest, metas: readonly string[] | null): Promise<ManifestPlan> {
  const names = namesOf(manifest, metas);
  const withheld = await withheldSleeves(session, manifest, names);
  const sleeves: PlannedName[] = [];
  for (const name of names.sleeves) {
    const isWithheld = withheld.some(({ definition }) => definition.sleeve === name);
    sleeves.push(await plannedSleeve(session, manifest, name, isWithheld));
  }
  const portfolios: PlannedName[] = [];
  for (const meta of names.metas) portfolios.push(await plannedPortfolio(session, manifest, meta, carriedBy(meta, withheld)));
  return { portfolios, sleeves, absent: await portfoliosAbsentFrom(session, manifest) };
}
