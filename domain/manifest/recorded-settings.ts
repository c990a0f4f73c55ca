import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { leafOfSetting, type LeafTerms, leafTerms, sectionsInSettingTerms } from './leaf-terms.ts';
import { leavesOf } from './provenance.ts';
import type { ResolvedProfile } from './resolved-schema.ts';
import { actingSelection } from './selection-settings.ts';
import { isObject } from './values.ts';

const sectionsOfPortfolio = ['meta_allocation', 'parity', 'acceptance'] as const;
/** Options stand in the events of a run, and those have upcasters of their own. */
const elsewhere: ReadonlySet<string> = new Set(['sleeve_run', 'meta_run', 'sleeves']);

/** Empty for a leaf that stands in no block. */
const blockOf = (leaf: string): string => leaf.slice(0, Math.max(0, leaf.indexOf('.')));
const isOfPortfolio = (block: string): boolean => (sectionsOfPortfolio as readonly string[]).includes(block);

function concernsBlocks(leaf: string): boolean {
  const block = blockOf(leaf);
  return block !== '' && !isOfPortfolio(block) && !elsewhere.has(block);
}

/** Where each setting came from, under the names that settings have now. A leaf that was not recorded has no origin, and gets none. */
function provenanceRead(provenance: Json | undefined, { renamed }: LeafTerms): Json {
  if (!isObject(provenance)) return provenance ?? null;
  const settingOf = new Map(Object.entries(renamed).map(([setting, leaf]) => [leaf, setting]));
  return Object.fromEntries(Object.entries(provenance).map(([path, origin]) => [settingOf.get(path) ?? path, origin]));
}

/** A recorded profile as this release reads it: settings under their names, and leaves that it could not know at their neutral value. */
export function recordedProfile(document: JsonObject, terms: LeafTerms = leafTerms): JsonObject {
  const { blocks, provenance } = document;
  if (!isObject(blocks)) return document;
  return { ...document, blocks: sectionsInSettingTerms(blocks, concernsBlocks, terms), provenance: provenanceRead(provenance, terms) };
}

function recordedSleeve(sleeve: Json, terms: LeafTerms): Json {
  if (!isObject(sleeve)) return sleeve;
  const { resolved, meta } = sleeve;
  if (isObject(resolved)) return { ...sleeve, resolved: recordedProfile(resolved, terms) };
  return isObject(meta) ? { ...sleeve, meta: recordedPortfolio(meta, terms) } : sleeve;
}

/** The same for a recorded portfolio and everything below it. */
export function recordedPortfolio(document: JsonObject, terms: LeafTerms = leafTerms): JsonObject {
  const { allocation, parity, acceptance, sleeves } = document;
  if (!isObject(allocation) || !isObject(parity) || !isObject(acceptance) || !Array.isArray(sleeves)) return document;
  const written = { meta_allocation: allocation, parity, acceptance } as JsonObject;
  const read = sectionsInSettingTerms(written, (leaf) => isOfPortfolio(blockOf(leaf)), terms);
  return {
    ...recordedProfile(document, terms),
    allocation: read['meta_allocation']!,
    parity: read['parity']!,
    acceptance: read['acceptance']!,
    sleeves: sleeves.map((sleeve: Json) => recordedSleeve(sleeve, terms)),
  };
}

/**
 * What a recorded profile itself states, under the names of its leaves. A leaf that came after it was recorded has a neutral value only in
 * reading: nobody stated it, so a message that reports the run again is the same message. Of a sleeve that selects, what acts is stated.
 */
export function statedLeaves(
  resolved: Pick<ResolvedProfile, 'blocks' | 'asWritten' | 'selectionMode' | 'provenance'>,
  terms: LeafTerms = leafTerms,
): Record<string, Json> {
  const unstated = unstatedLeaves(resolved, terms);
  const written = { ...leavesOf(resolved.blocks), ...(resolved.asWritten as Readonly<Record<string, Json>>) };
  const settings = { ...written, ...actingSelection(resolved) };
  const leaves = Object.entries(settings).map(([path, value]) => [leafOfSetting(path, terms), value] as const);
  return Object.fromEntries(leaves.filter(([leaf]) => !unstated.includes(leaf)));
}

/** Leaves that reading added to a recorded profile: they came after it, and have no origin in it. */
export function unstatedLeaves(
  { blocks, provenance }: Pick<ResolvedProfile, 'blocks' | 'provenance'>,
  terms: LeafTerms = leafTerms,
): string[] {
  const added = new Set(terms.neutral.map(({ leaf }) => leaf));
  const unwritten = Object.keys(leavesOf(blocks)).filter((path) => !Object.hasOwn(provenance, path));
  return unwritten.map((path) => leafOfSetting(path, terms)).filter((leaf) => added.has(leaf));
}
