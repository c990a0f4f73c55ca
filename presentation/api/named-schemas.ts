import { z } from 'zod';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { invariant } from '../../domain/shared/errors.ts';

/** A definition that stands beside the schema that refers to it, as zod writes it. */
const besideSchema = '#/$defs/';
const inDocument = '#/components/schemas/';
/** zod numbers what refers to itself and has no id. */
const unnamed = /^__schema\d+$/;

/** `z.json()` refers to itself, and nobody gives it an id. */
const anyJson = 'Json';

function nameInDocument(name: string): string {
  return unnamed.test(name) ? anyJson : name;
}

function rewritten(node: unknown, keep: (name: string, definition: unknown) => void): unknown {
  if (Array.isArray(node)) return node.map((item) => rewritten(item, keep));
  if (node === null || typeof node !== 'object') return node;
  const { $defs = {}, ...rest } = node as Readonly<Record<string, unknown>>;
  for (const [name, definition] of Object.entries($defs as object)) keep(name, definition);
  const members = Object.entries(rest).map(([name, member]) => {
    const refers = name === '$ref' && typeof member === 'string' && member.startsWith(besideSchema);
    return [name, refers ? `${inDocument}${nameInDocument(member.slice(besideSchema.length))}` : rewritten(member, keep)];
  });
  return Object.fromEntries(members);
}

export interface NamedSchemas {
  readonly document: object;
  readonly schemas: Readonly<Record<string, unknown>>;
}

function gathered(document: object, isKept: (name: string, text: string) => boolean): NamedSchemas {
  const schemas = new Map<string, unknown>();
  const keep = (name: string, definition: unknown): void => {
    const schema = rewritten(definition, keep);
    const text = canonicalJson(schema);
    const id = nameInDocument(name);
    invariant(isKept(name, text), 'a schema that refers to itself needs an id', { definition });
    invariant(!schemas.has(id) || canonicalJson(schemas.get(id)) === text, 'two schemas of the API have one id', { id });
    schemas.set(id, schema);
  };
  const whole = rewritten(document, keep) as object;
  return { document: whole, schemas: Object.fromEntries(schemas) };
}

const anyJsonText = canonicalJson(gathered(z.toJSONSchema(z.strictObject({ any: z.json() })), () => true).schemas[anyJson]);

/**
 * A document whose schemas have their definitions beside them, as one that has each of them once, by its id, where OpenAPI looks for it:
 * a client generator makes one type of each.
 */
export function withNamedSchemas(document: object): NamedSchemas {
  return gathered(document, (name, text) => !unnamed.test(name) || text === anyJsonText);
}
