import { histogramInWords } from '../../../domain/sleeve-selection/evidence.ts';
import type { DecisionSummary, SelectionSummary } from '../../../domain/sleeve-run/selection-summary.ts';
import { type Block, cell, columns, decimal, paragraph, percent, type Section, table } from '../model/document.ts';
import { decisionInWords, figure, stageInWords } from '../model/selection-words.ts';

function funnelTable({ candidates, vetoes, afterStage, won, rules }: DecisionSummary): Block {
  const vetoed = vetoes.histogram.reduce((sum, { count }) => sum + count, 0);
  const steps: [string, number][] = [
    ['candidates', candidates],
    ...vetoes.histogram.map(({ code, count }): [string, number] => [`first met the veto ${code}`, count]),
    ['met no veto', candidates - vetoed],
    ...afterStage.map((count, stage): [string, number] => [`won after ${stageInWords(stage + 1)}`, count]),
    [rules.length === 0 ? 'winners' : `would win, but aborted: ${rules.join(', ')}`, won],
  ];
  return table(
    'Funnel',
    columns('step', 'symbols#'),
    steps.map(([step, symbols]) => [cell(step), cell(String(symbols))]),
  );
}

function winnersTable({ winners }: DecisionSummary): Block[] {
  if (winners === null) return [];
  return [
    table(
      'Who enters, best score first',
      columns('symbol', 'side', 'cluster', 'score#', 'stage', 'notes'),
      winners.map(({ symbol, direction, cluster, score, stage, isWalkover, isQuotaWaived }) => [
        cell(symbol),
        cell(direction),
        cell(cluster),
        cell(figure(score)),
        cell(stageInWords(stage)),
        cell([...(isWalkover ? ['walkover'] : []), ...(isQuotaWaived ? ['quota waived'] : [])].join(', ')),
      ]),
    ),
  ];
}

const symbolsShownMax = 20;

function stabilityBlocks({ windows, stability }: SelectionSummary): Block[] {
  if (stability === null) return [];
  const { meanJaccard, jaccards, selecting, wins } = stability;
  const chart: Block[] =
    meanJaccard === null
      ? [paragraph('Fewer than two windows selected: there is nothing to compare.', 'muted')]
      : [
          {
            kind: 'line',
            id: 'selection-jaccard',
            caption: 'How alike the winners of neighbouring windows are (Jaccard)',
            description:
              'The share of the winners of either window that both have: ' +
              `${decimal(meanJaccard, 3)} on average of ${selecting} windows.`,
            legend: [],
            dates: windows.map(({ newestRead }) => newestRead),
            unit: 'ratio',
            series: [{ name: 'Jaccard', values: jaccards, emphasised: true }],
          },
        ];
  const shown = wins.length > symbolsShownMax ? ` (the first ${symbolsShownMax} of ${wins.length})` : '';
  const caption = `How often each symbol won, of ${selecting} windows that selected${shown}`;
  const rows = wins
    .slice(0, symbolsShownMax)
    .map(({ symbol, windows: won }) => [cell(symbol), cell(String(won)), cell(percent(won / selecting))]);
  return [...chart, table(caption, columns('symbol', 'windows#', 'share#'), rows)];
}

function abortedBlocks({ aborted, windows }: SelectionSummary): Block[] {
  if (windows.length === 0) return [];
  if (aborted.length === 0) return [paragraph(`Each of the ${windows.length} windows selected; none holds cash.`)];
  return [
    table(
      `Windows that were aborted, and hold cash unless the run failed: ${aborted.length} of ${windows.length}`,
      columns('window#', 'last row', 'rule', 'won#', 'candidates#', 'first vetoes'),
      aborted.map(({ window, newestRead, rules, won, candidates, vetoes }) => [
        cell(String(window)),
        cell(newestRead),
        cell(rules.join(', '), 'warn'),
        cell(String(won)),
        cell(String(candidates)),
        cell(histogramInWords(vetoes)),
      ]),
    ),
  ];
}

/** Who entered the sleeve, and how steadily; nothing for a run that selects nothing. */
export function selectionSection(selection: SelectionSummary | null): Section[] {
  if (selection === null) return [];
  const { current } = selection;
  const ahead = current.scope === 'static' ? [paragraph('Selection look-ahead: earlier windows knew how they went on.', 'warn')] : [];
  return [
    {
      id: 'selection',
      title: 'Selection',
      blocks: [
        paragraph(`${decisionInWords(current)}. Regime ${current.quadrant}; the verb select explain has the numbers of each symbol.`),
        ...ahead,
        funnelTable(current),
        ...winnersTable(current),
        ...abortedBlocks(selection),
        ...stabilityBlocks(selection),
      ],
    },
  ];
}
