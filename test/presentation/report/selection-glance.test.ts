import { describe, expect, test } from '@jest/globals';
import type { VetoCode } from '../../../domain/selection/vetoes.ts';
import type { DecisionSummary, SelectionSummary } from '../../../domain/sleeve-run/selection-summary.ts';
import { glanceInWords, selectionGlance } from '../../../presentation/report/model/selection-words.ts';

function decision(
  scope: DecisionSummary['scope'],
  window: number | null,
  vetoes: readonly (readonly [VetoCode, number])[],
): DecisionSummary {
  return {
    scope,
    window,
    first: '2024-01-02',
    newestRead: '2024-03-28',
    rows: 60,
    mode: 'v4',
    candidates: 12,
    target: 6,
    afterStage: [5, 5, 5, 5],
    quadrant: 'NORMAL',
    vetoes: { histogram: vetoes.map(([code, count]) => ({ code, count })), share: 0 },
    won: 5,
    winners: [],
    rules: [],
    labels: [],
  };
}

const inCash = (one: DecisionSummary): DecisionSummary => ({ ...one, winners: null, rules: ['min_winners'] });
const windows = [
  decision('window', 0, [['efficiency', 3]]),
  inCash(
    decision('window', 1, [
      ['hurst_zone', 4],
      ['efficiency', 1],
    ]),
  ),
  decision('window', 2, []),
];
const dynamic: SelectionSummary = {
  current: decision('live', null, [
    ['hurst_zone', 1],
    ['efficiency', 2],
  ]),
  windows,
  aborted: [windows[1]!],
  stability: null,
};

describe('the selections of a sleeve at a glance', () => {
  test('counts vetoes over every decision, and names the windows in cash', () => {
    expect(selectionGlance(dynamic)).toEqual({
      won: 5,
      candidates: 12,
      windows: 3,
      cashWindows: [1],
      commonestVeto: { code: 'efficiency', count: 6 },
    });
    expect(glanceInWords(selectionGlance(dynamic))).toBe(
      '5 of 12 candidates won; 1 of 3 windows hold cash (1); commonest veto efficiency, met 6 times',
    );
  });

  test('says so where nobody met a veto and no window holds cash', () => {
    const calm = { ...dynamic, current: decision('live', null, []), windows: [windows[2]!], aborted: [] };
    expect(glanceInWords(selectionGlance(calm))).toBe('5 of 12 candidates won; none of 1 windows holds cash; no veto was met');
  });

  test('says of a static universe that it looks ahead', () => {
    const fixed = { ...dynamic, current: decision('static', null, [['vol', 1]]), windows: [], aborted: [] };
    expect(glanceInWords(selectionGlance(fixed))).toBe(
      '5 of 12 candidates won; selected once, with look-ahead; commonest veto vol, met 1 times',
    );
  });
});
