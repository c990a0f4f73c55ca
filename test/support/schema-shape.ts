import { z } from 'zod';

/** The part of JSON Schema in which zod tells a schema. */
interface Shape {
  readonly type?: string;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly [keyword: string]: unknown;
}

function linesOf({ anyOf, oneOf, ...shape }: Shape, name: string, depth: number): string[] {
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) {
    const [given, ...others] = choices.filter(({ type }) => type !== 'null');
    if (others.length === 0) return linesOf(given!, choices.length > 1 ? `${name} or null` : name, depth);
    return choices.flatMap((choice, at) => linesOf(choice, `${name} (${at + 1})`, depth));
  }
  const { type, properties = {}, required = [], additionalProperties, items, propertyNames: _, ...terms } = shape;
  const limits = Object.entries(terms).filter(([, value]) => Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER);
  const words = limits.map(([term, value]) => ` ${term} ${JSON.stringify(value)}`);
  const isOpen = type === 'object' && additionalProperties === undefined;
  return [
    `${'  '.repeat(depth)}${name}: ${type ?? 'anything'}${isOpen ? ' open' : ''}${words.join('')}`,
    ...Object.entries(properties).flatMap(([field, part]) => linesOf(part, required.includes(field) ? field : `${field}?`, depth + 1)),
    ...(typeof additionalProperties === 'object' ? linesOf(additionalProperties, '*', depth + 1) : []),
    ...(items === undefined ? [] : linesOf(items, '-', depth + 1)),
  ];
}

/** A schema in words: a line for each place with its type and limits, what it holds below it. `?` may be absent, `*` is any name. */
export function shapeOf(schema: z.ZodType, name: string): string {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, { io: 'input' }) as Shape;
  return `\n${linesOf(shape, name, 0).join('\n')}\n`;
}
