/** The tables of the specification that parity goes by: test/golden/parity/policy.json. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { agreementText, countsOf, overlapOf } from '../../../domain/parity/counts.ts';
import * as policies from '../../../domain/parity/policy.ts';
import type { ParityLeaf } from '../../../domain/parity/schema.ts';

interface Tables {
  readonly groups: readonly (readonly [path: string, block: string, group: string])[];
  readonly [table: string]: unknown;
}

const { groups, ...tables } = JSON.parse(readFileSync(new URL('../../golden/parity/policy.json', import.meta.url), 'utf8')) as Tables;

describe('the policy of parity', () => {
  test('has the exceptions, mandates and paths of the specification', () => {
    expect(policies).toMatchObject(tables);
  });

  test.each(groups)('%s stands in block %s and group %s', (path, block, group) => {
    expect([policies.blockOf(path), policies.groupOf(path)]).toEqual([block, group]);
  });

  test('of rules 1 requires no evidence and knows no dynamic universe', () => {
    const own = { calendar: 'tradfi', path: 'backtest.test_window', value: 10, rationale: 'pilot' } as const;
    const common = { name: 'parity-constraint', mandated: policies.mandatedValues, mandate: 'enforce' };
    expect(policies.parityPolicy({ mandate: 'enforce', exceptions: [own] }, 1)).toEqual({
      ...common,
      version: 1,
      exceptions: [...policies.seededExceptions, own],
      required: [],
    });
    expect(policies.parityPolicy({ mandate: 'enforce', exceptions: [own] }, 2)).toEqual({
      ...common,
      version: 2,
      exceptions: [...policies.seededExceptions, ...policies.exceptionsOfRules2, own],
      required: policies.requiredEvidence,
    });
  });
});

describe('agreement', () => {
  test.each([
    [0, 0, 'nothing compared'],
    [1, 1, '1 of 1 leaf'],
    [0, 2, '0 of 2 leaves'],
    [6, 7, '6 of 7 leaves'],
    [7, 8, '7 of 8 leaves (87.5 %)'],
    [52, 54, '52 of 54 leaves (96.2 %)'],
    [1999, 2000, '1999 of 2000 leaves (99.9 %)'],
  ])('of %d in %d reads %s, never rounded up', (agreeing, leaves, text) => {
    expect(agreementText({ agreeing, leaves })).toBe(text);
  });

  test('counts each leaf in one column', () => {
    const leaf = (status: ParityLeaf['status'], wrongException = false): ParityLeaf => ({
      path: 'features.x',
      block: 'features',
      group: 'features',
      values: {},
      status,
      exceptionRef: null,
      wrongException,
    });
    const leaves = [leaf('equal'), leaf('equal'), leaf('excepted'), leaf('violated'), leaf('violated', true), leaf('absent_in_some')];
    expect(countsOf(leaves)).toEqual({ leaves: 6, equal: 2, excepted: 1, wrongException: 1, violated: 1, absentInSome: 1 });
    expect(overlapOf(leaves)).toBe(0.5);
    expect(overlapOf([])).toBeNull();
  });
});
