import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { withNamedSchemas } from '../../../presentation/api/named-schemas.ts';

const price = z.strictObject({ price: z.number() }).meta({ id: 'Price', description: 'What is asked for.' });
const inOne = z.toJSONSchema(z.strictObject({ of: price, others: z.array(price) }));

interface Tree {
  readonly below: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.lazy(() => z.strictObject({ below: z.array(tree) }));

describe('schemas of a document', () => {
  test('stand once, by their id, and are referred to wherever they are used', () => {
    const { document, schemas } = withNamedSchemas({ paths: { one: inOne, other: z.toJSONSchema(price) } });
    const there = { $ref: '#/components/schemas/Price' };
    expect(document).toMatchObject({ paths: { one: { properties: { of: there, others: { items: there } } }, other: there } });
    expect(JSON.stringify(document)).not.toContain('$defs');
    expect(Object.keys(schemas)).toEqual(['Price']);
    expect(schemas['Price']).toMatchObject({ description: 'What is asked for.', required: ['price'] });
  });

  test('that are any JSON value have one name, whatever zod numbers them', () => {
    const two = z.strictObject({ first: z.json(), second: z.json() });
    const { document, schemas } = withNamedSchemas({ two: z.toJSONSchema(two), one: z.toJSONSchema(z.strictObject({ only: z.json() })) });
    const any = { $ref: '#/components/schemas/Json' };
    expect(document).toMatchObject({ two: { properties: { first: any, second: any } }, one: { properties: { only: any } } });
    expect(Object.keys(schemas)).toEqual(['Json']);
    expect(JSON.stringify(schemas)).not.toContain('__schema');
  });

  test('of one id and two shapes are refused, and so is one that refers to itself without an id', () => {
    const other = z.strictObject({ price: z.string() }).meta({ id: 'Price' });
    expect(() => withNamedSchemas({ one: inOne, other: z.toJSONSchema(other) })).toThrow('two schemas of the API have one id');
    expect(() => withNamedSchemas(z.toJSONSchema(z.strictObject({ tree })))).toThrow('a schema that refers to itself needs an id');
  });
});
