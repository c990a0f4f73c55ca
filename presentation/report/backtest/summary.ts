import type { TestedProfileFacts } from '../../../domain/backtest-run/events.ts';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import type { MeasuredProfile } from '../../../handlers/tear-sheets/backtest-tear-sheets.ts';
import {
  type Block,
  type Cell,
  cell,
  code,
  columns,
  decimal,
  facts,
  type LineBlock,
  orNone,
  paragraph,
  percent,
  type Section,
  smallPercent,
  table,
} from '../model/document.ts';
import { doublingWords, needsDoublings } from '../tear-sheet/streams.ts';
import { noticedTable } from './anomalies.ts';
import type { BacktestHead, BacktestReport } from './model.ts';
import { burnInTable, premiseBlocks } from './premises.ts';
import { selectionBlocks } from './selections.ts';

const statusTones = { tested: 'good', 'partly tested': 'warn', 'not tested': 'bad' } as const satisfies Record<
  BacktestHead['status'],
  string
>;
const modeWords = { daily: 'at the targets', window: 'with drift' } as const;
const two = (value: number): string => decimal(value, 2);

function figuresRow({ profile: { facts: tested } }: MeasuredProfile): Cell[] {
  const { risk, metrics, costs, turnover, decisions } = tested;
  return [
    cell(risk),
    cell(percent(metrics.total)),
    orNone(metrics.twrAnnualised, percent),
    orNone(metrics.volatility, percent),
    orNone(metrics.sharpe, two),
    cell(percent(metrics.maxDrawdown)),
    cell(percent(costs.netted)),
    cell(smallPercent(costs.crossingBenefit)),
    cell(`${decimal(turnover.tradedTwoSided, 1)} x`),
    cell(String(decisions)),
  ];
}

function figuresTable({ profiles, failed }: BacktestReport): Block {
  const head = columns(
    'profile',
    'total#',
    'a year (TWR)#',
    'volatility#',
    'Sharpe#',
    'max drawdown#',
    'costs#',
    'saved by crossing#',
    'turnover#',
    'decisions#',
  );
  const none = head.slice(2).map(() => cell('-', 'muted'));
  const failures = failed.map(({ risk }): Cell[] => [cell(risk), cell('not tested', 'bad'), ...none]);
  return table(`Profiles, ${profiles[0]?.sheet.basis ?? 'none of which was tested'}`, head, [...profiles.map(figuresRow), ...failures]);
}

function baselineCell(found: TestedProfileFacts['baselines'][number] | undefined): Cell {
  const metrics = found?.metrics ?? null;
  return metrics === null ? cell('not run', 'warn') : orNone(metrics.sharpe, two);
}

/** Sharpe ratios of the run and of what it is held against: a stream a row, for there are at most eight profiles. */
function baselinesTable(profiles: readonly MeasuredProfile[]): Block[] {
  const [first] = profiles;
  if (first === undefined) return [];
  const all = profiles.map(({ profile }) => profile.facts);
  return [
    table('Sharpe ratio beside the baselines, on the same rows and after costs', columns('stream', ...all.map(({ risk }) => `${risk}#`)), [
      [cell('recursive'), ...all.map(({ metrics }) => orNone(metrics.sharpe, two))],
      ...first.profile.facts.baselines.map(({ name, lookAhead }) => [
        cell(lookAhead ? `${name} (look-ahead)` : name, lookAhead ? 'warn' : 'plain'),
        ...all.map(({ baselines }) => baselineCell(baselines.find((baseline) => baseline.name === name))),
      ]),
    ]),
  ];
}

function shareOf({ sheet }: MeasuredProfile, kind: 'optimiser' | 'realised', id: string): Cell {
  const history = sheet.contributions?.find((found) => found.kind === kind && found.of === 'sleeves');
  return orNone(history?.rows.at(-1)?.shares[history.ids.indexOf(id)] ?? null, percent);
}

