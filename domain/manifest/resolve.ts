import type { Json } from '../shared/canonical-json.ts';
import { sleeveProfileOf } from './aliases.ts';
import { resolvedBlocksSchema, type WrittenBlocks } from './blocks.ts';
import { contradictions, neutralWithoutShorts } from './contradictions.ts';
import { currencyDefault } from './defaults.ts';
import { codeLayer, layerOfPaths, mergeLayers, type SettingsLayer } from './layers.ts';
import { notAppliedLeaves } from './not-applied.ts';
import { type ManifestProblem, problem, problemsOfIssues, refuseManifest } from './problems.ts';
import { leavesOf, type Provenance, withSortedKeys } from './provenance.ts';
import type { ResolvedProfile } from './resolved-schema.ts';
import type { Manifest } from './schema.ts';

/** Settings from outside the manifest, by dotted path: the command line beats the environment beats the manifest. */
export interface OutsideSettings {
  readonly overrides?: Readonly<Record<string, Json>>;
  readonly environment?: Readonly<Record<string, Json>>;
}

export type ResolvedSettings = Pick<ResolvedProfile, 'blocks' | 'selectionMode' | 'asWritten' | 'provenance' | 'notApplied'>;

function outsideLayers(outside: OutsideSettings): { readonly settings: SettingsLayer[]; readonly problems: ManifestProblem[] } {
  const settings: SettingsLayer[] = [];
  const problems: ManifestProblem[] = [];
  for (const [layer, given] of [
    ['environment', outside.environment],
    ['cli', outside.overrides],
  ] as const) {
    if (given === undefined) continue;
    const made = layerOfPaths(layer, given);
    if ('blocks' in made) settings.push(made);
    else problems.push(...made);
  }
  return { settings, problems };
}

/** Layers of the manifest for one profile, weakest first. */
function layersOf(manifest: Manifest, profileName: string, profile: WrittenBlocks): SettingsLayer[] {
  return [
    codeLayer,
    { layer: 'defaults', at: 'defaults', blocks: manifest.defaults ?? {} },
    { layer: 'root', at: '', blocks: manifest },
    { layer: 'profile', at: `profiles.${profileName}`, blocks: profile },
  ];
}

/**
 * `selection.selection_mode` is redirected to `features.selection_mode`: within a layer the two must agree, between layers the later
 * decides. Leaves are kept in both places; parity compares them as written.
 */
function decideSelectionMode(settings: readonly SettingsLayer[], problems: ManifestProblem[]): ResolvedSettings['selectionMode'] {
  let decided: ResolvedSettings['selectionMode'] = { value: '', path: 'features.selection_mode', layer: 'code' };
  for (const { layer, at, blocks } of settings) {
    const inSelection = blocks.selection?.selection_mode;
    const inFeatures = blocks.features?.selection_mode;
    if (inSelection !== undefined && inFeatures !== undefined && inSelection !== inFeatures) {
      const path = `${at === null || at === '' ? '' : `${at}.`}selection.selection_mode`;
      problems.push(problem(path, `${path} is ${inSelection}, but features.selection_mode beside it is ${inFeatures}: write one mode.`));
    }
    if (inSelection !== undefined) decided = { value: inSelection, path: 'selection.selection_mode', layer };
    else if (inFeatures !== undefined) decided = { value: inFeatures, path: 'features.selection_mode', layer };
  }
  return decided;
}

/** Lays the layers of a profile over one another; `problems` collects what contradicts itself. */
export function settleBlocks(
  manifest: Manifest,
  profileName: string,
  profile: WrittenBlocks,
  outside: OutsideSettings,
): { readonly settled: ResolvedSettings | null; readonly problems: readonly ManifestProblem[] } {
  const { settings: extra, problems } = outsideLayers(outside);
  const settings = [...layersOf(manifest, profileName, profile), ...extra];
  const { blocks, provenance } = mergeLayers(settings);
  const selectionMode = decideSelectionMode(settings, problems);
  const features = blocks['features']!;
  const asWritten = { 'features.selection_mode': String(features['selection_mode']) };
  const origin: Record<string, Provenance> = { ...provenance };
  if (selectionMode.path === 'selection.selection_mode' && selectionMode.layer !== 'code') {
    features['selection_mode'] = selectionMode.value;
    origin['features.selection_mode'] = provenance['selection.selection_mode']!;
  }
  const parsed = resolvedBlocksSchema.safeParse(blocks, { reportInput: true });
  if (!parsed.success) return { settled: null, problems: [...problems, ...problemsOfIssues(parsed.error.issues)] };
  problems.push(...contradictions(parsed.data, origin));
  const notApplied = notAppliedLeaves(leavesOf(blocks), origin);
  return { settled: { blocks: parsed.data, selectionMode, asWritten, provenance: withSortedKeys(origin), notApplied }, problems };
}

/**
 * Resolves a sleeve's profile: code < defaults < root < profile < environment < command line. Plain JSON; the same whatever the order
 * of keys in the manifest. Errors: ProfileUnknown, AliasCycle, ManifestInvalid (all problems in the evidence).
 */
export function resolveProfile(manifest: Manifest, requested: string, outside: OutsideSettings = {}): ResolvedProfile {
  const { name, profile, aliases } = sleeveProfileOf(manifest, requested);
  const { settled, problems } = settleBlocks(manifest, name, profile, outside);
  if (settled === null || problems.length > 0) refuseManifest(problems);
  const neutral = neutralWithoutShorts(settled.blocks, settled.selectionMode.value, settled.provenance);
  if (neutral.length > 0) refuseManifest(neutral);
  const written = (key: 'currency' | 'currency_treatment'): Provenance =>
    profile[key] === undefined ? { layer: 'code', at: null } : { layer: 'profile', at: `profiles.${name}.${key}` };
  return {
    requested,
    profile: name,
    aliases: [...aliases],
    description: profile.description ?? null,
    currency: profile.currency ?? currencyDefault,
    currencyTreatment: profile.currency_treatment ?? null,
    ...settled,
    provenance: withSortedKeys({ ...settled.provenance, currency: written('currency'), currency_treatment: written('currency_treatment') }),
  };
}
