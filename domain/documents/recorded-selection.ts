import type { SelectionDecision, SleeveSelection } from '../sleeve-selection/job.ts';
import { type RecordedSelection, selectionLookAheadLabel } from '../sleeve-selection/recorded.ts';
import type { StagedArtifacts } from './staged-artifacts.ts';

function recordedDecision(
  { scope, window, first, newestRead, record }: SelectionDecision,
  staged: StagedArtifacts,
): RecordedSelection['decisions'][number] {
  const { candidates, winners, symbols, directions, aborts, vetoCount } = record;
  const entered = aborts.length > 0 ? [] : winners.map((at) => ({ symbol: symbols[at]!, direction: directions[at]! }));
  return {
    scope,
    window,
    first,
    newestRead,
    candidates,
    entered,
    aborted: [...aborts],
    vetoes: vetoCount,
    record: staged.document('selection', record),
  };
}

/** The selections of a sleeve as facts; every number of each is staged as a document. */
export function recordedSelectionOf({ decisions, verdict }: SleeveSelection, staged: StagedArtifacts): RecordedSelection {
  return {
    mode: decisions[0]!.record.settings.mode,
    verdict,
    labels: decisions[0]!.scope === 'static' ? [selectionLookAheadLabel] : [],
    decisions: decisions.map((decision) => recordedDecision(decision, staged)),
  };
}
