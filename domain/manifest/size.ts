import { limits } from '../shared/limits.ts';
import { type ManifestProblem, problem } from './problems.ts';
import type { Manifest } from './schema.ts';
import { isObject } from './values.ts';

/** Problems as they are found, up to as many as are told: looking for more would take longer than anybody reads. */
export class Problems {
  readonly list: ManifestProblem[] = [];

  get isFull(): boolean {
    return this.list.length >= limits.manifestProblemsMax;
  }

  add(...found: readonly ManifestProblem[]): void {
    this.list.push(...found.slice(0, limits.manifestProblemsMax - this.list.length));
  }
}

/** The manifest is not looked at any further when it has more profiles than are read. */
export function tooManyProfiles(value: unknown): ManifestProblem[] {
  const profiles = isObject(value) && isObject(value['profiles']) ? Object.keys(value['profiles']).length : 0;
  const max = limits.manifestProfilesMax;
  return profiles <= max ? [] : [problem('profiles', `profiles: ${profiles} profiles, at most ${max} are read.`, 'LimitExceeded')];
}

function valuesIn(node: unknown): number {
  if (Array.isArray(node)) return node.reduce((sum: number, item: unknown) => sum + valuesIn(item), 1);
  return isObject(node) ? valuesIn(Object.values(node)) : 1;
}

/** Members that no profile inherits. */
const ofEachOrNobody: readonly string[] = ['profiles', 'integrations', 'execution_env', 'pipelines'];

/** Each profile inherits a copy of what stands at the root and in the defaults. */
export function tooMuchInherited(manifest: Manifest): ManifestProblem[] {
  const { profiles } = manifest;
  const shared = Object.entries(manifest).filter(([key]) => !ofEachOrNobody.includes(key));
  const copies = Object.keys(profiles).length;
  const values = valuesIn(shared);
  const max = limits.manifestInheritedValuesMax;
  if (copies * values <= max) return [];
  const said = `${copies} profiles inherit ${values} values each, at most ${max} in all are resolved.`;
  return [problem('defaults', `defaults: ${said}`, 'LimitExceeded')];
}
