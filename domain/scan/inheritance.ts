import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { suggestion } from '../shared/suggest.ts';
import { type ConfigFile, type ConfigFiles, configError, nameOfFile } from './config-file.ts';
import { type ConfigLeaf, leavesOf, mergedOver, plainTree, type WrittenNode, writtenBy } from './merge.ts';

/** The effective configuration of a scanner: its file over its bases, and who wrote each leaf. Without defaults of this program. */
export interface EffectiveConfig {
  readonly entry: string;
  /** Base first. */
  readonly files: readonly string[];
  readonly effective: JsonObject;
  readonly leaves: readonly ConfigLeaf[];
}

/** A path relative to the folder of scanners, or null when it leads out of it. */
function resolvedPath(from: string, relative: string): string | null {
  if (relative.startsWith('/') || /^[a-zA-Z]:|\\/.test(relative)) return null;
  const parts = from.split('/').slice(0, -1);
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

function treeOf(file: ConfigFile): JsonObject {
  if ('broken' in file) throw file.broken;
  return file.tree;
}

function basePathOf(file: string, base: Json | undefined): string | null {
  if (base === undefined) return null;
  if (typeof base !== 'string' || base === '')
    throw configError('value_type', 'base_preset is the path of one file', { file, path: 'base_preset' });
  const path = resolvedPath(file, base);
  if (path !== null) return path;
  throw new LedgerError('ScannerBaseOutside', `base_preset ${base} of ${file} leads out of the folder of scanners`, {
    at: { file, path: 'base_preset' },
  });
}

/**
 * The files that make up one configuration, base first. Errors: ScannerCycle with the path, ScannerBaseMissing with both files,
 * ScannerBaseOutside, ScannerConfigInvalid.
 */
export function chainOf(files: ConfigFiles, entry: string): { readonly path: string; readonly tree: JsonObject }[] {
  const chain: { readonly path: string; readonly tree: JsonObject }[] = [];
  for (let path: string | null = entry; path !== null;) {
    const named = [...chain.map((link) => link.path), path];
    if (named.indexOf(path) < chain.length)
      throw new LedgerError('ScannerCycle', `${named.join(' -> ')}: a base leads back to a file that it is the base of`, {
        evidence: { cycle: named },
        at: { file: chain.at(-1)!.path, path: 'base_preset' },
      });
    const file = files.get(path);
    if (file === undefined)
      throw new LedgerError('ScannerBaseMissing', `there is no ${path}${chain.length === 0 ? '' : `, which ${chain.at(-1)!.path} names`}`, {
        evidence: { missing: path, namedBy: chain.at(-1)?.path ?? null },
        at: { file: chain.at(-1)?.path ?? path, path: 'base_preset' },
      });
    const tree = treeOf(file);
    chain.push({ path, tree });
    path = basePathOf(path, tree['base_preset']);
  }
  return chain.toReversed();
}

/** A configuration over its bases; `base_preset` itself is not part of it. Errors: those of `chainOf`; ScannerConfigInvalid. */
export function effectiveConfig(files: ConfigFiles, entry: string): EffectiveConfig {
  const chain = chainOf(files, entry);
  let merged: Extract<WrittenNode, { readonly kind: 'object' }> = { kind: 'object', members: new Map() };
  for (const { path, tree } of chain) {
    const { base_preset: _, ...own } = tree;
    merged = mergedOver(merged, writtenBy(path, own), path);
  }
  return {
    entry,
    files: chain.map(({ path }) => path),
    effective: plainTree(merged) as JsonObject,
    leaves: leavesOf(merged),
  };
}

/** The file of a scanner by its path, with or without the extension, or by its name alone. Errors: ScannerUnknown. */
export function entryOf(files: ConfigFiles, scanner: string): string {
  const paths = [...files.keys()].toSorted(byCodeUnits);
  const exact = [scanner, `${scanner}.yaml`, `${scanner}.yml`].find((path) => files.has(path));
  if (exact !== undefined) return exact;
  const named = paths.filter((path) => nameOfFile(path) === scanner);
  if (named.length === 1) return named[0]!;
  const why = named.length === 0 ? suggestion(scanner, paths.map(nameOfFile)) : `: it could be ${named.join(' or ')}`;
  throw new LedgerError('ScannerUnknown', `there is no one scanner ${scanner}${why}`, { at: { path: scanner } });
}
