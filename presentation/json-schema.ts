/** What of a JSON schema is read to tell it to people. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly additionalProperties?: JsonSchema | boolean;
}

/** How a schema that has a name stands in a text. */
export type Naming = (name: string) => string;

export function nameOfReference(reference: string): string {
  return reference.split('/').at(-1)!;
}

export function typeOf(schema: JsonSchema, naming: Naming = (name) => name): string {
  const inner = (one: JsonSchema): string => typeOf(one, naming);
  const forms = schema.anyOf ?? schema.oneOf;
  if (schema.$ref !== undefined) return naming(nameOfReference(schema.$ref));
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (forms !== undefined) return [...new Set(forms.map(inner))].join(' or ');
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'values' : inner(schema.items)}`;
  if (schema.properties !== undefined) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  if (schema.type === 'object')
    return typeof schema.additionalProperties === 'object' ? `map to ${inner(schema.additionalProperties)}` : 'object';
  if (schema.type === undefined) return 'any';
  return typeof schema.type === 'string' ? schema.type : schema.type.join(' or ');
}

export interface FieldRow {
  /** From the outermost member down; `[]` stands for each of a list. */
  readonly path: string;
  readonly type: string;
  readonly needed: boolean;
  readonly meaning: string;
}

/** Members at any depth, those of members behind their owner. */
export function fieldRows(schema: JsonSchema, naming?: Naming, above = ''): FieldRow[] {
  const forms = (schema.anyOf ?? schema.oneOf)?.filter(({ type }) => type !== 'null') ?? [];
  if (forms.length > 0) return forms.flatMap((form) => fieldRows(form, naming, above));
  if (schema.type === 'array' && schema.items !== undefined) return fieldRows(schema.items, naming, `${above}[]`);
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = above === '' ? name : `${above}.${name}`;
    return [
      { path, type: typeOf(field, naming), needed: required.has(name), meaning: field.description ?? '' },
      ...fieldRows(field, naming, path),
    ];
  });
}
