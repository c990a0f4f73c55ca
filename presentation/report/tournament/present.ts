import { isWithinNoise } from '../../../domain/metrics/sharpe-difference.ts';
import type { RankedEntrantFacts, TournamentCompleted } from '../../../domain/tournament-run/events.ts';
import {
  type Block,
  type Cell,
  cell,
  columns,
  decimal,
  facts,
  orNone,
  paragraph,
  percent,
  type ReportDocument,
  type Section,
  table,
} from '../model/document.ts';
import { provenanceSection } from '../sections/provenance.ts';
import type { TournamentReport } from './model.ts';

const two = (value: number): string => decimal(value, 2);

function premises({ run, started, completed }: TournamentReport): Block {
  const { axes, entrants, imported = [], selectionMode, grid, coverage, rules, notComputed } = started;
  const windows = axes.windows.map(({ train, test, step }) => `${train}/${test}/${step}`).join(', ');
  const costs = axes.costs.map(({ slippage, commission }) => `${slippage}+${commission}`).join(', ');
  return facts(
    ['Sleeve', cell(run.name)],
    ['As of', cell(run.asOf)],
    ['Entrants', cell(String(entrants))],
    ...(imported.length === 0
      ? []
      : [['Imported, net as given', cell(imported.map(({ runId, risk }) => `${runId} ${risk}`).join(', '))] as const]),
    ['Profiles', cell([...axes.profiles, 'raw_pool_ew'].join(', '))],
    ...(notComputed.length === 0 ? [] : [['Listed and not computed', cell(notComputed.join(', '), 'warn')] as const]),
    ['Estimators', cell(axes.estimators.join(', '))],
    ['Linkages', cell(axes.linkages.join(', '))],
    ['Windows (train/test/step, rows)', cell(windows)],
    ['Costs (slippage+commission, fractions)', cell(costs)],
    ['Simulators', cell(axes.simulators.join(', '))],
    ['Selection', cell(selectionMode)],
    ['Prices', cell(`${grid.rows} rows, ${grid.first} to ${grid.last}`)],
    ['Universe', cell(`kept by coverage from ${coverage.first} to ${coverage.last}: later rows included`, 'warn')],
    ...(completed === null
      ? []
      : [['Compared on', cell(`${completed.rows} rows that every entrant holds, ${completed.first} to ${completed.last}`)] as const]),
    ['Rules', cell(`version ${rules}`)],
  );
}

function noteOf({ identicalTo, againstFirst, rank }: RankedEntrantFacts): Cell {
  if (identicalTo !== null) return cell(`same stream as ${identicalTo}`, 'muted');
  if (rank === 1) return cell('first');
  return isWithinNoise(againstFirst) ? cell('no difference to the first beyond noise', 'warn') : cell('worse than the first beyond noise');
}

function ranksTable({ entrants }: TournamentCompleted): Block {
  return table(
    'Entrants by their Sharpe ratio out of sample, after costs',
    columns('rank#', 'entrant', 'Sharpe#', 'a year#', 'volatility#', 'max drawdown#', 'deflated Sharpe#', 'turnover#', 'costs#', 'note'),
    entrants.map((entrant): Cell[] => {
      const { rank, id, metrics, deflatedSharpe, held } = entrant;
      return [
        cell(String(rank)),
        cell(id),
        orNone(metrics.sharpe, two),
        orNone(metrics.twrAnnualised, percent),
        orNone(metrics.volatility, percent),
        cell(percent(metrics.maxDrawdown)),
        orNone(deflatedSharpe, two),
        orNone(held.turnoverTwoSided, (value) => value.toFixed(1)),
        orNone(held.costFraction, percent),
        noteOf(entrant),
      ];
    }),
  );
}

function failuresTable({ failed }: TournamentReport): Block[] {
  if (failed.length === 0) return [];
  return [
    table(
      'Entrants that could not be run',
      columns('entrant', 'why'),
      failed.map(({ id, reason }) => [cell(id), cell(reason, 'bad')]),
    ),
  ];
}

