import { histogramInWords } from '../../domain/sleeve-selection/evidence.ts';
import type { Account } from '../../domain/selection/account.ts';
import type { ComparedSide, MovedSymbol } from '../../domain/selection/comparison.ts';
import type {
  OfDecision,
  SelectionAccount,
  SelectionBattles,
  SelectionDeepDive,
  SelectionDifference,
  SelectionFunnel,
} from '../../handlers/queries/selections.ts';
import { enumerated } from '../../domain/shared/suggest.ts';
import { drawnDendrogram } from './dendrogram.ts';
import {
  caveatsOf,
  decisionInWords,
  figure,
  figures,
  outcomeInWords,
  shortStanding,
  stageInWords,
  standingInWords,
  thresholdInWords,
} from '../report/model/selection-words.ts';
import { type Block, heading, history, lines, percent, table, verbatim } from './verb.ts';

const headingOf = (what: string, { sleeve, decision }: OfDecision): Block => heading(`${what}, ${sleeve}, ${decisionInWords(decision)}`);

function abortLines({ decision }: OfDecision): string[] {
  if (decision.rules.length === 0) return [];
  return [`! aborted (${decision.rules.join(', ')}): what won here is not held; ${histogramInWords(decision.vetoes)}`];
}

/** The score as factors: each row is the product of all above it. */
function scoreBlock({ factors, multiplier, score }: Account): Block {
  let product = 1;
  const rows = factors.map(({ component, value, probability, weight, factor, isAbsent }) => {
    product *= factor;
    return [component, isAbsent ? 'not known' : figure(value), figure(probability), String(weight), figure(factor), figure(product)];
  });
  return table(
    ['component', 'value', 'probability', 'weight', 'factor', 'product'],
    [...rows, ['multiplier', '', '', '', figure(multiplier), figure(score)]],
  );
}

function vetoBlock({ vetoes }: Account): Block {
  const asked = vetoes.filter(({ outcome }) => outcome !== 'not evaluated' && outcome !== 'not asked');
  return table(
    ['veto', 'value', 'vetoes what is', 'outcome'],
    asked.map((veto) => [veto.code, figures(veto.values), thresholdInWords(veto), outcomeInWords(veto)]),
  );
}

const said = (what: string, names: readonly string[]): string[] => (names.length === 0 ? [] : [`${what}: ${names.join(', ')}`]);

function notEvaluatedLines({ vetoes, absent, absentEverywhere }: Account): string[] {
  const codes = vetoes.flatMap(({ code, outcome }) => (outcome === 'not evaluated' ? [code] : []));
  return [
    ...said('Vetoes not evaluated', codes),
    ...said('Components that nobody has, left out', absentEverywhere),
    ...said('Components that others have and this one lacks', absent),
  ];
}

function verdictLines({
  standing,
  direction,
  score,
  rank,
  symbols,
  quadrant,
  gate,
  cluster,
  quota,
  opponents,
  isCashLike,
  clippedOn,
}: Account): string[] {
  const size = opponents.length + 1;
  const alike = quota.meanCorrelation === null ? '' : `, mean correlation ${figure(quota.meanCorrelation)}`;
  return [
    `${direction}: ${standingInWords(standing)}.`,
    `Score ${figure(score)}, rank ${rank} of ${symbols}; the regime is ${quadrant}.`,
    `Gate: ${percent(gate.value)} over the last 60 rows, ${percent(gate.least)} is the least: ${gate.passes ? 'passed' : 'not passed'}.`,
    `Cluster ${cluster} of ${size} ${size === 1 ? 'symbol' : 'symbols'}${alike}, at most ${quota.winnersMax} may win.`,
    ...(isCashLike ? ['It hardly moves: cash-like.'] : []),
    ...(clippedOn.length === 0 ? [] : [`The short stream lost everything on ${clippedOn.join(', ')}.`]),
  ];
}

