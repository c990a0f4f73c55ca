import { describe, expect, test } from '@jest/globals';
import { allocateSleeve, prepareSleeve, tasksOf } from '../../../../domain/allocation/sleeve/allocation.ts';
import { cashFlag, selectionLookAheadFlag, solvedOrFailed } from '../../../../domain/allocation/sleeve/profile.ts';
import { selectForSleeve } from '../../../../domain/sleeve-selection/job.ts';
import { selectingInput, twelve } from '../../sleeve-selection/sleeves.ts';

describe('the allocation of a sleeve that selects', () => {
  const { formed, grading } = allocateSleeve(selectingInput());
  const outcomes = formed!.profiles.map((outcome) => {
    if (outcome.status !== 'solved') throw new Error(`${outcome.risk} is ${outcome.status}`);
    return outcome;
  });

  test('holds in each window the winners of its own selection, and nobody else', () => {
    const { decisions } = formed!.selection!;
    for (const { risk, walked, columns } of outcomes) {
      if (risk === 'market') continue;
      for (const { index, weights } of walked.windows) {
        const { record } = decisions[index]!;
        const winners = new Set(record.winners.map((at) => record.symbols[at]!));
        const held = columns.filter((_, column) => weights[column]! > 0);
        expect(held.every((symbol) => winners.has(symbol))).toBe(true);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
        if (risk === 'benchmark') expect(held).toHaveLength(winners.size);
      }
    }
    expect(outcomes.map(({ risk }) => risk)).toEqual(['hrp', 'equal_weight', 'market', 'benchmark']);
  });

  test('leaves market on the benchmarks', () => {
    expect(outcomes.find(({ risk }) => risk === 'market')!.columns).toEqual(['AMEX:SPY']);
    expect(outcomes.find(({ risk }) => risk === 'hrp')!.columns).toEqual(twelve);
  });

  test('is certified by its selection', () => {
    expect(grading.grade).toBe('CERTIFIED');
    expect(grading.finding.evidence.find(({ check }) => check === 'selection')).toMatchObject({ status: 'passed' });
  });

  test('says that a static selection looked ahead', () => {
    const [hrp] = allocateSleeve(selectingInput({ backtest: { dynamic_universe: false } })).formed!.profiles;
    expect(hrp).toMatchObject({ status: 'solved', flags: expect.arrayContaining([selectionLookAheadFlag]) });
    expect(outcomes.flatMap(({ flags }) => flags)).not.toContain(selectionLookAheadFlag);
  });

  test('ends without a profile where the selection fails, and is not eligible', () => {
    const failed = allocateSleeve(selectingInput({ selection: { min_winners: 13 } }));
    expect(failed.formed!.profiles).toEqual([]);
    expect(failed.grading).toMatchObject({
      grade: 'INELIGIBLE',
      finding: { reasons: [expect.stringMatching(/^selection: the live selection/), expect.any(String)] },
    });
  });

  test('holds cash in an aborted window: the exit is charged, nothing is earned, and the run goes on', () => {
    const prepared = prepareSleeve(selectingInput());
    const selection = selectForSleeve(prepared.formed!.selectionJob!);
    const decisions = selection.decisions.map((decision, at) =>
      at === 1 ? { ...decision, record: { ...decision.record, aborts: ['veto_share' as const] } } : decision,
    );
    const [hrp] = tasksOf(prepared, { decisions, verdict: 'degraded' });
    if (hrp?.status !== 'solvable') throw new Error('hrp cannot be solved');
    const solved = solvedOrFailed(hrp);
    if (solved.status !== 'solved') throw new Error('hrp is not solved');
    const [before, cash, after] = solved.walked.windows;
    expect(cash!.weights.every((weight) => weight === 0)).toBe(true);
    expect(cash!.turnoverTwoSided).toBeCloseTo(1, 12);
    expect([cash!.grossReturn, cash!.netReturn < 0]).toEqual([0, true]);
    expect(after!.turnoverTwoSided).toBeCloseTo(1, 12);
    expect(before!.weights.some((weight) => weight > 0)).toBe(true);
    expect(solved.walked.solutions[1]!.result).toBeNull();
    expect(solved.flags).toContain(cashFlag);
  });
});
