import type { Json } from '../shared/canonical-json.ts';
import { blockNames, type WrittenBlocks, writtenBlocksSchema } from './blocks.ts';
import { codeDefaults } from './defaults.ts';
import { joinPath } from './json-positions.ts';
import { type ManifestProblem, problem, problemsOfIssues } from './problems.ts';
import { type Layer, leavesOf, type Provenance, withSortedKeys } from './provenance.ts';
import { isObject } from './values.ts';

/** One layer of settings, blocks as written. */
export interface SettingsLayer {
  readonly layer: Layer;
  /** Where the layer's blocks stand in the manifest: `profiles.etfs`, `defaults`, '' at the root; null outside it. */
  readonly at: string | null;
  readonly blocks: WrittenBlocks;
}

export const codeLayer: SettingsLayer = { layer: 'code', at: null, blocks: structuredCopy(codeDefaults) as WrittenBlocks };

function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, structuredCopy(member)])) : value;
}

/**
 * Settings given by dotted path (`backtest.train_window`), from the environment or a command line, checked against the same schema
 * as the manifest.
 */
export function layerOfPaths(layer: 'environment' | 'cli', settings: Readonly<Record<string, Json>>): SettingsLayer | ManifestProblem[] {
  const blocks: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(settings)) {
    const parts = path.split('.');
    if (parts.length < 2 || parts.some((part) => part === '' || part === '__proto__'))
      return [problem(path, `${path} is not a setting: write BLOCK.KEY.`)];
    let here = blocks;
    for (const part of parts.slice(0, -1)) {
      const next = Object.hasOwn(here, part) ? here[part] : {};
      if (!isObject(next)) return [problem(path, `${path} stands inside another setting that was given too.`)];
      here[part] = next;
      here = next;
    }
    here[parts.at(-1)!] = structuredCopy(value);
  }
  const parsed = writtenBlocksSchema.safeParse(blocks, { reportInput: true });
  return parsed.success ? { layer, at: null, blocks: parsed.data } : problemsOfIssues(parsed.error.issues);
}

export interface MergedSettings {
  readonly blocks: Record<string, Record<string, unknown>>;
  readonly provenance: Record<string, Provenance>;
}

/**
 * Lays the layers over one another, weakest first. Keys of a block replace one another whole (so a profile's
 * `discovery.strategies` replaces the default's), except `risk.hrp`, whose members are independent parameters.
 */
export function mergeLayers(settings: readonly SettingsLayer[]): MergedSettings {
  const blocks: Record<string, Record<string, unknown>> = {};
  /** By setting, its leaves: a setting that is replaced takes the leaves of the one before with it. */
  const origin = new Map<string, Record<string, Provenance>>();
  for (const block of blockNames) blocks[block] = {};
  for (const { layer, at, blocks: written } of settings) {
    for (const block of blockNames) {
      const target = blocks[block]!;
      for (const [key, value] of Object.entries(written[block] ?? {})) {
        if (value === undefined) continue;
        const path = joinPath([block, key]);
        const merges = path === 'risk.hrp' && isObject(value);
        target[key] = merges ? { ...(target[key] as object | undefined), ...(structuredCopy(value) as object) } : structuredCopy(value);
        const leaves: Record<string, Provenance> = merges ? (origin.get(path) ?? {}) : {};
        for (const leaf of Object.keys(leavesOf(value, path))) {
          leaves[leaf] = { layer, at: at === null ? (layer === 'code' ? null : leaf) : at === '' ? leaf : `${at}.${leaf}` };
        }
        origin.set(path, leaves);
      }
    }
  }
  for (const block of blockNames) blocks[block] = withSortedKeys(blocks[block]!);
  return { blocks, provenance: withSortedKeys(Object.assign({}, ...origin.values()) as Record<string, Provenance>) };
}
