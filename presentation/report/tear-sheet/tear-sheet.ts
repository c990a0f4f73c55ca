import { absentParts, type TearSheet, type TearSheetPart } from '../../../domain/tear-sheet/tear-sheet.ts';
import { type Block, paragraph } from '../model/document.ts';
import { correlationTable, riskBlocks, weightsBlocks } from './allocation.ts';
import { judgementBlocks, robustnessBlocks } from './judgement.ts';
import { monthsTable, worstDrawdownsTable } from './calendar.ts';
import { dendrogram } from './dendrogram.ts';
import { benchmarkFacts, comparedFacts, rollingCharts } from './rolling.ts';
import { drawdownChart, figuresTable, growthChart, tailTable } from './streams.ts';
import { anomalyBlocks, tradesBlocks, windowsTable } from './trading.ts';

const partWords: Record<TearSheetPart, string> = {
  parts: 'streams of sleeves',
  baselines: 'baselines',
  benchmark: 'a benchmark',
  weights: 'weights over time',
  contributions: 'contribution to risk',
  trades: 'turnover and costs',
  windows: 'windows',
  correlations: 'correlations',
  tree: 'a tree of clusters',
  crossingBenefit: 'what trades across sleeves would have cost',
  verdicts: 'acceptance verdicts',
  parity: 'parity',
  trace: 'runs of sleeves',
  robustness: 'robustness',
};

/** The report of a meta run has sections of its own for these. */
const toldElsewhere: readonly TearSheetPart[] = ['verdicts', 'parity', 'trace'];

function absentParagraph(sheet: TearSheet, besides: readonly TearSheetPart[]): Block[] {
  const absent = absentParts(sheet).filter((part) => !besides.includes(part));
  if (absent.length === 0) return [];
  return [paragraph(`Not part of this run: ${absent.map((part) => partWords[part]).join(', ')}.`, 'muted')];
}

/** What a flag of the figures means for their reader. */
function flagBlocks({ portfolio: { performance } }: TearSheet): Block[] {
  const { flags, rows, annualisationDays } = performance;
  return flags.map((flag) =>
    flag === 'not_meaningful'
      ? paragraph(`${rows} returns are too few for any figure a year; those of the period stand.`, 'warn')
      : paragraph(`annualisation_suspected: the dates do not hold ${annualisationDays} rows a year, to 5 %.`, 'warn'),
  );
}

/**
 * What a meta run's profile shows beside its own tables of weights, join and acceptance: `id` keeps the drawings of several sheets in one
 * page apart.
 */
export function tearSheetSupplement(sheet: TearSheet, id: string): Block[] {
  return [
    ...flagBlocks(sheet),
    tailTable(sheet),
    drawdownChart(sheet, id),
    ...monthsTable(sheet),
    worstDrawdownsTable(sheet),
    ...rollingCharts(sheet, id),
    ...riskBlocks(sheet, id),
    ...dendrogram(sheet, id),
    ...anomalyBlocks(sheet),
    ...absentParagraph(sheet, toldElsewhere),
  ];
}

/** A whole tear sheet; whatever its run lacks is named in one sentence, but for the parts that the page tells `besides`. */
export function tearSheetBlocks(sheet: TearSheet, id: string, besides: readonly TearSheetPart[] = []): Block[] {
  return [
    ...flagBlocks(sheet),
    figuresTable(sheet),
    growthChart(sheet, id),
    drawdownChart(sheet, id),
    ...monthsTable(sheet),
    worstDrawdownsTable(sheet),
    tailTable(sheet),
    ...benchmarkFacts(sheet),
    ...comparedFacts(sheet),
    ...rollingCharts(sheet, id),
    ...weightsBlocks(sheet, id),
    ...riskBlocks(sheet, id),
    ...tradesBlocks(sheet, id),
    ...correlationTable(sheet),
    ...dendrogram(sheet, id),
    ...windowsTable(sheet),
    ...robustnessBlocks(sheet),
    ...judgementBlocks(sheet),
    ...anomalyBlocks(sheet),
    ...absentParagraph(sheet, besides),
  ];
}
