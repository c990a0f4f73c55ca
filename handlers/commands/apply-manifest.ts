import { requireAllocatable, risksOf } from '../../domain/allocation/meta-options.ts';
import { sleeveProfileOf } from '../../domain/manifest/aliases.ts';
import { declaredGrossMax } from '../../domain/manifest/gross-max.ts';
import { metaIdentities } from '../../domain/manifest/identity.ts';
import { listProfiles } from '../../domain/manifest/profiles.ts';
import { publicationPolicyOf } from '../../domain/manifest/publication-policy.ts';
import { atomicSleeves, resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import { resolveProfile } from '../../domain/manifest/resolve.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { isSameDefinition } from '../../domain/publication/definition.ts';
import type { MetaPortfolioDefined, ProposedSleeve } from '../../domain/publication/events.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { hashOfJson } from '../../domain/shared/hashing.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { SleeveCommand } from '../../domain/sleeve/commands.ts';
import type { SleeveState } from '../../domain/sleeve/decider.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import { StagedArtifacts } from '../../domain/documents/staged-artifacts.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { eventsUntil } from '../read-models/views.ts';
import { checkedPortfolios, consumes } from '../runs/checked-portfolios.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

export interface AppliedName {
  readonly name: string;
  /** Number of the definition in force; 0 where none is. */
  readonly number: number;
  /** True when nothing had changed. */
  readonly already: boolean;
  /** The proposal that waits for another person, such as `desk/2`; left out where none does. */
  readonly proposal?: string;
}

/** How a proposed definition is called. */
export const proposalName = (meta: string, proposal: number): string => `${meta}/${proposal}`;

export interface AppliedManifest {
  readonly portfolios: readonly AppliedName[];
  readonly sleeves: readonly AppliedName[];
  /** Portfolios of the ledger that the manifest doesn't have, and that are not halted. */
  readonly absent: readonly string[];
}

/**
 * Names a definition: by the hash under which it has been recorded before, by whatever version of identity, else by the newest. So a
 * release makes no other definition of the same one, and the decisions that rest on it keep their inputs. What an older version cannot tell
 * apart is distinguished by the recorded definition itself.
 */
async function definitionHashOf({ ports }: Session, meta: string, node: MetaNode): Promise<string> {
  const { sha256 } = ports.crypto;
  const [newest, ...older] = metaIdentities(node).map((identity) => hashOfJson(sha256, identity)) as [string, ...string[]];
  if (older.every((hash) => hash === newest)) return newest;
  for (const event of toDomainEvents(await readWholeStream(ports.store, metaPortfolioStream.name(meta)))) {
    if (event.type !== 'MetaPortfolioDefined' || !older.includes(event.data.definitionHash)) continue;
    const recorded = await loadDocument(ports.artifacts, 'meta-portfolio', event.data.definition);
    if (hashOfJson(sha256, metaIdentities(recorded)[0]) === newest) return event.data.definitionHash;
  }
  return newest;
}

/**
 * A portfolio that can be allocated here, with a profile to publish. Errors: those of resolving, EngineUnavailable, BoundsInfeasible,
 * ProfileNotAvailable.
 */
function allocatable(manifest: Manifest, meta: string): MetaNode {
  const node = resolveMeta(manifest, meta);
  requireAllocatable(node);
  risksOf(node, null);
  return node;
}

function sleevesOf(node: MetaNode): MetaPortfolioDefined['sleeves'] {
  return atomicSleeves(node).map(({ path, sleeve }) => ({ path: [...path], sleeve: sleeve.requested, pinnedRunId: sleeve.runId }));
}

/** The definition that a portfolio would get. Errors: those of resolving, EngineUnavailable, BoundsInfeasible, ProfileNotAvailable. */
export async function definitionOf(
  session: Session,
  manifest: Manifest,
  meta: string,
  staged: StagedArtifacts,
): Promise<Omit<MetaPortfolioDefined, 'number'>> {
  const node = allocatable(manifest, meta);
  return {
    meta,
    profile: node.profile,
    definition: staged.document('meta-portfolio', node),
    definitionHash: await definitionHashOf(session, meta, node),
    sleeves: sleevesOf(node),
    risk: risksOf(node, null).risks[0]!,
    policy: publicationPolicyOf(manifest, meta),
  };
}

async function definePortfolio(
  session: Session,
  manifest: Manifest,
  meta: string,
  sleeves: readonly ProposedSleeve[],
): Promise<AppliedName> {
  const staged = new StagedArtifacts(session.ports.crypto.sha256);
  const definition = await definitionOf(session, manifest, meta, staged);
  await session.ports.artifacts.putAll(staged.contents());
  const { appended, state } = await streams.metaPortfolio.handle(session, meta, {
    kind: 'DefineMetaPortfolio',
    definition,
    sleeves,
    proposer: session.actor,
    localUser: session.localUser ?? null,
  });
  const inForce = isSameDefinition(state.definition, definition) && sleeves.length === 0;
  return {
    name: meta,
    number: state.definition?.number ?? 0,
    already: appended.length === 0,
    ...(inForce || state.proposed === null ? {} : { proposal: proposalName(meta, state.proposed.proposal) }),
  };
}

/** The command that defines a sleeve as the manifest has it. */
export function sleeveDefinition(
  manifest: Manifest,
  sleeve: string,
  { definition }: SleeveState,
): Extract<SleeveCommand, { kind: 'DefineSleeve' }> {
  const { name: profile, profile: written } = sleeveProfileOf(manifest, sleeve);
  const grossMax = declaredGrossMax(resolveProfile(manifest, sleeve).blocks.risk);
  const number = (definition?.number ?? 0) + 1;
  return { kind: 'DefineSleeve', sleeve, profile, number, expectedBy: written.expected_by ?? null, grossMax };
}

async function defineSleeve(session: Session, manifest: Manifest, sleeve: string): Promise<AppliedName> {
  for (;;) {
    const command = sleeveDefinition(manifest, sleeve, await streams.sleeve.state(session, sleeve));
    const { appended, state } = await streams.sleeve.handle(session, sleeve, command);
    const inForce = state.definition!;
    // Somebody else's manifest got this number first: ours, the later one, is the next.
    const isOurs = inForce.profile === command.profile && inForce.grossMax === command.grossMax;
    if (!isOurs || canonicalJson(inForce.expectedBy) !== canonicalJson(command.expectedBy)) continue;
    return { name: sleeve, number: inForce.number, already: appended.length === 0 };
  }
}

/** A sleeve whose changed definition waits for a second person, with the portfolios that ask for one. */
export interface WithheldSleeve {
  readonly definition: ProposedSleeve;
  readonly metas: readonly string[];
}

/**
 * The sleeves that would change under a portfolio that asks for a second person, of those that are applied. The first definition of a
 * sleeve is not among them: it lets results in, and no portfolio in force consumes them yet. Errors: DefinitionUnapproved where such a
 * portfolio is not applied with its sleeve, so that nothing could carry the change.
 */
export async function withheldSleeves(
  session: Session,
  manifest: Manifest,
  { metas, sleeves }: ReturnType<typeof namesOf>,
): Promise<readonly WithheldSleeve[]> {
  const checked = await checkedPortfolios(session.ports.store);
  const withheld: WithheldSleeve[] = [];
  for (const sleeve of sleeves) {
    const asking = checked.filter((portfolio) => consumes(portfolio, sleeve)).map(({ meta }) => meta);
    if (asking.length === 0) continue;
    const before = await streams.sleeve.state(session, sleeve);
    const { kind: _, ...definition } = sleeveDefinition(manifest, sleeve, before);
    const decided = sleeveStream.decider.decide({ kind: 'DefineSleeve', ...definition }, before);
    if (before.definition === null || decided.length === 0) continue;
    const applied = asking.filter((meta) => metas.includes(meta));
    if (applied.length === 0)
      throw new LedgerError(
        'DefinitionUnapproved',
        `sleeve ${sleeve} changes, and ${asking.join(', ')}, which consumes it under maker_checker, is not applied with it`,
        { evidence: { sleeve, asking } },
      );
    withheld.push({ definition, metas: applied });
  }
  return withheld;
}

/** What a portfolio's proposal carries of the sleeves that are withheld. */
export function carriedBy(meta: string, withheld: readonly WithheldSleeve[]): ProposedSleeve[] {
  return withheld.filter(({ metas }) => metas.includes(meta)).map(({ definition }) => definition);
}

/** The portfolios and sleeves that applying a manifest concerns. Errors: those of `definitionOf`. */
export function namesOf(
  manifest: Manifest,
  metas: readonly string[] | null,
): { readonly metas: readonly string[]; readonly sleeves: readonly string[] } {
  const profiles = listProfiles(manifest);
  const wanted = metas ?? profiles.filter(({ kind }) => kind === 'meta').map(({ name }) => name);
  const requested = wanted.flatMap((meta) => sleevesOf(allocatable(manifest, meta)).map(({ sleeve }) => sleeve));
  const own = profiles.filter(({ kind }) => kind === 'sleeve').map(({ name }) => name);
  return { metas: wanted, sleeves: [...new Set([...requested, ...own])].toSorted(byCodeUnits) };
}

/** Portfolios of the ledger that a manifest doesn't have, and that are not halted. */
export async function portfoliosAbsentFrom(session: Session, manifest: Manifest): Promise<string[]> {
  const defined = new Set<string>();
  for await (const stored of eventsUntil(session.ports.store, null, ['MetaPortfolioDefined'])) {
    const meta = metaPortfolioStream.idOf(stored.stream);
    if (meta !== null && !Object.hasOwn(manifest.profiles, meta)) defined.add(meta);
  }
  const absent: string[] = [];
  for (const meta of [...defined].toSorted(byCodeUnits)) {
    if ((await streams.metaPortfolio.state(session, meta)).haltedWhy === null) absent.push(meta);
  }
  return absent;
}

/**
 * Makes a manifest's sleeves and meta portfolios known to the ledger: what the intake takes in and the reaction allocates. Portfolios named
 * by an alias are defined only when asked for. Everything is resolved before anything is recorded; a definition that changes nothing is not
 * recorded again, and one under maker_checker is proposed only. Errors: those of resolving, BoundsInfeasible, EngineUnavailable,
 * ProfileNotAvailable, DefinitionUnapproved, ActorUnnamed, ActorUnseen, ActorConfusable.
 */
export async function applyManifest(session: Session, manifest: Manifest, metas: readonly string[] | null): Promise<AppliedManifest> {
  const names = namesOf(manifest, metas);
  const withheld = await withheldSleeves(session, manifest, names);
  const free = names.sleeves.filter((name) => !withheld.some(({ definition }) => definition.sleeve === name));
  const defined = new Map<string, AppliedName>();
  for (const name of free) defined.set(name, await defineSleeve(session, manifest, name));
  const portfolios: AppliedName[] = [];
  for (const meta of names.metas) portfolios.push(await definePortfolio(session, manifest, meta, carriedBy(meta, withheld)));
  for (const { definition, metas: carriers } of withheld) {
    const { sleeve, number } = definition;
    const carrier = portfolios.find(({ name }) => name === carriers[0])!;
    defined.set(sleeve, { name: sleeve, number: number - 1, already: carrier.already, proposal: carrier.proposal! });
  }
  const sleeves = names.sleeves.map((name) => defined.get(name)!);
  return { portfolios, sleeves, absent: await portfoliosAbsentFrom(session, manifest) };
}
