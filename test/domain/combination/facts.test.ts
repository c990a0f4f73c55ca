import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { plannedOf } from '../../../domain/combine/planned-defaults.ts';
import { combinationFacts } from '../../../domain/combination/facts.ts';
import { combinationId } from '../../../domain/combination/identity.ts';
import { readDocument } from '../../../domain/documents/documents.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const asked = { positions: { a: { X: 1, Y: -2 } }, budgets: { a: 0.75, b: 0.25 } };
const planned = plannedOf(asked);

describe('the fact of a combination', () => {
  const { drafts, staged, table } = combinationFacts(planned, rulesInForce, sha256);
  const [fact] = drafts;
  const read = (address: string): unknown => JSON.parse(new TextDecoder().decode(staged.get(address)));

  test('holds what it was decided on and what came of it', () => {
    expect(fact).toMatchObject({
      type: 'PositionsCombined',
      schemaVersion: 1,
      data: {
        combinationId: combinationId(sha256, planned),
        name: 'book',
        asOf: null,
        rules: rulesInForce,
        constraints: { lower: -1.5, upper: 1.5, grossCap: 7, netCap: 2, turnoverCap: null },
        method: { projection: 'exact', noFlip: false, costAversion: 0 },
        budgets: { rule: 'given', sleeves: [{ sleeve: 'a', budget: 0.75, positions: 2 }], extra: [{ sleeve: 'b', budget: 0.25 }] },
        gross: 2.25,
        net: -0.75,
        turnoverTwoSided: null,
        certificate: { gap: 0, distance: 0, maxViolation: 0 },
      },
    });
  });

  test('refers to its inputs and its table, which can be read back', () => {
    expect(readDocument('planned-combination', read(fact.data.inputs.sha256))).toEqual(planned);
    expect(readDocument('combination-table', read(fact.data.table.sha256))).toEqual(table);
    expect(table).toMatchObject({ assets: ['X', 'Y'], contributions: [[0.75], [-1.5]], weights: [0.75, -1.5], projection: [0, 0] });
  });
});

test('a refusal keeps the contributions, and has no weights', () => {
  const { drafts, table } = combinationFacts(plannedOf({ ...asked, constraints: { lower: 0.5, grossCap: 0.5 } }), rulesInForce, sha256);
  expect(drafts[0]).toMatchObject({ type: 'CombinationRefused', data: { because: 'infeasible', conflicts: [['bounds', 'gross']] } });
  expect(table).toMatchObject({ contributions: [[0.75], [-1.5]], weights: null, projection: null });
});

/** Streams are named after these: a release that changes one records twice what was recorded before. */
test('the id of a combination follows from its inputs and never changes', () => {
  expect(combinationId(sha256, planned)).toBe('book-ffd5c759a81e93c6');
  expect(combinationId(sha256, plannedOf({ ...asked, name: 'desk', asOf: '2025-07-17' }))).toMatch(/^desk-2025-07-17-[0-9a-f]{16}$/);
  const others = [{ constraints: { netCap: 1 } }, { method: { noFlip: true } }, { previous: {} }, { positions: { a: { X: 1 } } }];
  const ids = others.map((change) => combinationId(sha256, plannedOf({ ...asked, ...change })));
  expect(new Set([combinationId(sha256, planned), ...ids]).size).toBe(5);
});
