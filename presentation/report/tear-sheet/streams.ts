import type { MeasuredStream, TearSheet } from '../../../domain/metrics/tear-sheet.ts';
import { type Block, type Cell, cell, columns, decimal, type LineBlock, orNone, percent, table } from '../model/document.ts';

/** Lines of more streams are not told apart: there are eight colours. */
const linesMax = 8;

/** The portfolio, its parts and what it is held against. */
export function streamsOf({ portfolio, parts, baselines }: TearSheet): readonly MeasuredStream[] {
  return [portfolio, ...(parts ?? []), ...(baselines ?? [])];
}

/** A stream on the dates of the portfolio; null where it has none of them. */
function onDatesOf(portfolio: MeasuredStream, stream: MeasuredStream, values: Float64Array): (number | null)[] {
  const rowOf = new Map(stream.dates.map((date, row) => [date, row]));
  return portfolio.dates.map((date) => values[rowOf.get(date) ?? Number.NaN] ?? null);
}

interface LineWords {
  readonly caption: string;
  readonly told: (stream: MeasuredStream) => string;
}

function linesOver(
  sheet: TearSheet,
  id: string,
  part: 'wealth' | 'drawdown',
  unit: LineBlock['unit'],
  { caption, told }: LineWords,
): LineBlock {
  const { portfolio } = sheet;
  const drawn = streamsOf(sheet).slice(0, linesMax);
  return {
    kind: 'line',
    id,
    caption,
    description: `From ${portfolio.performance.opened} to ${portfolio.performance.last}: ${drawn.map(told).join(', ')}.`,
    legend: drawn.map(({ id: name }) => name),
    dates: portfolio.dates,
    unit,
    series: drawn.map((stream) => ({
      name: stream.id,
      values: onDatesOf(portfolio, stream, stream[part]),
      emphasised: stream === portfolio,
    })),
  };
}

export function growthChart(sheet: TearSheet, id: string): LineBlock {
  return linesOver(sheet, `equity-${id}`, 'wealth', 'ratio', {
    caption: `Growth of 1, ${sheet.basis}`,
    told: (stream) => `${stream.id} grew to ${decimal(stream.wealth.at(-1)!, 3)}`,
  });
}

export function drawdownChart(sheet: TearSheet, id: string): LineBlock {
  return linesOver(sheet, `drawdown-${id}`, 'drawdown', 'percent', {
    caption: 'Below the highest wealth so far',
    told: (stream) => `${stream.id} at worst ${percent(stream.performance.maxDrawdown)}`,
  });
}

const two = (value: number): string => decimal(value, 2);

/** Headline figures, one stream a row. */
export function figuresTable(sheet: TearSheet): Block {
  const rows = streamsOf(sheet).map(({ id, note, performance: of }): Cell[] => [
    cell(note === null ? id : `${id} (${note})`),
    cell(percent(of.total)),
    orNone(of.twrAnnualised, percent),
    orNone(of.cagrCalendar, percent),
    orNone(of.volatility, percent),
    orNone(of.sharpe, two),
    orNone(of.sortino, two),
    orNone(of.calmar, two),
    cell(percent(of.maxDrawdown)),
    cell(percent(of.winRate, 1)),
    cell(`${of.rows}`),
  ]);
  return table(
    `Figures, ${sheet.basis}`,
    columns(
      'stream',
      'total#',
      'per year (TWR)#',
      'per calendar year#',
      'volatility#',
      'Sharpe#',
      'Sortino#',
      'Calmar#',
      'worst drawdown#',
      'days won#',
      'rows#',
    ),
    rows,
  );
}

/** What the bad days are like, one stream a row. */
export function tailTable(sheet: TearSheet): Block {
  const rows = streamsOf(sheet).map(({ id, performance: of }): Cell[] => [
    cell(id),
    cell(percent(of.historicalVar5)),
    cell(percent(of.historicalCvar5)),
    orNone(of.parametricVar5, percent),
    orNone(of.parametricCvar5, percent),
    orNone(of.cvarBelowParametricVar5, percent),
    cell(percent(of.worst)),
    cell(percent(of.best)),
    orNone(of.skewness, two),
    orNone(of.excessKurtosis, two),
    orNone(of.tailRatio, two),
    orNone(of.omega, two),
    orNone(of.hitRateOfActive, (value) => `${percent(value, 1)} of ${of.activeRows}`),
  ]);
  return table(
    'Tails of the daily returns: a loss is negative',
    columns(
      'stream',
      'VaR 5 %, historical#',
      'CVaR 5 %, historical#',
      'VaR 5 %, parametric#',
      'CVaR 5 %, parametric#',
      'mean below parametric VaR#',
      'worst day#',
      'best day#',
      'skewness#',
      'excess kurtosis#',
      'tail ratio#',
      'Omega#',
      'active days won#',
    ),
    rows,
  );
}
