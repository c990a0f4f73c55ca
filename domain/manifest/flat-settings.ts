import type { Json } from '../shared/canonical-json.ts';
import { keysOfBlock } from './blocks.ts';
import { leavesOf, withSortedKeys } from './provenance.ts';
import { isObject } from './values.ts';

const listKeys = new Set(['engines', 'profiles', 'backtest_simulators', 'benchmark_symbols']);

/** At the root of such a file `profile` names the profile that ran, and `profiles` may be a whole manifest's. */
function isFlatSetting(key: string, value: unknown): boolean {
  return key !== 'profile' && !isObject(value);
}

/** Comma-separated lists become arrays, as they do in our own manifests. */
function normalised(path: string, value: Json): Json {
  const key = path.slice(path.lastIndexOf('.') + 1);
  return listKeys.has(key) && typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
}

/**
 * Leaves of somebody else's resolved manifest by our dotted paths. Settings are taken from blocks where the file has them and, as the
 * older files do, from the root, where the section prefix was dropped; what belongs to no block is left out.
 */
export function leavesOfSettings(settings: Readonly<Record<string, unknown>>): Record<string, Json> {
  const leaves: Record<string, Json> = {};
  for (const [block, keys] of Object.entries(keysOfBlock)) {
    for (const key of keys) {
      if (block === 'features' || block === 'discovery' || !Object.hasOwn(settings, key) || !isFlatSetting(key, settings[key])) continue;
      for (const [path, value] of Object.entries(leavesOf(settings[key], `${block}.${key}`))) leaves[path] = normalised(path, value);
    }
    const inside = settings[block];
    if (!isObject(inside)) continue;
    for (const [path, value] of Object.entries(leavesOf(inside, block))) leaves[path] = normalised(path, value);
  }
  return withSortedKeys(leaves);
}
