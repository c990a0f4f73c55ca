import type { Json } from '../shared/canonical-json.ts';
import { LedgerError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { cycleFromLeast, metaProfileOf } from './aliases.ts';
import { combineBounds } from './bounds.ts';
import { acceptanceDefaults, currencyDefault, metaAllocationDefaults, parityDefaults } from './defaults.ts';
import { overrideMeta } from './meta-overrides.ts';
import { refuseManifest } from './problems.ts';
import { type Provenance, withSortedKeys } from './provenance.ts';
import { resolveProfile, settleBlocks } from './resolve.ts';
import { PathCounts } from './sleeve-paths.ts';
import type { AtomicNode, MetaNode, NestedNode } from './resolved-meta-schema.ts';
import type { ResolvedProfile } from './resolved-schema.ts';
import type { Manifest, MetaProfile } from './schema.ts';

/** Settings from outside for the portfolio asked for; those below it are resolved as the manifest has them. */
export interface MetaOutsideSettings {
  readonly overrides?: Readonly<Record<string, Json>>;
}

function refuseNest(visited: readonly string[], name: string): void {
  const way = [...visited, name];
  if (visited.includes(name)) {
    const cycle = cycleFromLeast(visited.slice(visited.indexOf(name)));
    throw new LedgerError('PortfolioNestInvalid', `Meta portfolios contain one another: ${cycle.join(' -> ')}.`, {
      evidence: { cycle, way },
      at: { path: `profiles.${cycle[0]!}.sleeves` },
    });
  }
  if (visited.length > limits.portfolioDepthMax) {
    throw new LedgerError('PortfolioNestInvalid', `Meta portfolios nest deeper than ${limits.portfolioDepthMax}: ${way.join(' -> ')}.`, {
      evidence: { way, depth: visited.length, depthMax: limits.portfolioDepthMax },
      at: { path: `profiles.${visited.at(-1)!}.sleeves` },
    });
  }
}

/** Lays a written object over its defaults, leaf by leaf with its origin. */
function overDefaults<Defaults extends object, Written extends object>(
  name: string,
  profileName: string,
  defaults: Defaults,
  written: Written | undefined,
  fromOutside: ReadonlySet<string>,
): { readonly value: Defaults & Written; readonly provenance: Record<string, Provenance> } {
  const value: Record<string, unknown> = { ...(defaults as Record<string, unknown>), ...(written as Record<string, unknown> | undefined) };
  const provenance: Record<string, Provenance> = {};
  for (const key of Object.keys(value)) {
    const path = `${name}.${key}`;
    if (fromOutside.has(path)) provenance[path] = { layer: 'cli', at: path };
    else if (written !== undefined && key in written) provenance[path] = { layer: 'profile', at: `profiles.${profileName}.${path}` };
    else provenance[path] = { layer: 'code', at: null };
  }
  return { value: withSortedKeys(value) as Defaults & Written, provenance };
}

/** Every way to a sleeve is a sleeve of its own later on: settings, returns, weights. */
function refuseCrowd(counts: PathCounts, name: string, profile: MetaProfile): void {
  const paths = counts.of(profile);
  if (paths <= limits.portfolioPathsMax) return;
  const said = `${name} holds ${paths} sleeves, each counted on every way to it; at most ${limits.portfolioPathsMax} are allowed.`;
  throw new LedgerError('PortfolioNestInvalid', said, {
    evidence: { paths, pathsMax: limits.portfolioPathsMax },
    at: { path: `profiles.${name}.sleeves` },
  });
}

/** What was resolved already, of one manifest: a profile below several portfolios is resolved once, a portfolio once for each depth. */
export class ResolvedOnce {
  readonly manifest: Manifest;
  readonly counts: PathCounts;
  readonly #profiles = new Map<string, ResolvedProfile>();
  readonly #metas = new Map<string, MetaNode>();

  constructor(manifest: Manifest) {
    this.manifest = manifest;
    this.counts = new PathCounts(manifest);
  }

  profile(requested: string): ResolvedProfile {
    const known = this.#profiles.get(requested) ?? resolveProfile(this.manifest, requested);
    this.#profiles.set(requested, known);
    return known;
  }

  /** One that was resolved below others holds none of them, or it would hold itself: what is above it changes its depth alone. */
  meta(requested: string, visited: readonly string[]): MetaNode {
    const place = `${visited.length} ${requested}`;
    const known = this.#metas.get(place) ?? resolveNode(this, requested, visited, {});
    this.#metas.set(place, known);
    return known;
  }
}

function resolveSleeves(resolved: ResolvedOnce, profile: MetaProfile, visited: readonly string[]): (AtomicNode | NestedNode)[] {
  return profile.sleeves.map((sleeve) => {
    const common = { id: sleeve.id, description: sleeve.description ?? null, weightLimit: sleeve.weight_limit ?? null };
    if ('meta_profile' in sleeve) return { ...common, kind: 'nested', meta: resolved.meta(sleeve.meta_profile, visited) };
    const own = resolved.profile(sleeve.profile);
    return { ...common, kind: 'atomic', requested: sleeve.profile, profile: own.profile, runId: sleeve.run_id ?? null, resolved: own };
  });
}

function resolveNode(resolved: ResolvedOnce, requested: string, visited: readonly string[], outside: MetaOutsideSettings): MetaNode {
  const { manifest, counts } = resolved;
  const { name, profile: asWritten, aliases } = metaProfileOf(manifest, requested);
  refuseNest(visited, name);
  refuseCrowd(counts, name, asWritten);
  const overridden = overrideMeta(asWritten, outside.overrides ?? {});
  if (!('profile' in overridden)) refuseManifest(overridden);
  const { profile, paths, blockSettings } = overridden;
  const { settled, problems } = settleBlocks(manifest, name, profile, { overrides: blockSettings });
  if (settled === null || problems.length > 0) refuseManifest(problems);
  const allocation = overDefaults('meta_allocation', name, metaAllocationDefaults, profile.meta_allocation, paths);
  const parity = overDefaults('parity', name, parityDefaults, profile.parity, paths);
  const acceptance = overDefaults('acceptance', name, acceptanceDefaults, profile.acceptance, paths);
  const guardrail = (key: 'min_weight' | 'max_weight') => ({
    value: allocation.value[key] as number | null,
    layer: allocation.provenance[`meta_allocation.${key}`]!.layer,
  });
  const sleeves = resolveSleeves(resolved, profile, [...visited, name]);
  const limited = sleeves.map(({ id, weightLimit }) => ({
    id,
    weightLimit,
    weightLimitLayer: paths.has(`sleeves.${id}.weight_limit`) ? ('cli' as const) : ('profile' as const),
  }));
  return {
    requested,
    profile: name,
    aliases: [...aliases],
    depth: visited.length,
    description: profile.description ?? null,
    currency: profile.currency ?? currencyDefault,
    allocation: allocation.value,
    parity: { mandate: parity.value.mandate, exceptions: [...parity.value.exceptions] },
    acceptance: acceptance.value,
    blocks: settled.blocks,
    provenance: withSortedKeys({ ...settled.provenance, ...allocation.provenance, ...parity.provenance, ...acceptance.provenance }),
    bounds: combineBounds(limited, { min_weight: guardrail('min_weight'), max_weight: guardrail('max_weight') }, `profiles.${name}.`),
    sleeves,
  };
}

/**
 * Resolves a meta portfolio with everything below it. Plain JSON. The root has depth 0 and depth 3 is the last allowed.
 * Errors: ProfileUnknown, AliasCycle, PortfolioNestInvalid (cycle, depth or number of sleeves), ManifestInvalid, BoundsInfeasible.
 */
export function resolveMeta(
  manifest: Manifest,
  requested: string,
  outside: MetaOutsideSettings = {},
  resolved: ResolvedOnce = new ResolvedOnce(manifest),
): MetaNode {
  return outside.overrides === undefined ? resolved.meta(requested, []) : resolveNode(resolved, requested, [], outside);
}

export interface AtomicSleeve {
  /** Sleeve ids from the root down. */
  readonly path: readonly string[];
  readonly sleeve: AtomicNode;
}

/** Every sleeve below a portfolio that is not a portfolio itself, depth first in the order of the manifest. */
export function atomicSleeves(node: MetaNode, prefix: readonly string[] = []): AtomicSleeve[] {
  return node.sleeves.flatMap((sleeve) => {
    const path = [...prefix, sleeve.id];
    return sleeve.kind === 'nested' ? atomicSleeves(sleeve.meta, path) : [{ path, sleeve }];
  });
}

/** Boxes of the sleeves directly below a portfolio, with what set each side. */
export function boundsFor(node: MetaNode): MetaNode['bounds'] {
  return node.bounds;
}
