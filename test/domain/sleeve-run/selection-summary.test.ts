import { describe, expect, test } from '@jest/globals';
import { isSelectionFact, type SelectionFact, selectionSummary } from '../../../domain/sleeve-run/selection-summary.ts';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { selectionFacts } from '../../../domain/sleeve-run/selection-facts.ts';
import { selectForSleeve } from '../../../domain/sleeve-selection/job.ts';
import { sha256 } from '../../support/sample-events.ts';
import { selectionJob, type SelectingSettings } from '../sleeve-selection/sleeves.ts';

function factsOf(settings: SelectingSettings): SelectionFact[] {
  return selectionFacts(selectForSleeve(selectionJob(settings)), new StagedArtifacts(sha256)).filter(isSelectionFact);
}

describe('what the facts of a run say of its selections', () => {
  test('nothing where nothing is selected', () => {
    expect(selectionSummary([{ type: 'UniverseFormed' }])).toBeNull();
  });

  test('of a dynamic universe: the live decision, each window, and how alike they are', () => {
    const facts = factsOf({});
    const summary = selectionSummary(facts)!;
    expect(summary.current).toMatchObject({ scope: 'live', mode: 'v4', candidates: 12, rules: [], labels: [] });
    expect(summary.windows.map(({ window }) => window)).toEqual(summary.windows.map((_, at) => at));
    expect(summary.windows).toHaveLength(facts.length - 1);
    expect(summary.aborted).toEqual([]);
    expect(summary.stability!.selecting).toBe(summary.windows.length);
    expect(summary.current.won).toBe(summary.current.winners!.length);
  });

  test('of a static universe: one decision, labelled, and no series', () => {
    const summary = selectionSummary(factsOf({ backtest: { dynamic_universe: false } }))!;
    expect(summary).toMatchObject({ current: { scope: 'static', labels: ['selection look-ahead'] }, windows: [], stability: null });
  });

  test('of aborted windows: by which rule, and how many would have won', () => {
    const summary = selectionSummary(factsOf({ selection: { min_winners: 13 } }))!;
    expect(summary.aborted.length).toBeGreaterThan(0);
    for (const { rules, winners, won } of summary.aborted) {
      expect(rules).toContain('min_winners');
      expect(winners).toBeNull();
      expect(won).toBeLessThan(13);
    }
  });
});
