import { columnNamed } from '../../../domain/returns/table-text.ts';
import type { MeasuredProfile } from '../../../handlers/tear-sheets/backtest-tear-sheets.ts';
import type { DecisionCorrelations } from '../../../handlers/tear-sheets/decision-correlations.ts';
import { type Block, type Cell, cell, columns, decimal, type LineBlock, orNone, percent, table } from '../model/document.ts';

/** Lines that are told apart. */
const linesMax = 8;
/** Pairs that a table has room for. */
const pairsMax = 15;

const orEmpty = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** What each decision set, and what it took for the risk of each sleeve. */
function decisionsTable({ profile }: MeasuredProfile): Block {
  const { windows, joined, decisions } = profile;
  const ids = joined.columns;
  const shares = ids.map((id) => columnNamed(decisions, `risk_share:${id}`));
  const moved = columnNamed(decisions, 'allocation_turnover_two_sided');
  return table(
    `Decisions: ${windows.length}, each made and traded at the close that it read last`,
    columns(
      'decision#',
      'at the close of',
      'earns to',
      ...ids.map((id) => `${id}#`),
      ...ids.map((id) => `${id}, risk#`),
      'moved#',
      'flags',
    ),
    windows.map(({ index, newestRead, last, weights, flags }, row): Cell[] => [
      cell(String(index)),
      cell(newestRead),
      cell(last),
      ...ids.map((id) => cell(percent(weights[id]!))),
      ...shares.map((share) => orNone(orEmpty(share[row]!), percent)),
      orNone(orEmpty(moved[row]!), percent),
      cell(flags.join(', '), 'warn'),
    ]),
  );
}

function correlationsChart({ pairs, rows }: DecisionCorrelations, id: string): LineBlock[] {
  if (rows.length < 2 || pairs.length === 0) return [];
  const last = rows.at(-1)!;
  const shown = pairs.slice(0, linesMax);
  const left = shown.length < pairs.length ? `, ${shown.length} pairs of ${pairs.length}` : '';
  const told = shown.map((pair, at) => `${pair} ${last.values[at] === null ? 'none' : decimal(last.values[at]!, 2)}`);
  return [
    {
      kind: 'line',
      id: `correlations-${id}`,
      caption: `Correlations of the sleeves on the rows that each decision learned from${left}`,
      description: `From ${rows[0]!.date} to ${last.date}; at the last decision ${told.join(', ')}.`,
      legend: shown,
      dates: rows.map(({ date }) => date),
      unit: 'ratio',
      series: shown.map((name, at) => ({ name, values: rows.map(({ values }) => values[at]!), emphasised: false })),
    },
  ];
}

function correlationsTable({ pairs, rows }: DecisionCorrelations): Block[] {
  if (pairs.length === 0 || pairs.length > pairsMax) return [];
  return [
    table(
      'The same, decision by decision',
      columns('at the close of', ...pairs.map((pair) => `${pair}#`)),
      rows.map(({ date, values }) => [cell(date), ...values.map((value) => orNone(value, (shown) => decimal(shown, 2)))]),
    ),
  ];
}

/** What was decided when, and what the sleeves looked like then. */
export function decisionBlocks(measured: MeasuredProfile): Block[] {
  const { correlations, profile } = measured;
  return [decisionsTable(measured), ...correlationsChart(correlations, profile.facts.risk), ...correlationsTable(correlations)];
}