function luckFacts({ trials, pairs, overfitting, rankStability }: TournamentCompleted): Block {
  const worse = 'the best in sample is no better than the middle elsewhere';
  return facts(
    ['Distinct entrants', trials === null ? cell('none varies', 'muted') : cell(`${trials.count}: the trials of this tournament`)],
    [
      'Probability of overfitting',
      overfitting.status === 'refused'
        ? cell(`not evaluated: ${overfitting.reason}`, 'warn')
        : cell(
            `${percent(overfitting.probability)} of ${overfitting.splits} splits: ${worse}`,
            overfitting.probability < 0.5 ? 'plain' : 'bad',
          ),
    ],
    ...(overfitting.status === 'refused'
      ? []
      : [['Probability of loss', cell(`${percent(overfitting.probabilityOfLoss)}: the best in sample loses out of sample`)] as const]),
    ['Pairs without a difference beyond noise', cell(`${pairs.withinNoise} of ${pairs.compared} (|z| below 1.96)`)],
    [
      'Rank stability',
      rankStability === null ? cell('not evaluated', 'muted') : cell(`${two(rankStability)}: 1 is one order in every block`),
    ],
  );
}

/** What selection and optimisation are worth: every distinct entrant against the raw pool under its own conditions. */
function againstRawPool({ entrants }: TournamentCompleted): Block {
  return table(
    'Difference to the raw pool: Sharpe ratio per row under the same windows, costs and simulator',
    columns('entrant', 'difference#', 'z#', 'verdict'),
    entrants
      .filter(({ identicalTo, profile }) => identicalTo === null && profile !== 'raw_pool_ew')
      .map(({ id, imported, againstRawPool: against }): Cell[] => {
        if (against === null)
          return [
            cell(id),
            orNone(null, two),
            orNone(null, two),
            cell(imported === undefined ? 'the raw pool could not be run' : 'imported: its windows and costs are not known', 'warn'),
          ];
        const { difference, z } = against;
        if (z === null)
          return [cell(id), orNone(difference, decimal), orNone(null, two), cell('the same stream, or none that varies', 'muted')];
        const verdict = isWithinNoise(against)
          ? cell('no difference beyond noise', 'warn')
          : z > 0
            ? cell('better', 'good')
            : cell('worse', 'bad');
        return [cell(id), orNone(difference, decimal), cell(two(z)), verdict];
      }),
  );
}

function unselected({ started }: TournamentReport): Block[] {
  if (started.selectionMode !== 'none') return [];
  return [
    paragraph(
      'Nothing is selected (selection_mode none): the raw pool is the equal weight of the sleeve, and has the stream of equal_weight.',
    ),
  ];
}

function sectionsOf(report: TournamentReport): Section[] {
  const { completed, reason } = report;
  const first: Section = { id: 'premises', title: 'Premises', blocks: [premises(report)] };
  if (completed === null)
    return [
      first,
      { id: 'comparison', title: 'Comparison', blocks: [paragraph(`Nothing is compared: ${reason}.`, 'bad'), ...failuresTable(report)] },
    ];
  return [
    { id: 'comparison', title: 'Comparison', blocks: [ranksTable(completed), ...failuresTable(report)] },
    {
      id: 'benchmark_audit_summary',
      title: 'Benchmark audit summary',
      blocks: [luckFacts(completed), againstRawPool(completed), ...unselected(report)],
    },
    first,
  ];
}

/** The report of a tournament as a person reads it. */
export function presentTournament(report: TournamentReport): ReportDocument {
  const { run } = report;
  return {
    title: `Tournament of ${run.name}, as of ${run.asOf}`,
    lead: `Tournament ${run.runId}: ${run.status}. Made from the ledger alone; every figure is out of sample and after costs.`,
    sections: [...sectionsOf(report), provenanceSection(report)],
  };
}
