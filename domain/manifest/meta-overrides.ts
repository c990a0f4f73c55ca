import type { Json } from '../shared/canonical-json.ts';
import { blockNames } from './blocks.ts';
import { type ManifestProblem, problem, problemsOfIssues } from './problems.ts';
import { type MetaProfile, metaProfileSchema } from './schema.ts';
import { isObject } from './values.ts';

export interface OverriddenMeta {
  readonly profile: MetaProfile;
  /** Paths inside the meta profile that were set from outside. */
  readonly paths: ReadonlySet<string>;
  /** Settings of the blocks, laid over them as a separate layer. */
  readonly blockSettings: Readonly<Record<string, Json>>;
}

function setInside(root: Record<string, unknown>, path: string, value: Json): ManifestProblem | null {
  const parts = path.split('.');
  if (parts.some((part) => part === '' || part === '__proto__')) return problem(path, `${path} is not a setting.`);
  let here: Record<string, unknown> = root;
  for (const [index, part] of parts.slice(0, -1).entries()) {
    let next: unknown = Object.hasOwn(here, part) ? here[part] : {};
    if (index === 0 && part === 'sleeves') {
      const sleeves = root['sleeves'] as Record<string, unknown>[];
      next = Object.fromEntries(sleeves.map((sleeve) => [sleeve['id'], sleeve]));
      if (parts[1] === undefined || !isObject((next as Record<string, unknown>)[parts[1]]))
        return problem(path, `${path}: the meta portfolio has no sleeve ${parts[1]}.`);
    } else {
      here[part] = next;
    }
    if (!isObject(next)) return problem(path, `${path} stands inside a value that has no members.`);
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
