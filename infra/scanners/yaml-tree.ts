import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments, type Scalar, visit } from 'yaml';
import { configError } from '../../domain/scan/config-file.ts';
import type { Json, JsonObject } from '../../domain/shared/canonical-json.ts';

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** What YAML 1.2 reads as a number and people mean as a text: digits behind a zero. */
const zeroLed = /^[-+]?0\d+$/;

function scalarValue({ value, source, type }: Scalar, refuse: (said: string) => never): Json {
  if (type === 'PLAIN' && source !== undefined && zeroLed.test(source)) return source;
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return refuse(`${source ?? 'this'} is no finite number`);
}

function valueOf(node: Node | null, refuse: (node: Node | null, said: string) => never): Json {
  if (node === null) return null;
  if (isScalar(node)) return scalarValue(node, (said) => refuse(node, said));
  if (isSeq(node)) return node.items.map((item) => valueOf(item as Node | null, refuse));
  if (!isMap(node)) return refuse(node, 'an alias or a merge key: write the values out');
  const members = node.items.map(({ key, value }) => {
    if (!isScalar(key) || typeof key.value !== 'string') return refuse(key as Node, 'keys are texts');
    if (key.value === '<<') return refuse(key, 'a merge key: bases are named by base_preset');
    return [key.value, valueOf(value as Node | null, refuse)] as const;
  });
  return Object.fromEntries(members);
}

function firstDuplicate(document: Document): { readonly key: string; readonly offset: number } | null {
  let found: { readonly key: string; readonly offset: number } | null = null;
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) found ??= { key: name, offset: key.range?.[0] ?? 0 };
        seen.add(name);
      }
    },
  });
  return found;
}

/**
 * One file of YAML 1.2 (core schema) as plain JSON: `yes`, `on`, `010` and dates are texts. Errors: ScannerConfigInvalid with file and line
 * for a duplicate key, an alias, `<<`, a number that is not finite, and what is no YAML.
 */
export function yamlTree(text: string, file: string): JsonObject {
  const parsed = parseAllDocuments(text, { version: '1.2', schema: 'core', uniqueKeys: false, merge: false, logLevel: 'silent' });
  const documents = Array.isArray(parsed) ? parsed : [];
  if (documents.length > 1) throw configError('yaml', `${file} holds several documents`, { file });
  const [document] = documents;
  if (document === undefined) return {};
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const line = lineAt(text, problem.pos[0]);
    throw configError('yaml', `${problem.message.split('\n')[0]!} (line ${line})`, { file, line });
  }
  const duplicate = firstDuplicate(document);
  if (duplicate !== null) {
    const line = lineAt(text, duplicate.offset);
    throw configError('yaml_duplicate_key', `${duplicate.key} at line ${line} stands there twice`, { file, path: duplicate.key, line });
  }
  const tree = valueOf(document.contents, (node, said) => {
    const line = lineAt(text, node?.range?.[0] ?? 0);
    throw configError('yaml', `${isAlias(node) ? 'an alias: write the values out' : said} (line ${line})`, { file, line });
  });
  if (tree === null) return {};
  if (typeof tree === 'object' && !Array.isArray(tree)) return tree as JsonObject;
  throw configError('yaml', `${file} is no mapping of keys`, { file, line: 1 });
}
