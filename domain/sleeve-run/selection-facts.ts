import { clusterName } from '../selection/battles.ts';
import type { StagedArtifacts } from '../documents/staged-artifacts.ts';
import type { SelectionDecision, SleeveSelection } from '../sleeve-selection/job.ts';
import { selectionLookAheadLabel } from '../sleeve-selection/recorded.ts';
import { draftSleeveRun, type SleeveRunDraft } from './slice.ts';

function decisionFact({ scope, window, first, newestRead, record }: SelectionDecision, staged: StagedArtifacts): SleeveRunDraft {
  const { settings, rows, symbols, directions, clusters, scores, standings, candidates, target, afterStage, quadrant, vetoCount, aborts } =
    record;
  const decision = {
    scope,
    window,
    first,
    newestRead,
    rows,
    mode: settings.mode,
    candidates,
    target,
    afterStage,
    quadrant,
    vetoes: vetoCount,
    record: staged.document('selection', record),
  };
  if (aborts.length > 0) return draftSleeveRun('SelectionAborted', { ...decision, rules: aborts, winners: record.winners.length });
  return draftSleeveRun('AssetsSelected', {
    ...decision,
    labels: scope === 'static' ? [selectionLookAheadLabel] : [],
    winners: record.winners.map((at) => {
      const standing = standings[at]!;
      return {
        symbol: symbols[at]!,
        direction: directions[at]!,
        cluster: clusterName(clusters.labels[at]!),
        score: scores.score[at]!,
        stage: standing.kind === 'won' ? standing.stage : 0,
        isQuotaWaived: standing.kind === 'won' && standing.isQuotaWaived,
        isWalkover: standing.kind === 'won' && standing.isWalkover,
      };
    }),
  });
}

/** One fact for each decision on who enters; none in a sleeve that selects nothing. */
export function selectionFacts(selection: SleeveSelection | null, staged: StagedArtifacts): SleeveRunDraft[] {
  return (selection?.decisions ?? []).map((decision) => decisionFact(decision, staged));
}
