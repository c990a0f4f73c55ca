import { assertFeasible } from '../manifest/feasible.ts';
import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { hasMetaProfile, requireMetaProfile } from '../manifest/risk-profiles.ts';
import { type RiskProfile, riskProfileSchema } from '../risk/schemas.ts';
import type { MetaRunOptions } from '../run/meta-run-options.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';

/** What a user may request of a meta run beside its definition. */
export interface RequestedOptions {
  /** null: the profile of meta_allocation; `all`: every profile that the manifest lists. */
  readonly risks: readonly string[] | 'all' | null;
  readonly join: MetaRunOptions['join'];
  readonly projection: MetaRunOptions['projection'];
  /** null: as the definition says. */
  readonly proxies: MetaRunOptions['proxies'] | null;
  readonly asOf: string | null;
}

/** Nothing was requested. */
export const defaultOptions: RequestedOptions = { risks: null, join: null, projection: null, proxies: null, asOf: null };

/** Whether every sleeve of a nest lists the adaptive profile: one that does not has no stream that adapted. */
function adaptsThroughout({ sleeves }: MetaNode): boolean {
  return sleeves.every((sleeve) =>
    sleeve.kind === 'nested' ? adaptsThroughout(sleeve.meta) : sleeve.resolved.blocks.backtest.profiles.includes('adaptive'),
  );
}

/** Profiles that a portfolio lists and can match with its sleeves. */
function matchedProfiles(node: MetaNode): RiskProfile[] {
  return node.blocks.backtest.profiles.filter(hasMetaProfile).filter((risk) => risk !== 'adaptive' || adaptsThroughout(node));
}

/** Profiles of a run and who asked for them. Errors: Usage, ProfileNotAvailable. */
export function risksOf(node: MetaNode, asked: RequestedOptions['risks']): Pick<MetaRunOptions, 'risks' | 'risksFrom'> {
  if (asked === null) return { risks: [requireMetaProfile(node.allocation.profile)], risksFrom: 'meta_allocation' };
  const names = asked === 'all' ? matchedProfiles(node) : asked.map(requireMetaProfile);
  const wanted = new Set<string>(names);
  return { risks: riskProfileSchema.options.filter((risk) => wanted.has(risk)), risksFrom: 'flag' };
}

function declaredProxies(node: MetaNode): MetaRunOptions['proxies'] {
  return Object.fromEntries(
    Object.entries(node.allocation.allow_proxy).map(([risk, standIns]) => [risk, (standIns ?? []).map(requireMetaProfile)]),
  );
}

/**
 * What a portfolio is allocated with: the inputs of the reaction and of a plain `flow meta` are the same. Errors: Usage,
 * ProfileNotAvailable.
 */
export function optionsOf(node: MetaNode, asked: RequestedOptions): MetaRunOptions {
  return {
    ...risksOf(node, asked.risks),
    join: asked.join,
    projection: asked.projection,
    proxies: asked.proxies ?? declaredProxies(node),
    asOf: asked.asOf,
  };
}

/** Profiles whose streams a run may consume: those asked for and their stand-ins. */
export function streamsFor({ risks, proxies }: Pick<MetaRunOptions, 'risks' | 'proxies'>): RiskProfile[] {
  return [...new Set([...risks, ...risks.flatMap((risk) => proxies[risk] ?? [])])].toSorted(byCodeUnits);
}

/** Names other engines' allocations as what they are: not computed here. Errors: EngineUnavailable. */
function requireOwnEngine(node: MetaNode): void {
  const { engine } = node.allocation;
  if (engine !== 'custom')
    throw new LedgerError('EngineUnavailable', `${node.requested} asks for the engine ${engine}`, {
      at: { path: `profiles.${node.profile}.meta_allocation.engine` },
    });
  for (const sleeve of node.sleeves) if (sleeve.kind === 'nested') requireOwnEngine(sleeve.meta);
}

/** A portfolio that can be computed here at all. Errors: EngineUnavailable, BoundsInfeasible. */
export function requireAllocatable(node: MetaNode): void {
  requireOwnEngine(node);
  assertFeasible(node);
}
