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
const kept = { bounds: false, gross: false, net: false, turnover: false };

describe('the fact of a combination', () => {
  const { drafts, staged, table } = combinationFacts(planned, rulesInForce, sha256);
  const [fact] = drafts;
  const read = (address: string): unknown => JSON.parse(new TextDecoder().decode(staged.get(address)));

  test('holds what it was decided on and what came of it', () => {
    expect(drafts).toEqual([
      {
        type: 'PositionsCombined',
        schemaVersion: 1,
        data: {
          combinationId: combinationId(sha256, planned),
          name: 'book',
          asOf: null,
          rules: rulesInForce,
          inputs: fact.data.inputs,
          constraints: { lower: -1.5, upper: 1.5, grossCap: 7, netCap: 2, turnoverCap: null },
          method: { projection: 'exact', noFlip: false, costAversion: 0 },
          budgets: {
            rule: 'given',
            sleeves: [{ sleeve: 'a', budget: 0.75, positions: 2 }],
            extra: [{ sleeve: 'b', budget: 0.25 }],
            withoutVariance: [],
            sharpeRatios: null,
          },
          correlationAware: 'none',
          scale: 1,
          assets: 2,
          table: fact.data.table,
          gross: 2.25,
          net: -0.75,
          turnoverTwoSided: null,
          feasibility: { initialViolations: kept, finalViolations: {}, projectionApplied: false },
          certificate: { multipliers: { gross: 0, net: 0, turnover: 0 }, gap: 0, distance: 0, maxViolation: 0 },
          rounds: null,
        },
      },
    ]);
  });

  test('refers to its inputs and its table, which can be read back', () => {
    expect(readDocument('planned-combination', read(fact.data.inputs.sha256))).toEqual(planned);
    expect(readDocument('combination-table', read(fact.data.table.sha256))).toEqual(table);
    expect(table).toEqual({
      assets: ['X', 'Y'],
      sleeves: ['a'],
      contributions: [[0.75], [-1.5]],
      total: [0.75, -1.5],
      weights: [0.75, -1.5],
      projection: [0, 0],
    });
    expect(staged.contents()).toHaveLength(2);
  });
});

describe('the fact of a refused combination', () => {
  test('keeps the contributions and says what cannot be kept and what would repair it, and has no weights', () => {
    const { drafts, table } = combinationFacts(plannedOf({ ...asked, constraints: { lower: 0.5, grossCap: 0.5 } }), rulesInForce, sha256);
    const [{ type, data }] = drafts;
    expect(type).toBe('CombinationRefused');
    // Two weights of 0.5 or more are 1 in all: twice the cap; with both bounds a quarter wider, 0.25 each, they keep it.
    expect(data).toMatchObject({
      because: 'infeasible',
      conflicts: [['bounds', 'gross']],
      repairs: [
        { cap: 'bounds', current: 0, smallest: expect.closeTo(0.25, 12) },
        { cap: 'gross', current: 0.5, smallest: 1 },
        { cap: 'net', current: 2, smallest: null },
      ],
      initialViolations: { ...kept, bounds: true, gross: true },
      finalViolations: null,
    });
    expect(table).toMatchObject({ contributions: [[0.75], [-1.5]], weights: null, projection: null });
  });

  test('of the sequential loop says what was still broken where it gave up', () => {
    const method = { projection: 'sequential' } as const;
    const { drafts } = combinationFacts(plannedOf({ ...asked, method, constraints: { lower: 0.5, grossCap: 0.5 } }), rulesInForce, sha256);
    expect(drafts[0].data).toMatchObject({
      because: 'infeasible',
      method: { projection: 'sequential', noFlip: false, costAversion: 0 },
      initialViolations: { ...kept, bounds: true, gross: true },
    });
    expect(Object.values((drafts[0].data as { finalViolations: object }).finalViolations)).toContain(true);
  });
});