/** One symbol: verdict, score, vetoes, features, opponents, and what to be careful about. */
export function accountBlocks(account: Account): Block[] {
  const { features, opponents, entropyBand } = account;
  return [
    lines(...verdictLines(account), ''),
    scoreBlock(account),
    lines(''),
    vetoBlock(account),
    lines('', ...notEvaluatedLines(account), ...(entropyBand === null ? [] : [`Entropy against the accepted band: ${entropyBand}.`]), ''),
    table(
      ['feature', 'value', 'rank', 'of'],
      features.map(({ feature, value, rank, of }) => [feature, figure(value), rank === null ? '-' : String(rank), String(of)]),
    ),
    ...(opponents.length === 0
      ? []
      : [
          lines(''),
          table(
            ['opponent', 'side', 'score', 'standing'],
            opponents.map(({ symbol, direction, score, standing }) => [symbol, direction, figure(score), shortStanding(standing)]),
          ),
        ]),
  ];
}

export function explainedBlocks(answer: SelectionAccount): Block[] {
  const { account } = answer;
  return [headingOf(account.symbol, answer), ...accountBlocks(account), lines('', ...caveatsOf(account), ...abortLines(answer))];
}

const leavesDrawnMax = 200;

export function battleBlocks(answer: SelectionBattles): Block[] {
  const { battles, clusters, symbols } = answer;
  const rows = battles.flatMap(({ id, winnersMax, meanCorrelation, isWalkover, contenders }) =>
    contenders.map(({ symbol, direction, score, standing, isCashLike }, place) => [
      place === 0 ? id : '',
      place === 0 ? String(winnersMax) : '',
      place === 0 ? (isWalkover ? 'walkover' : figure(meanCorrelation)) : '',
      symbol,
      direction,
      figure(score),
      `${shortStanding(standing)}${isCashLike ? ', cash-like' : ''}`,
    ]),
  );
  const { cut, lookbacks } = clusters;
  const cutAt = cut.criterion === 'distance' ? `cut at ${figure(cut.value)}` : `cut into at most ${cut.value} clusters`;
  return [
    headingOf('Battles', answer),
    table(['cluster', 'may win', 'mean correlation', 'symbol', 'side', 'score', 'standing'], rows),
    lines(
      '',
      `${clusters.count} clusters of ${symbols.length} symbols, ${cutAt}; lookbacks of ${lookbacks.used.join(', ')} rows` +
        (lookbacks.leftOut.length === 0 ? '.' : `; left out: ${lookbacks.leftOut.join(', ')}.`),
      ...abortLines(answer),
    ),
    ...(symbols.length > leavesDrawnMax
      ? [lines(`The dendrogram of ${symbols.length} symbols is not drawn; --json has its rows.`)]
      : [
          heading('Dendrogram: distances at which clusters merge'),
          verbatim(
            drawnDendrogram({ linkage: clusters.linkage, leaves: symbols, clusterOf: (leaf) => `s${clusters.labels[leaf]! + 1}` }).join(
              '\n',
            ),
          ),
        ]),
  ];
}

function stepRows({ funnel }: SelectionFunnel): string[][] {
  const { candidates, excluded, vetoed, gated, admittedByStage, winners } = funnel;
  return [
    ['candidates', String(candidates)],
    ...(excluded === 0 ? [] : [['kept out by a setting', String(excluded)]]),
    ...vetoed.map(({ code, count }) => [`veto ${code}, the first met`, String(count)]),
    ['below the gate', String(gated)],
    ...admittedByStage.map((count, stage) => [`admitted in ${stageInWords(stage + 1)}`, String(count)]),
    ['winners', String(winners)],
  ];
}

function windowBlocks({ run }: SelectionFunnel): Block[] {
  const { windows, stability, aborted } = run;
  if (stability === null) return [];
  return [
    heading(`${windows.length} windows, ${aborted.length} aborted`),
    history(
      ['window', 'last row', 'candidates', 'won', 'after each stage', 'Jaccard', 'first vetoes', ''],
      windows.map(({ window, newestRead, candidates, won, afterStage, vetoes, rules }, at) => [
        String(window),
        newestRead,
        String(candidates),
        String(won),
        afterStage.join(' '),
        figure(stability.jaccards[at]!),
        histogramInWords(vetoes),
        rules.length === 0 ? '' : `aborted: ${rules.join(', ')}`,
      ]),
    ),
  ];
}

