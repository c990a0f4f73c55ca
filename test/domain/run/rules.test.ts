import { describe, expect, test } from '@jest/globals';
import { requireRules, rulesHistory, rulesInForce, rulesKept, type RulesVersion, rulesThatMoved } from '../../../domain/run/rules.ts';
import { refusalOf } from '../../support/refusal.ts';
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
    const told = [refusalOf(() => requireRules(1, new Set([2]))), refusalOf(() => requireRules(rulesInForce + 1))];
    expect(told.map(({ code, message, evidence }) => [code, message, evidence])).toEqual([
      ['RulesUnknown', 'the run was computed under rules 1; this build no longer keeps them', { rules: 1, kept: [2] }],
      [
        'RulesUnknown',
        `the run was computed under rules ${rulesInForce + 1}; it is newer than this build`,
        { rules: rulesInForce + 1, kept: [...rulesKept] },
      ],
    ]);
    expect(refusalOf(() => requireRules(rulesInForce, new Set([1]))).message).toMatch(/this build no longer keeps them$/);
  });

  test('a difference is explained by the later version that moves its place, and by no other', () => {
    expect(rulesThatMoved('SleeveProfileSolved.data.weights[0].weight', 1, 3, history)?.version).toBe(2);
    expect(rulesThatMoved('SleeveProfileSolved.data.weights[0].weight', 2, 3, history)).toBeNull();
    expect(rulesThatMoved('SleeveProfileSolved.data.weightsOf', 1, 3, history)).toBeNull();
    expect(rulesThatMoved('UniverseFormed.data.grid.rows', 1, 2, history)).toBeNull();
    expect(rulesThatMoved('UniverseFormed.data', 2, 3, history)?.version).toBe(3);
    expect(rulesThatMoved('UniverseFormed.data', 3, 3, history)).toBeNull();
    expect(rulesThatMoved('UniverseFormed.data.grid.rows', 1, 3, history)?.changes).toBe('another calendar');
  });
});
