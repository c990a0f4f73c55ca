import { describe, expect, test } from '@jest/globals';
import { choicesOf } from '../../../domain/sleeve-selection/choices.ts';
import { selectForSleeve, type SleeveSelection } from '../../../domain/sleeve-selection/job.ts';
import { abortInWords, selectionEvidence } from '../../../domain/sleeve-selection/evidence.ts';
import { selectionJob, twelve } from './sleeves.ts';

const names = { hasDirections: false, strategy: 'trend_following' };
const selection = selectForSleeve(selectionJob());
const windows = selection.decisions.length - 1;

/** The selections with those of some windows aborted. */
function aborted(places: readonly number[], verdict: SleeveSelection['verdict']): SleeveSelection {
  return {
    verdict,
    decisions: selection.decisions.map((decision, at) =>
      places.includes(at) ? { ...decision, record: { ...decision.record, aborts: ['min_winners'] as const, winners: [] } } : decision,
    ) as SleeveSelection['decisions'],
  };
}

describe('what the windows of a sleeve may hold', () => {
  test('are the winners of each, as ascending places of its columns', () => {
    const choices = choicesOf(selection, twelve, windows, names);
    for (const [at, places] of choices.windows.entries()) {
      const { record } = selection.decisions[at]!;
      expect(places!.map((place) => twelve[place])).toEqual(record.winners.map((winner) => record.symbols[winner]!).toSorted());
    }
    expect(choices.live).toHaveLength(selection.decisions.at(-1)!.record.winners.length);
  });

  test('is cash where the selection was aborted', () => {
    const choices = choicesOf(aborted([1], 'degraded'), twelve, windows, names);
    expect(choices.windows.map((places) => places === null)).toEqual(Array.from({ length: windows }, (_, at) => at === 1));
  });

  test('is the same in every window after a static selection', () => {
    const { decisions } = selectForSleeve(selectionJob({ backtest: { dynamic_universe: false } }));
    const choices = choicesOf({ decisions, verdict: 'usable' }, twelve, 4, names);
    expect(choices.windows).toEqual(Array.from({ length: 4 }, () => choices.live));
  });

  test('is nothing after a failed selection', () => {
    expect(() => choicesOf(aborted([windows], 'failed'), twelve, windows, names)).toThrow(expect.objectContaining({ code: 'Internal' }));
  });
});

describe('the evidence of selections', () => {
  test('says how many won', () => {
    const { record } = selection.decisions.at(-1)!;
    expect(selectionEvidence(selection)).toEqual([
      { check: 'selection', status: 'passed', detail: `v4: ${record.winners.length} of 12 candidates won` },
    ]);
  });

  test('names aborted windows, which degrade a run, with the first of them', () => {
    const [passed, degraded] = selectionEvidence(aborted([1], 'degraded'));
    expect([passed!.status, degraded!.status]).toEqual(['passed', 'failed']);
    expect(degraded!.detail).toMatch(
      new RegExp(
        `^1 of ${windows} windows aborted and held cash; ` +
          `the first on ${selection.decisions[1]!.newestRead}: min_winners: 0 symbols win, 3 are needed`,
      ),
    );
  });

  test('names the live selection that failed, or the windows that are too many', () => {
    expect(selectionEvidence(aborted([windows], 'failed'))[0]).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(/^the live selection of .* was aborted/),
    });
    expect(selectionEvidence(aborted([0, 1, 2], 'failed'))[0]).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(/^3 of .* windows aborted, a quarter is allowed/),
    });
  });

  test('says by which rule, with the vetoes that were met', () => {
    const { record } = selection.decisions[0]!;
    const vetoed = {
      ...record,
      aborts: ['veto_share' as const],
      vetoCount: { share: 0.75, histogram: [{ code: 'eci' as const, count: 9 }] },
    };
    expect(abortInWords(vetoed)).toBe(
      'veto_share: 75 % of the candidates meet a veto that no stage lifts, 70 % are allowed (12 candidates; eci 9)',
    );
  });
});
