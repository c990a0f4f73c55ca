/**
 * The shape of each kind of stored document, whole: what is stored is never written anew, so another shape is another version, with an
 * upcaster. Where that is so on purpose, or a setting joins those of a profile, the shape is kept anew (`jest -u`).
 */
import { expect, test } from '@jest/globals';
import { documents } from '../../../domain/documents/documents.ts';
import { comparedPairsSchema } from '../../../domain/tournament-run/events.ts';
import { shapeOf } from '../../support/schema-shape.ts';

const kinds = Object.entries(documents).map(([kind, { version, schema }]) => [kind, version, schema] as const);

test.each(kinds)('a stored %s of version %i has the shape that it has in ledgers', (kind, _, schema) => {
  expect(shapeOf(schema, kind)).toMatchSnapshot();
});

test('the pairs of a tournament, which bear no version, have the shape that they have in ledgers', () => {
  expect(shapeOf(comparedPairsSchema, 'pairs')).toMatchSnapshot();
});