/** How the selection of a run went on: how often each symbol won, and how alike the winners of neighbouring windows are. */
export function stabilityBlocks({ run }: Pick<SelectionFunnel, 'run'>): Block[] {
  const { stability } = run;
  if (stability === null) return [];
  const { meanJaccard, wins, selecting } = stability;
  return [
    heading('Stability'),
    lines(
      meanJaccard === null
        ? 'Fewer than two windows selected: there is nothing to compare.'
        : `Mean Jaccard ${figure(meanJaccard)} of ${selecting} windows that selected, each against the one before it that did.`,
    ),
    table(
      ['symbol', 'windows won', 'share'],
      wins.map(({ symbol, windows }) => [symbol, String(windows), percent(windows / selecting)]),
    ),
  ];
}

export function funnelBlocks(answer: SelectionFunnel): Block[] {
  const { absentEverywhere, reach, decision } = answer;
  return [
    headingOf('Funnel', answer),
    table(['step', 'symbols'], stepRows(answer)),
    lines(
      '',
      `Regime ${decision.quadrant}. Relaxation ends at ${decision.target} winners.`,
      ...(absentEverywhere.length === 0 ? [] : [`Components that nobody has, left out: ${absentEverywhere.join(', ')}`]),
      ...caveatsOf({ rows: decision.rows, reach }),
      ...abortLines(answer),
    ),
    ...windowBlocks(answer),
    ...stabilityBlocks(answer),
  ];
}

const sideWords = (side: ComparedSide | null): string =>
  side === null ? 'not in the pool' : `${shortStanding(side.standing)}, rank ${side.rank}, ${side.cluster}`;

const factorsShownMax = 3;

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${figure(value)}`;
}

function movedRow({ symbol, before, after, factors, logScoreChange, vetoesCame, vetoesLeft }: MovedSymbol): string[] {
  const moved = factors.slice(0, factorsShownMax).filter(({ logChange }) => logChange !== 0);
  const vetoes = [...vetoesCame.map((code) => `+${code}`), ...vetoesLeft.map((code) => `-${code}`)];
  return [
    symbol,
    sideWords(before),
    sideWords(after),
    logScoreChange === null ? '-' : signed(logScoreChange),
    moved.map(({ factor, logChange }) => `${factor} ${signed(logChange)}`).join(', '),
    vetoes.join(' '),
  ];
}

function movedBlocks(title: string, moved: readonly MovedSymbol[]): Block[] {
  if (moved.length === 0) return [];
  return [
    heading(title),
    table(['symbol', 'before', 'after', 'log score', 'moved most by', 'vetoes'], moved.map(movedRow)),
    lines(
      ...moved.flatMap(({ symbol, clusterCame, clusterLeft }) =>
        clusterCame.length + clusterLeft.length === 0
          ? []
          : [
              `  ${symbol}: ` +
                [
                  ...(clusterCame.length === 0 ? [] : [`joined in its cluster by ${enumerated(clusterCame, 5)}`]),
                  ...(clusterLeft.length === 0 ? [] : [`no longer with ${enumerated(clusterLeft, 5)}`]),
                ].join('; '),
            ],
      ),
    ),
  ];
}

const nameOf = ({ runId, decision }: OfDecision): string => `${runId}, ${decisionInWords(decision)}`;

export function differenceBlocks({ before, after, jaccard, kept, came, left, turned, settings }: SelectionDifference): Block[] {
  return [
    heading('Change of a selection'),
    lines(`Before: ${nameOf(before)}`, `After:  ${nameOf(after)}`),
    lines(`Jaccard ${figure(jaccard)}: ${kept.length} stayed, ${came.length} came, ${left.length} left, ${turned.length} turned.`),
    ...movedBlocks('Came', came),
    ...movedBlocks('Left', left),
    ...movedBlocks('Won both times, the other way round', turned),
    ...(settings.length === 0
      ? []
      : [
          heading('Settings'),
          table(
            ['setting', 'before', 'after'],
            settings.map((row) => [row.path, JSON.stringify(row.before), JSON.stringify(row.after)]),
          ),
        ]),
  ];
}

/** Everything about one decision, for a file. */
export function deepDiveBlocks({ funnel, battles, accounts }: SelectionDeepDive): Block[] {
  return [
    ...funnelBlocks(funnel),
    ...battleBlocks(battles),
    ...accounts.flatMap((account) => [heading(account.symbol), ...accountBlocks(account)]),
  ];
}