/** Who carried the risk: ex ante at the last decision, and realised. */
function sharesTable(profiles: readonly MeasuredProfile[]): Block[] {
  const [first] = profiles;
  if (first === undefined) return [];
  const ids = first.profile.joined.columns;
  return [
    table(
      'Contribution to risk by sleeve: optimiser (ex ante, last decision) and realised',
      columns('profile', ...ids.map((id) => `${id}, optimiser#`), ...ids.map((id) => `${id}, realised#`)),
      profiles.map((measured) => [
        cell(measured.profile.facts.risk),
        ...ids.map((id) => shareOf(measured, 'optimiser', id)),
        ...ids.map((id) => shareOf(measured, 'realised', id)),
      ]),
    ),
  ];
}

/** Every profile on the dates that any of them has. */
function equityChart(profiles: readonly MeasuredProfile[]): LineBlock[] {
  const [first] = profiles;
  if (first === undefined || profiles.length < 2) return [];
  const dates = [...new Set(profiles.flatMap(({ sheet }) => sheet.portfolio.dates))].toSorted(byCodeUnits);
  const names = profiles.map(({ profile }) => profile.facts.risk);
  const doubles = needsDoublings(profiles.map(({ sheet }) => sheet.portfolio.wealth));
  const grown = profiles.map(({ sheet: { portfolio } }, at) => `${names[at]} grew to ${decimal(portfolio.wealth.at(-1)!, 3)}`);
  return [
    {
      kind: 'line',
      id: 'equity-profiles',
      caption: `Growth of 1 by profile, ${first.sheet.basis}${doubles ? doublingWords : ''}`,
      ...(doubles ? { scale: 'doubling' as const } : {}),
      description: `From ${dates[0]} to ${dates.at(-1)}: ${grown.join(', ')}.`,
      legend: names,
      dates,
      unit: 'ratio',
      series: profiles.map(({ sheet: { portfolio } }, at) => {
        const rowOf = new Map(portfolio.dates.map((date, row) => [date, row]));
        const values = dates.map((date) => portfolio.wealth[rowOf.get(date) ?? Number.NaN] ?? null);
        return { name: names[at]!, values, emphasised: false };
      }),
    },
  ];
}

/** Burn-ins differ between profiles only where a sleeve's returns do. */
function burnIns({ profiles, run }: BacktestReport): Block[] {
  const found = new Map(profiles.map(({ profile: { facts: tested } }) => [JSON.stringify(tested.burnIns), tested]));
  if (found.size > 1) return [paragraph('Burn-ins differ between the profiles: each has its own below.', 'muted')];
  return [...found.values()].map((tested) => burnInTable(tested.burnIns, run.meta));
}

function runFacts({ run, started }: BacktestReport): Block {
  const { params, options } = started;
  return facts(
    ['Run', code(run.runId)],
    ['Portfolio', cell(run.meta === run.profile ? run.meta : `${run.meta} (${run.profile})`)],
    ['As of', cell(run.asOf)],
    ['Outcome', cell(run.status, statusTones[run.status])],
    ['Recorded', cell(`${run.recordedAt} by ${run.actor}`)],
    ['Windows', cell(`${params.train_window} rows of training, a step of ${params.step_size}, held ${modeWords[params.rebalance_mode]}`)],
    ['Profiles asked for', cell(`${options.risks.join(', ')} (${options.risksFrom === 'flag' ? 'by flag' : 'by the definition'})`)],
    ['Join', cell(options.join === null ? 'as each portfolio defines' : `${options.join}, by flag`)],
    ['Projection', cell(options.projection === null ? 'as each portfolio defines' : `${options.projection}, by flag`)],
  );
}

/** The result on one screen: what it is and is not, then every profile. */
export function backtestSummary(report: BacktestReport): Section {
  const { profiles } = report;
  return {
    id: 'summary',
    title: 'Summary',
    blocks: [
      ...premiseBlocks(report),
      figuresTable(report),
      ...baselinesTable(profiles),
      ...equityChart(profiles),
      ...sharesTable(profiles),
      ...selectionBlocks(report.selected),
      ...burnIns(report),
      noticedTable(report),
      runFacts(report),
    ],
  };
}
