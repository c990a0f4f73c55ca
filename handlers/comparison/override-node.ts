import { combineBounds, type Guardrail } from '../../domain/manifest/bounds.ts';
import { type ResolvedBlocks, resolvedBlocksSchema } from '../../domain/manifest/blocks.ts';
import { layerOfPaths, mergeLayers } from '../../domain/manifest/layers.ts';
import { overriddenExceptionProblems } from '../../domain/manifest/exception-sleeves.ts';
import { overrideMeta } from '../../domain/manifest/meta-overrides.ts';
import type { ManifestProblem } from '../../domain/manifest/problems.ts';
import { type Provenance, withSortedKeys } from '../../domain/manifest/provenance.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { type MetaProfile, metaProfileSchema } from '../../domain/manifest/schema.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';

export type Overrides = Readonly<Record<string, Json>>;

const atEveryLevel = [
  'meta_allocation.min_weight',
  'meta_allocation.max_weight',
  'meta_allocation.join',
  'meta_allocation.projection',
  'risk.estimator',
  'risk.hrp.distance',
  'risk.hrp.linkage',
  'risk.hrp.leaf_order',
  'risk.aggressor_fraction',
  'risk.ridge',
  'features.default_shrinkage_intensity',
] as const;

/** What a nested portfolio takes from the one asked for. */
const atTheRoot = [
  'meta_allocation.profile',
  'meta_allocation.allow_proxy',
  'meta_allocation.max_staleness_sessions',
  'parity.mandate',
  'parity.exceptions',
  'acceptance.concentration_warn',
  'acceptance.concentration_fail',
] as const;

/** Settings of a recorded portfolio that can change its numbers or its verdicts. */
export function settablePaths(node: MetaNode): string[] {
  const own = node.depth === 0 ? [...atTheRoot, ...atEveryLevel] : [...atEveryLevel];
  const below = node.sleeves.flatMap((sleeve) => {
    const inside = sleeve.kind === 'nested' ? settablePaths(sleeve.meta) : [];
    return ['weight_limit', ...inside].map((path) => `sleeves.${sleeve.id}.${path}`);
  });
  return [...own, ...below];
}

function refuse(path: string, why: string, evidence: Record<string, unknown> = {}): never {
  throw new LedgerError('Usage', `--set ${path}: ${why}`, { evidence, at: { path } });
}

function refuseProblems(problems: readonly ManifestProblem[]): never {
  const [first] = problems;
  refuse(first!.path, first!.message, { problems });
}

/** The recorded node as a manifest would have to write it. */
function asWritten(node: MetaNode): MetaProfile {
  const { allocation, parity, acceptance } = node;
  const sleeves = node.sleeves.map((sleeve) => ({
    id: sleeve.id,
    ...(sleeve.kind === 'nested' ? { meta_profile: sleeve.meta.requested } : { profile: sleeve.requested }),
    ...(sleeve.weightLimit === null ? {} : { weight_limit: sleeve.weightLimit }),
  }));
  return metaProfileSchema.parse({ sleeves, meta_allocation: allocation, parity, acceptance });
}

function overriddenBlocks(
  node: MetaNode,
  settings: Overrides,
): Pick<MetaNode, 'blocks'> & { readonly set: Readonly<Record<string, Provenance>> } {
  const layer = layerOfPaths('cli', settings);
  if (!('blocks' in layer)) refuseProblems(layer);
  const merged = mergeLayers([{ layer: 'profile', at: null, blocks: node.blocks }, layer]);
  const blocks: ResolvedBlocks = resolvedBlocksSchema.parse(merged.blocks);
  return { blocks, set: Object.fromEntries(Object.entries(merged.provenance).filter(([, origin]) => origin.layer === 'cli')) };
}

/** Overrides of a nested portfolio are handed down to it. */
function splitByLevel(node: MetaNode, overrides: Overrides): { readonly here: Overrides; readonly below: ReadonlyMap<string, Overrides> } {
  const here: Record<string, Json> = {};
  const below = new Map<string, Record<string, Json>>();
  for (const [path, value] of Object.entries(overrides)) {
    const [first, id, ...rest] = path.split('.');
    const isBelow =
      first === 'sleeves' &&
      rest.join('.') !== 'weight_limit' &&
      node.sleeves.some((sleeve) => sleeve.id === id && sleeve.kind === 'nested');
    if (isBelow) below.set(id!, { ...below.get(id!), [rest.join('.')]: value });
    else here[path] = value;
  }
  return { here, below };
}

