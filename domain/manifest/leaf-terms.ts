import { canonicalJson, type Json, type JsonObject } from '../shared/canonical-json.ts';
import { blocksOfVersion1, isSection, renamedSettings } from './leaf-names.ts';
import { type NeutralLeaf, neutralLeaves } from './neutral-values.ts';
import { isObject } from './values.ts';

/** What turns settings into leaves and back. */
export interface LeafTerms {
  readonly renamed: Readonly<Record<string, string>>;
  readonly neutral: readonly NeutralLeaf[];
}

export const leafTerms: LeafTerms = { renamed: renamedSettings, neutral: neutralLeaves };

const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('.'));

/** The name of a setting's leaf; any other path, such as a leaf's name itself, stays as it is. */
export function leafOfSetting(path: string, { renamed }: LeafTerms = leafTerms): string {
  return Object.hasOwn(renamed, path) ? renamed[path]! : path;
}

function isNeutral(leaf: string, value: unknown, { neutral }: LeafTerms): boolean {
  const known = neutral.find((candidate) => candidate.leaf === leaf);
  return known !== undefined && canonicalJson(known.neutral) === canonicalJson(value);
}

/** In a section of names that the manifest chooses, every name stands for `*`. */
function childPath(section: string, key: string): string {
  return isSection(`${section}.*`) ? `${section}.*` : `${section}.${key}`;
}

/** The members of a section under the names of their leaves, without the leaves that are at their neutral value. */
export function membersInLeafTerms(members: object, section: string, terms: LeafTerms = leafTerms): JsonObject {
  const written: Record<string, Json> = {};
  for (const [key, value] of Object.entries(members) as [string, Json][]) {
    const path = childPath(section, key);
    if (isSection(path) && isObject(value)) {
      written[key] = membersInLeafTerms(value, path, terms);
      continue;
    }
    const leaf = leafOfSetting(path, terms);
    if (!isNeutral(leaf, value, terms)) written[lastOf(leaf)] = value;
  }
  return written;
}

/** Blocks of settings in leaf terms. A block that came after version 1 is written only for what it says beyond the neutral values. */
export function blocksInLeafTerms(blocks: object, terms: LeafTerms = leafTerms): JsonObject {
  const written: Record<string, Json> = {};
  for (const [block, members] of Object.entries(blocks) as [string, Json][]) {
    const leaves = isSection(block) && isObject(members) ? membersInLeafTerms(members, block, terms) : members;
    if (blocksOfVersion1.has(block) || Object.keys(leaves as object).length > 0) written[block] = leaves;
  }
  return written;
}

/** The place of a section; made, if its block is there or may be made. */
function sectionAt(root: Record<string, unknown>, section: string): Record<string, unknown> {
  let here = root;
  for (const part of section.split('.')) {
    const next = Object.hasOwn(here, part) ? { ...(here[part] as object) } : {};
    here[part] = next;
    here = next;
  }
  return here;
}

/**
 * Settings of this program that an earlier release wrote, under the names of this release: a renamed setting has its new name, and an added
 * one its neutral value. The inverse of leaf terms. `concerns` says which leaves the input may have.
 */
export function sectionsInSettingTerms(
  sections: JsonObject,
  concerns: (leaf: string) => boolean,
  terms: LeafTerms = leafTerms,
): JsonObject {
  const read: Record<string, unknown> = { ...sections };
  for (const [setting, leaf] of Object.entries(terms.renamed)) {
    if (!concerns(leaf)) continue;
    const section = sectionAt(read, parentOf(leaf));
    if (!Object.hasOwn(section, lastOf(leaf)) || Object.hasOwn(section, lastOf(setting))) continue;
    section[lastOf(setting)] = section[lastOf(leaf)];
    delete section[lastOf(leaf)];
  }
  for (const { leaf, neutral } of terms.neutral) {
    if (!concerns(leaf) || leaf.includes('*')) continue;
    const setting = settingOfLeaf(leaf, terms);
    const section = sectionAt(read, parentOf(setting));
    if (!Object.hasOwn(section, lastOf(setting))) section[lastOf(setting)] = neutral;
  }
  return read as JsonObject;
}

/** The path at which this release has the setting of a leaf. */
export function settingOfLeaf(leaf: string, { renamed }: LeafTerms = leafTerms): string {
  return Object.entries(renamed).find(([, name]) => name === leaf)?.[0] ?? leaf;
}
