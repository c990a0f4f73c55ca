import type { Performance } from '../../../domain/metrics/performance.ts';
import type { MeasuredStream, TearSheet } from '../../../domain/tear-sheet/tear-sheet.ts';
import { type Block, type Cell, cell, columns, decimal, type LineBlock, orNone, percent, table } from '../model/document.ts';

/** Lines of more streams are not told apart: there are eight colours. */
const linesMax = 8;

/** The parts of a portfolio, the portfolio, and what it is held against: the order in which colours are given. */
function streamsOf({ portfolio, parts, baselines }: TearSheet): readonly MeasuredStream[] {
  return [...(parts ?? []), portfolio, ...(baselines ?? [])];
}

/** As many as can be told apart, the portfolio among them. */
function drawnOf(sheet: TearSheet): readonly MeasuredStream[] {
  const streams = streamsOf(sheet);
  const others = streams.filter((stream) => stream !== sheet.portfolio).slice(0, linesMax - 1);
  return streams.filter((stream) => stream === sheet.portfolio || others.includes(stream));
}

/** A stream on the dates of the portfolio; null where it has none of them. */
function onDatesOf(portfolio: MeasuredStream, stream: MeasuredStream, values: Float64Array): (number | null)[] {
  const rowOf = new Map(stream.dates.map((date, row) => [date, row]));
  return portfolio.dates.map((date) => values[rowOf.get(date) ?? Number.NaN] ?? null);
}

/** Greatest wealth over the least, from which an even scale shows only the greatest. */
const doublingFrom = 4;

/** Whether lines of wealth are told apart by factors only. */
export function needsDoublings(wealths: readonly ArrayLike<number>[]): boolean {
  let [least, greatest] = [Number.POSITIVE_INFINITY, 0];
  for (const wealth of wealths)
    for (let row = 0; row < wealth.length; row++) {
      least = Math.min(least, wealth[row]!);
      greatest = Math.max(greatest, wealth[row]!);
    }
  return least > 0 && greatest >= doublingFrom * least;
}

export const doublingWords = '; each line of the scale is a doubling';

/** A stream as a legend names it, with what must be known of it. */
const shownName = ({ id, note }: MeasuredStream): string => (note === null ? id : `${id} (${note})`);

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
  const drawn = drawnOf(sheet);
  return {
    kind: 'line',
    id,
    caption,
    description: `From ${portfolio.performance.opened} to ${portfolio.performance.last}: ${drawn.map(told).join(', ')}.`,
    legend: drawn.map(shownName),
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
  const doubles = needsDoublings(drawnOf(sheet).map(({ wealth }) => wealth));
  const chart = linesOver(sheet, `equity-${id}`, 'wealth', 'ratio', {
    caption: `Growth of 1, ${sheet.basis}${doubles ? doublingWords : ''}`,
    told: (stream) => `${shownName(stream)} grew to ${decimal(stream.wealth.at(-1)!, 3)}`,
  });
  return doubles ? { ...chart, scale: 'doubling' } : chart;
}

export function drawdownChart(sheet: TearSheet, id: string): LineBlock {
  return linesOver(sheet, `drawdown-${id}`, 'drawdown', 'percent', {
    caption: 'Below the highest wealth so far',
    told: (stream) => `${shownName(stream)} at worst ${percent(stream.performance.maxDrawdown)}`,
  });
}

const two = (value: number): string => decimal(value, 2);

/** Headline figures, one stream a row. */
export function figuresTable(sheet: TearSheet): Block {
  const rows = streamsOf(sheet).map((stream): Cell[] => {
    const of = stream.performance;
    return [
      cell(shownName(stream)),
      cell(percent(of.total)),
      orNone(of.twrAnnualised, percent),
      orNone(of.cagrCalendar, percent),
      orNone(of.volatility, percent),
      orNone(of.sharpe, two),
      orNone(of.sortino, two),
      orNone(of.calmar, two),
      cell(percent(of.maxDrawdown)),
      cell(percent(of.winRate, 1)),
    ];
  });
  return table(
    `Figures, ${sheet.basis}`,
    columns('stream', 'total#', 'per year (TWR)#', 'CAGR#', 'volatility#', 'Sharpe#', 'Sortino#', 'Calmar#', 'max drawdown#', 'days won#'),
    rows,
  );
}

/** What the bad days are like: a figure a row, for there are more of them than streams. */
const tailFigures: readonly (readonly [name: string, shown: (of: Performance) => Cell])[] = [
  ['VaR 5 %, historical', (of) => cell(percent(of.historicalVar5))],
  ['CVaR 5 %, historical', (of) => cell(percent(of.historicalCvar5))],
  ['VaR 5 %, parametric', (of) => orNone(of.parametricVar5, percent)],
  ['CVaR 5 %, parametric', (of) => orNone(of.parametricCvar5, percent)],
  ['mean below the parametric VaR', (of) => orNone(of.cvarBelowParametricVar5, percent)],
  ['worst day', (of) => cell(percent(of.worst))],
  ['best day', (of) => cell(percent(of.best))],
  ['skewness', (of) => orNone(of.skewness, two)],
  ['excess kurtosis', (of) => orNone(of.excessKurtosis, two)],
  ['tail ratio', (of) => orNone(of.tailRatio, two)],
  ['Omega', (of) => orNone(of.omega, two)],
  ['active days', (of) => cell(`${of.activeRows} of ${of.rows}`)],
  ['active days won', (of) => orNone(of.hitRateOfActive, (value) => percent(value, 1))],
];

export function tailTable(sheet: TearSheet): Block {
  const streams = streamsOf(sheet);
  return table(
    'Tails of the daily returns: a loss is negative',
    columns('figure', ...streams.map((stream) => `${shownName(stream)}#`)),
    tailFigures.map(([name, shown]) => [cell(name), ...streams.map(({ performance }) => shown(performance))]),
  );
}
