import type { Anomaly } from '../../../domain/tear-sheet/anomalies.ts';
import type { DatedTrade } from '../../../domain/metrics/turnover.ts';
import type { TearSheet } from '../../../domain/tear-sheet/tear-sheet.ts';
import {
  type Block,
  type Cell,
  cell,
  columns,
  decimal,
  type LineBlock,
  paragraph,
  percent,
  smallPercent,
  table,
} from '../model/document.ts';

/** Anomalies that a report lists. */
const listedMax = 10;

function cumulated(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}

/** Costs as they were charged and, where trades of several sleeves are netted, as they would have been sleeve by sleeve. */
function costLines(trades: readonly DatedTrade[]): Pick<LineBlock, 'legend' | 'series'> {
  const values = cumulated(trades.map(({ costFraction }) => costFraction));
  if (trades.every(({ crossingBenefit = 0 }) => crossingBenefit === 0))
    return { legend: [], series: [{ name: 'costs', values, emphasised: false }] };
  const apart = cumulated(trades.map(({ costFraction, crossingBenefit = 0 }) => costFraction + crossingBenefit));
  const lines = [
    { name: 'charged, netted by symbol', values, emphasised: true },
    { name: 'sleeve by sleeve', values: apart, emphasised: false },
  ];
  return { legend: lines.map(({ name }) => name), series: lines };
}

/** Turnover and costs, trade by trade. */
export function tradesBlocks({ trades, portfolio, crossingBenefit }: TearSheet, id: string): Block[] {
  if (trades === null || trades.length === 0) return [];
  const turnover = trades.reduce((sum, trade) => sum + trade.turnoverTwoSided, 0);
  const cost = trades.reduce((sum, trade) => sum + trade.costFraction, 0);
  const last = trades.at(-1)!.date;
  const chart: LineBlock = {
    kind: 'line',
    id: `turnover-${id}`,
    caption: 'Turnover of each trade, two-sided',
    description: `${trades.length} trades from ${trades[0]!.date} to ${last}, ${percent(turnover / trades.length)} on average.`,
    legend: [],
    dates: trades.map(({ date }) => date),
    unit: 'percent',
    series: [{ name: 'turnover', values: trades.map(({ turnoverTwoSided }) => turnoverTwoSided), emphasised: false }],
  };
  const costs: LineBlock = {
    ...chart,
    id: `costs-${id}`,
    caption: 'Costs so far, of equity',
    description: `They add up to ${percent(cost)} of equity by ${last}.`,
    ...costLines(trades),
  };
  const perYear = (turnover * portfolio.performance.annualisationDays) / portfolio.performance.rows;
  const yearly = portfolio.performance.flags.includes('not_meaningful') ? '' : `; ${percent(perYear)} a year`;
  const costsText = `Costs ${smallPercent(cost)} of equity in all.`;
  const total = `Turnover ${percent(turnover)} two-sided in ${trades.length} trades${yearly}. ${costsText}`;
  const apart = crossingBenefit === null ? '' : ` Sleeve by sleeve the same trades would have cost ${smallPercent(crossingBenefit)} more.`;
  return [...(trades.length > 1 ? [chart, costs] : []), paragraph(total + apart)];
}

/** Every window of the walk-forward. */
export function windowsTable({ windows }: TearSheet): Block[] {
  if (windows === null) return [];
  const rows = windows.map((window): Cell[] => [
    cell(String(window.index)),
    cell(`${window.trainFirst} to ${window.trainLast}`),
    cell(`${window.testFirst} to ${window.testLast}`),
    cell(String(window.rows)),
    cell(percent(window.grossReturn)),
    cell(percent(window.netReturn)),
    cell(percent(window.turnoverTwoSided)),
    cell(smallPercent(window.costFractionCharged)),
  ]);
  return [
    table(
      `Windows: ${windows.length}, each trained strictly before it was held`,
      columns('window#', 'trained on', 'held over', 'rows#', 'gross#', 'net#', 'turnover#', 'cost#'),
      rows,
    ),
  ];
}

const anomalyWords: Record<Anomaly['kind'], string> = {
  window_sharpe: 'a window whose mean over deviation no market gives',
  window_volatility: 'a window of a deviation that no market gives',
  extreme_day: 'a day that moved by more than a half',
};

export function anomalyBlocks({ anomalies }: TearSheet): Block[] {
  if (anomalies.length === 0) return [paragraph('No anomaly: no extreme day, and no window with figures that no market gives.', 'good')];
  const rows = anomalies
    .slice(0, listedMax)
    .map(({ kind, first, last, value, limit }): Cell[] => [
      cell(anomalyWords[kind], 'warn'),
      cell(first === last ? first : `${first} to ${last}`),
      cell(decimal(value, 3)),
      cell(decimal(limit, 3)),
    ]);
  const of = anomalies.length > listedMax ? `, the first ${listedMax} of ${anomalies.length}` : '';
  return [table(`Anomalies${of}: figures per row`, columns('what', 'when', 'value#', 'limit#'), rows)];
}
