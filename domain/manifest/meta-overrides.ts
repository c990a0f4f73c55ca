import type { Json } from '../shared/canonical-json.ts';
import { suggestedSentence } from '../shared/suggest.ts';
import { blockNames } from './blocks.ts';
import { type ManifestProblem, problem, problemsOfIssues } from './problems.ts';
import { type MetaProfile, metaProfileKeys, metaProfileSchema } from './schema.ts';
import { isObject } from './values.ts';

export interface OverriddenMeta {
  readonly profile: MetaProfile;
  /** Paths inside the meta profile that were set from outside. */
  readonly paths: ReadonlySet<string>;
  /** Settings of the blocks, laid over them as a separate layer. */
  readonly blockSettings: Readonly<Record<string, Json>>;
}

/** Looked for in whatever was set before: the schema sees it only when everything is set. */
function sleeveOf(sleeves: unknown, id: string): Record<string, unknown> | undefined {
  return Array.isArray(sleeves) ? sleeves.filter((sleeve) => isObject(sleeve)).find((sleeve) => sleeve['id'] === id) : undefined;
}

function setInside(root: Record<string, unknown>, path: string, value: Json): ManifestProblem | null {
  const parts = path.split('.');
  if (parts.some((part) => part === '' || part === '__proto__')) return problem(path, `${path} is not a setting.`);
  const [first, id] = parts;
  if (!metaProfileKeys.includes(first!)) return problem(first!, suggestedSentence(`${first} is not known`, first!, metaProfileKeys));
  let here: Record<string, unknown> = root;
  let inside = parts.slice(0, -1);
  if (first === 'sleeves' && id !== undefined) {
    const sleeve = sleeveOf(root['sleeves'], id);
    if (sleeve === undefined) return problem(path, `${path}: the meta portfolio has no sleeve ${id}.`);
    if (parts.length === 2) return problem(path, `${path} is a whole sleeve: only its members can be set, such as ${path}.weight_limit.`);
    here = sleeve;
    inside = inside.slice(2);
  }
  for (const part of inside) {
    const next: unknown = Object.hasOwn(here, part) ? here[part] : {};
    if (!isObject(next)) return problem(path, `${path} stands inside a value that has no members.`);
    here[part] = next;
    here = next;
  }
  here[parts.at(-1)!] = value;
  return null;
}

/**
 * Sets members of a meta profile by dotted path: `meta_allocation.max_weight`, `sleeves.crypto.weight_limit`, `parity.mandate`;
 * paths that begin with a block's name are handed on. The result passes the manifest's own schema.
 */
export function overrideMeta(profile: MetaProfile, overrides: Readonly<Record<string, Json>>): OverriddenMeta | ManifestProblem[] {
  const blockSettings: Record<string, Json> = {};
  const paths = new Set<string>();
  const copy = JSON.parse(JSON.stringify(profile)) as Record<string, unknown>;
  for (const [path, value] of Object.entries(overrides)) {
    if ((blockNames as readonly string[]).includes(path.split('.')[0]!)) {
      blockSettings[path] = value;
      continue;
    }
    const refused = setInside(copy, path, value);
    if (refused !== null) return [refused];
    paths.add(path);
  }
  if (paths.size === 0) return { profile, paths, blockSettings };
  const parsed = metaProfileSchema.safeParse(copy, { reportInput: true });
  return parsed.success ? { profile: parsed.data, paths, blockSettings } : problemsOfIssues(parsed.error.issues);
}