function overridden(node: MetaNode, overrides: Overrides): MetaNode {
  const { here, below } = splitByLevel(node, overrides);
  const changed = overrideMeta(asWritten(node), here);
  if (!('profile' in changed)) refuseProblems(changed);
  const { profile, paths, blockSettings } = changed;
  const misnamed = paths.has('parity.exceptions') ? overriddenExceptionProblems(node, profile.parity) : [];
  if (misnamed.length > 0) refuseProblems(misnamed);
  const { blocks, set } = overriddenBlocks(node, blockSettings);
  const allocation: MetaNode['allocation'] = { ...node.allocation, ...(profile.meta_allocation as Partial<MetaNode['allocation']>) };
  const guardrail = (key: 'min_weight' | 'max_weight'): Guardrail => {
    const path = `meta_allocation.${key}`;
    return { value: allocation[key], layer: paths.has(path) ? 'cli' : node.provenance[path]!.layer };
  };
  const sleeves = node.sleeves.map((sleeve, index) => {
    const weightLimit = profile.sleeves[index]!.weight_limit ?? null;
    return sleeve.kind === 'nested'
      ? { ...sleeve, weightLimit, meta: overridden(sleeve.meta, below.get(sleeve.id) ?? {}) }
      : { ...sleeve, weightLimit };
  });
  const limits = sleeves.map(({ id, weightLimit }) => ({
    id,
    weightLimit,
    weightLimitLayer: paths.has(`sleeves.${id}.weight_limit`) ? ('cli' as const) : ('profile' as const),
  }));
  const fromOutside = Object.fromEntries([...paths].map((path) => [path, { layer: 'cli' as const, at: path }]));
  return {
    ...node,
    allocation,
    parity: { mandate: profile.parity!.mandate!, exceptions: [...profile.parity!.exceptions!] },
    acceptance: {
      concentration_warn: profile.acceptance!.concentration_warn!,
      concentration_fail: profile.acceptance!.concentration_fail!,
    },
    blocks,
    provenance: withSortedKeys({ ...node.provenance, ...fromOutside, ...set }),
    bounds: combineBounds(
      limits,
      { min_weight: guardrail('min_weight'), max_weight: guardrail('max_weight') },
      `profiles.${node.profile}.`,
    ),
    sleeves,
  };
}

/**
 * A recorded portfolio with other settings: laid over it as the command line is laid over a manifest, with the bounds combined again.
 * Errors: Usage for a path that is not known or changes nothing, and for a value that its setting does not take; BoundsInfeasible.
 */
export function overrideNode(node: MetaNode, overrides: Overrides): MetaNode {
  const known = settablePaths(node);
  for (const path of Object.keys(overrides)) {
    if (known.includes(path)) continue;
    refuse(path, `no such setting of a recorded portfolio${suggestion(path, known)}`, { known });
  }
  return overridden(node, overrides);
}

/** The portfolio without some of its sleeves. Errors: Usage for a sleeve that it does not have, or when none would be left. */
export function withoutSleeves(node: MetaNode, dropped: readonly string[]): MetaNode {
  const ids = node.sleeves.map(({ id }) => id);
  const unknown = dropped.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    throw new LedgerError('Usage', `--drop-sleeve ${unknown}: the portfolio has no such sleeve${suggestion(unknown, ids)}`, {
      evidence: { ids },
      at: { path: '--drop-sleeve' },
    });
  }
  const kept = (id: string): boolean => !dropped.includes(id);
  if (!ids.some(kept)) throw new LedgerError('Usage', '--drop-sleeve would leave no sleeve', { at: { path: '--drop-sleeve' } });
  return { ...node, sleeves: node.sleeves.filter(({ id }) => kept(id)), bounds: node.bounds.filter(({ id }) => kept(id)) };
}
