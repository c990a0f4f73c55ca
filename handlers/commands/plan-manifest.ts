import { type Manifest } from '../../domain/manifest/schema.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import type { MetaPortfolioDefined } from '../../domain/publication/events.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import type { SleeveDefined } from '../../domain/sleeve/intake-events.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import { StagedArtifacts } from '../../domain/documents/staged-artifacts.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { portfoliosAbsentFrom, definitionOf, namesOf, sleeveDefinition } from './apply-manifest.ts';

export interface PlannedName {
  readonly name: string;
  /** Number of the definition that would be in force. */
  readonly number: number;
  readonly change: 'new' | 'changed' | 'unchanged';
  /** What of the definition in force would change. */
  readonly changes: readonly string[];
}

export interface ManifestPlan {
  readonly portfolios: readonly PlannedName[];
  readonly sleeves: readonly PlannedName[];
  /** Portfolios of the ledger that the manifest doesn't have, and that are not halted. */
  readonly absent: readonly string[];
}

function differing(before: object, after: object, prefix = ''): string[] {
  const [left, right] = [new Map<string, unknown>(Object.entries(before)), new Map<string, unknown>(Object.entries(after))];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names
    .filter((name) => canonicalJson(left.get(name) ?? null) !== canonicalJson(right.get(name) ?? null))
    .map((name) => `${prefix}${name}`);
}

function portfolioChanges(before: MetaPortfolioDefined, after: MetaPortfolioDefined): string[] {
  return [
    ...(before.definitionHash === after.definitionHash ? [] : ['definition']),
    ...(before.risk === after.risk ? [] : ['risk']),
    ...differing(before.policy, after.policy, 'policy.'),
  ];
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

async function plannedPortfolio(session: Session, manifest: Manifest, meta: string): Promise<PlannedName> {
  const definition = await definitionOf(session, manifest, meta, new StagedArtifacts(session.ports.crypto.sha256));
  const before = await streams.metaPortfolio.state(session, meta);
  const decided = metaPortfolioStream.decider.decide({ kind: 'DefineMetaPortfolio', definition }, before);
  return planned(meta, before.definition, decided.reduce(metaPortfolioStream.evolve, before).definition!, portfolioChanges);
}

async function plannedSleeve(session: Session, manifest: Manifest, sleeve: string): Promise<PlannedName> {
  const before = await streams.sleeve.state(session, sleeve);
  const decided = sleeveStream.decider.decide(sleeveDefinition(manifest, sleeve, before), before);
  return planned(sleeve, before.definition, decided.reduce(sleeveStream.evolve, before).definition!, sleeveChanges);
}

/**
 * What applying a manifest would define or change, decided by the deciders themselves; nothing is recorded. Errors: those of
 * `applyManifest`.
 */
export async function planManifest(session: Session, manifest: Manifest, metas: readonly string[] | null): Promise<ManifestPlan> {
  const names = namesOf(manifest, metas);
  const sleeves: PlannedName[] = [];
  for (const sleeve of names.sleeves) sleeves.push(await plannedSleeve(session, manifest, sleeve));
  const portfolios: PlannedName[] = [];
  for (const meta of names.metas) portfolios.push(await plannedPortfolio(session, manifest, meta));
  return { portfolios, sleeves, absent: await portfoliosAbsentFrom(session, manifest) };
}
