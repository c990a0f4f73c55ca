import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { configError } from './config-file.ts';

type Scalar = null | boolean | number | string;

/** A tree whose leaves know who wrote them: a file is named once for each time in a row. */
export type WrittenNode =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, WrittenNode> }
  | { readonly kind: 'list'; readonly items: readonly WrittenNode[] }
  | { readonly kind: 'scalar'; readonly value: Scalar; readonly history: readonly string[] };

type WrittenObject = Extract<WrittenNode, { readonly kind: 'object' }>;
type WrittenList = Extract<WrittenNode, { readonly kind: 'list' }>;

const isScalar = (value: Json): value is Scalar => value === null || typeof value !== 'object';
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** What one file wrote. */
export function writtenBy(file: string, tree: JsonObject): WrittenObject {
  return { kind: 'object', members: new Map(Object.entries(tree).map(([key, value]) => [key, writtenNode(file, value)])) };
}

function writtenNode(file: string, value: Json): WrittenNode {
  if (isScalar(value)) return { kind: 'scalar', value, history: [file] };
  if (isList(value)) {
    const items = value.map((item) => writtenNode(file, item));
    return concatenated({ kind: 'list', items: [] }, { kind: 'list', items });
  }
  return writtenBy(file, value);
}

function joinedHistory(before: readonly string[], after: readonly string[]): readonly string[] {
  return after.every((file) => before.at(-1) === file) ? before : [...before, ...after];
}

/** Scalars are listed once, at their first place: equal by type and value. Objects are never compared. */
function concatenated(base: WrittenList, child: WrittenList): WrittenList {
  const items = [...base.items];
  for (const item of child.items) {
    const place = item.kind === 'scalar' ? items.findIndex((known) => known.kind === 'scalar' && known.value === item.value) : -1;
    const known = items[place];
    if (item.kind === 'scalar' && known?.kind === 'scalar')
      items[place] = { ...known, history: joinedHistory(known.history, item.history) };
    else items.push(item);
  }
  return { kind: 'list', items };
}

/**
 * A child over its base: objects member by member, lists one behind the other, scalars replaced; a written null, false, 0 or empty text
 * replaces too, and an empty list adds nothing. Errors: ScannerConfigInvalid (merge_type) where kinds differ.
 */
export function mergedOver(base: WrittenObject, child: WrittenObject, file: string): WrittenObject {
  return mergedObjects(base, child, file, '');
}

function mergedObjects(base: WrittenObject, child: WrittenObject, file: string, path: string): WrittenObject {
  const members = new Map(base.members);
  for (const [key, node] of child.members) {
    const before = members.get(key);
    members.set(key, before === undefined ? node : mergedNode(before, node, file, path === '' ? key : `${path}.${key}`));
  }
  return { kind: 'object', members };
}

function mergedNode(base: WrittenNode, child: WrittenNode, file: string, path: string): WrittenNode {
  if (base.kind === 'object' && child.kind === 'object') return mergedObjects(base, child, file, path);
  if (base.kind === 'list' && child.kind === 'list') return concatenated(base, child);
  if (base.kind === 'scalar' && child.kind === 'scalar') return { ...child, history: joinedHistory(base.history, child.history) };
  throw configError('merge_type', `${path}: the base has ${wordOf[base.kind]} here, and this file ${wordOf[child.kind]}`, { file, path });
}

const wordOf = { object: 'an object', list: 'a list', scalar: 'a single value' } as const;

/** The tree without its history. */
export function plainTree(node: WrittenNode): Json {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainTree);
  return Object.fromEntries([...node.members].map(([key, member]) => [key, plainTree(member)]));
}

/** A leaf of the effective configuration: `origin` decided its value, `history` wrote it, base first. */
export interface ConfigLeaf {
  /** JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly value: Scalar;
  readonly origin: string;
  readonly history: readonly string[];
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** Every leaf in reading order. An item of a list is of the first file that brought it, any other leaf of the last that wrote it. */
export function leavesOf(node: WrittenNode, pointer = '', inList = false): ConfigLeaf[] {
  if (node.kind === 'scalar') {
    const { value, history } = node;
    return [{ pointer, value, origin: inList ? history[0]! : history.at(-1)!, history }];
  }
  if (node.kind === 'list') return node.items.flatMap((item, index) => leavesOf(item, `${pointer}/${index}`, true));
  return [...node.members].flatMap(([key, member]) => leavesOf(member, `${pointer}/${escaped(key)}`));
}
