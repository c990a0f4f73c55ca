import { describe, expect, test } from '@jest/globals';
import { requireRules, rulesHistory, rulesInForce, rulesKept, type RulesVersion, rulesThatMoved } from '../../../domain/run/rules.ts';
import golden from '../../golden/run/rules-history.json' with { type: 'json' };

const history: RulesVersion[] = [
  { version: 1, since: '0.1.0', changes: 'first', moves: [] },
  { version: 2, since: '0.2.0', changes: 'another ridge', moves: ['SleeveProfileSolved.data.weights'] },
  { version: 3, since: '0.3.0', changes: 'another calendar', moves: ['UniverseFormed.data'] },
];

describe('the versions of the rules', () => {
  test('are numbered from 1 without a gap, and new runs are computed under the last, which is kept', () => {
    expect(rulesHistory.map(({ version }) => version)).toEqual(rulesHistory.map((_, index) => index + 1));
    expect(rulesInForce).toBe(rulesHistory.length);
    expect(rulesKept.has(rulesInForce)).toBe(true);
  });

  test('stay as they are once they are recorded, and are all kept', () => {
    expect(rulesHistory.slice(0, golden.rulesHistory.length)).toEqual(golden.rulesHistory);
    expect([...rulesKept].slice(0, golden.rulesKept.length)).toEqual(golden.rulesKept);
  });

  test('a version that is not kept, or not known yet, is refused by name', () => {
    expect(requireRules(2, new Set([2, 3]))).toBe(2);
    expect(() => requireRules(1, new Set([2]))).toThrow(/no longer keeps/);
    expect(() => requireRules(99, new Set([1]))).toThrow(/newer than this build/);
  });

  test('a difference is explained by the later version that moves its place, and by no other', () => {
    expect(rulesThatMoved('SleeveProfileSolved.data.weights[0].weight', 1, 3, history)?.version).toBe(2);
    expect(rulesThatMoved('SleeveProfileSolved.data.weights[0].weight', 2, 3, history)).toBeNull();
    expect(rulesThatMoved('SleeveProfileSolved.data.weightsOf', 1, 3, history)).toBeNull();
    expect(rulesThatMoved('UniverseFormed.data.grid.rows', 1, 2, history)).toBeNull();
    expect(rulesThatMoved('UniverseFormed.data.grid.rows', 1, 3, history)?.changes).toBe('another calendar');
  });
});