test('the loop is told with its rounds and proves nothing, and turnover is that against the previous weights', () => {
  const looped = plannedOf({ ...asked, previous: { X: 0.75, Z: 0.5 }, method: { projection: 'sequential' }, constraints: { upper: 0.5 } });
  const { drafts, table } = combinationFacts(looped, rulesInForce, sha256);
  expect(drafts[0].data).toMatchObject({ assets: 3, rounds: 1, certificate: null, turnoverTwoSided: 2.25, gross: 2, net: -1 });
  expect(table).toMatchObject({ assets: ['X', 'Y', 'Z'], weights: [0.5, -1.5, 0], projection: [-0.25, 0, 0] });
});

const third = (times: number) => expect.closeTo(times / 3, 12);

describe('budgets by a rule are told', () => {
  const covariance = [
    [0.04, 0, 0],
    [0, 0.01, 0],
    [0, 0, 0],
  ];
  const positions = { a: { X: 1 }, b: { Y: 1 }, flat: { Z: 1 } };

  test('with the sleeves that do not vary, and the scale for correlation', () => {
    const input = {
      positions,
      budgets: { kind: 'erc' } as const,
      correlationAware: 'positions' as const,
      assetCovariance: { assets: ['X', 'Y', 'Z'], covariance },
    };
    const { drafts } = combinationFacts(plannedOf(input), rulesInForce, sha256);
    expect(drafts[0].data.budgets).toEqual({
      rule: 'erc',
      // Uncorrelated: in inverse proportion to 0.2 and 0.1.
      sleeves: [
        { sleeve: 'a', budget: third(1), positions: 1 },
        { sleeve: 'b', budget: third(2), positions: 1 },
        { sleeve: 'flat', budget: 0, positions: 1 },
      ],
      extra: [],
      withoutVariance: ['flat'],
      sharpeRatios: null,
    });
    expect(drafts[0].data).toMatchObject({ correlationAware: 'positions', scale: expect.closeTo(Math.SQRT2, 12) });
  });

  test('with the Sharpe ratios that they follow', () => {
    const sleeveReturns = {
      dates: ['2025-01-02', '2025-01-03'],
      sleeves: ['a', 'b'],
      returns: [
        [0, 0.02],
        [0.02, 0],
      ],
      annualisationDays: 252,
    };
    const terms = { eta: 1, rows: 2, lower: 0, upper: 1 };
    const input = {
      positions: { a: { X: 1 }, b: { Y: 1 } },
      budgets: { kind: 'dynamic', base: { a: 0.25, b: 0.75 }, terms } as const,
      sleeveReturns,
    };
    const { drafts } = combinationFacts(plannedOf(input), rulesInForce, sha256);
    // Mean 0.01 over deviation 0.02/sqrt(2), times sqrt(252): equal ratios leave the base as it is.
    const ratio = expect.closeTo(Math.sqrt(252 / 2), 10);
    expect(drafts[0].data.budgets).toMatchObject({ rule: 'dynamic', withoutVariance: [], sharpeRatios: { a: ratio, b: ratio } });
    expect(drafts[0].data.budgets.sleeves).toEqual([
      { sleeve: 'a', budget: expect.closeTo(0.25, 12), positions: 1 },
      { sleeve: 'b', budget: expect.closeTo(0.75, 12), positions: 1 },
    ]);
  });
});

test('a combination under rules that nobody knows is refused', () => {
  expect(() => combinationFacts(planned, 999, sha256)).toThrow(expect.objectContaining({ code: 'RulesUnknown' }));
});

/** Streams are named after these: a release that changes one records twice what was recorded before. */
test('the id of a combination follows from its inputs and never changes', () => {
  expect(combinationId(sha256, planned)).toBe('book-ffd5c759a81e93c6');
  expect(combinationId(sha256, plannedOf({ ...asked, name: 'desk', asOf: '2025-07-17' }))).toMatch(/^desk-2025-07-17-[0-9a-f]{16}$/);
  const others = [{ constraints: { netCap: 1 } }, { method: { noFlip: true } }, { previous: {} }, { positions: { a: { X: 1 } } }];
  const ids = others.map((change) => combinationId(sha256, plannedOf({ ...asked, ...change })));
  expect(new Set([combinationId(sha256, planned), ...ids]).size).toBe(5);
});
