import { limits } from '../shared/limits.ts';
import { isMetaProfile, type Manifest, type MetaProfile } from './schema.ts';

/** The portfolio behind a name and its aliases; null where they lead nowhere, which is reported elsewhere. */
function metaBehind(manifest: Manifest, name: string): MetaProfile | null {
  let entry = manifest.profiles[name];
  for (let step = 0; typeof entry === 'string' && step <= limits.manifestProfilesMax; step++) entry = manifest.profiles[entry];
  return entry === undefined || typeof entry === 'string' || !isMetaProfile(entry) ? null : entry;
}

/**
 * Counts the ways from portfolios of a manifest down to their sleeves, without walking them: a portfolio is counted once for each depth,
 * however many hold it. Below the depth that is allowed nothing is counted.
 */
export class PathCounts {
  readonly #manifest: Manifest;
  readonly #counted = new Map<MetaProfile, Map<number, number>>();

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
  }

  of(meta: MetaProfile, depth = 0): number {
    const known = this.#counted.get(meta)?.get(depth);
    if (known !== undefined) return known;
    let count = 0;
    for (const sleeve of meta.sleeves) {
      const below = 'meta_profile' in sleeve ? this.#below(sleeve.meta_profile, depth) : null;
      count += 'meta_profile' in sleeve ? (below === null ? 0 : this.of(below, depth + 1)) : 1;
    }
    const byDepth = this.#counted.get(meta) ?? new Map<number, number>();
    this.#counted.set(meta, byDepth.set(depth, count));
    return count;
  }

  #below(name: string, depth: number): MetaProfile | null {
    return depth < limits.portfolioDepthMax ? metaBehind(this.#manifest, name) : null;
  }

  /** Paths of the sleeves that hold assets, such as `crypto_branch/long`; to be asked where they were counted and are few. */
  pathsOf(meta: MetaProfile, depth = 0): string[] {
    return meta.sleeves.flatMap((sleeve) => {
      if (!('meta_profile' in sleeve)) return [sleeve.id];
      const below = this.#below(sleeve.meta_profile, depth);
      return below === null ? [] : this.pathsOf(below, depth + 1).map((path) => `${sleeve.id}/${path}`);
    });
  }
}
