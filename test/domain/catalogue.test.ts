/**
 * The shape of each event, whole: what is recorded is never written anew, so another shape is another version, with an upcaster. Where a
 * version is added on purpose, or a field that may be absent, the shape is kept anew (`jest -u`); any other change of it is a fault.
 */
import { expect, test } from '@jest/globals';
import { catalogue } from '../../domain/catalogue.ts';
import type { EventKind } from '../../domain/shared/slice.ts';
import { shapeOf } from '../support/schema-shape.ts';

const shapes = Object.entries<EventKind>(catalogue).flatMap(([type, { version, schema, retained }]) => [
  ...Object.entries(retained ?? {}).map(([older, kept]) => [type, Number(older), kept] as const),
  [type, version, schema] as const,
]);

test.each(shapes)('%s version %i has the shape that it has in ledgers', (type, _, schema) => {
  expect(shapeOf(schema, type)).toMatchSnapshot();
});
