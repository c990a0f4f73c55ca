import type { Json } from '../shared/canonical-json.ts';
import { keysOfBlock } from './blocks.ts';
import { leavesOfVersion1 } from './leaf-names.ts';
import { leavesOf, withSortedKeys } from './provenance.ts';
import { isObject } from './values.ts';

/** The layout of a file without blocks: which key belongs to which block, and which keys hold lists. */
export interface FlatLayout {
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly lists: ReadonlySet<string>;
}

const listsOfVersion1: ReadonlySet<string> = new Set(['engines', 'profiles', 'backtest_simulators', 'benchmark_symbols']);

/** As this release reads: with every setting that it knows. */
const currentFlatLayout: FlatLayout = { keys: keysOfBlock, lists: listsOfVersion1 };

function keysOfVersion1(): Record<string, string[]> {
  const keys: Record<string, string[]> = {};
  for (const leaf of leavesOfVersion1) {
    const [block, key] = leaf.split('.') as [string, string | undefined];
    if (key === undefined || !Object.hasOwn(keysOfBlock, block)) continue;
    const known = (keys[block] ??= []);
    if (!known.includes(key)) known.push(key);
  }
  return keys;
}

/** The layout of identity version 1, frozen: the run of a file keeps its name when a release adds a setting. */
export const flatLayoutOfVersion1: FlatLayout = { keys: keysOfVersion1(), lists: listsOfVersion1 };

/** At the root of such a file `profile` names the profile that ran, and `profiles` may be a whole manifest's. */
function isFlatSetting(key: string, value: unknown): boolean {
  return key !== 'profile' && !isObject(value);
}

/** Comma-separated lists become arrays, as in this project's manifests. */
function normalised(path: string, value: Json, lists: ReadonlySet<string>): Json {
  const key = path.slice(path.lastIndexOf('.') + 1);
  return lists.has(key) && typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
}

/**
 * Leaves of another system's resolved manifest by dotted path. Settings are taken from blocks where the file has them and, as the
 * older files do, from the root, where the section prefix was dropped; what belongs to no block is left out.
 */
export function leavesOfSettings(
  settings: Readonly<Record<string, unknown>>,
  { keys: keysByBlock, lists }: FlatLayout = currentFlatLayout,
): Record<string, Json> {
  const leaves: Record<string, Json> = {};
  for (const [block, keys] of Object.entries(keysByBlock)) {
    for (const key of keys) {
      if (block === 'features' || block === 'discovery' || !Object.hasOwn(settings, key) || !isFlatSetting(key, settings[key])) continue;
      for (const [path, value] of Object.entries(leavesOf(settings[key], `${block}.${key}`))) leaves[path] = normalised(path, value, lists);
    }
    const inside = settings[block];
    if (!isObject(inside)) continue;
    for (const [path, value] of Object.entries(leavesOf(inside, block))) leaves[path] = normalised(path, value, lists);
  }
  return withSortedKeys(leaves);
}
