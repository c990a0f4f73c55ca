import type { RollingFigure } from '../../../domain/metrics/rolling.ts';
import type { TearSheet } from '../../../domain/tear-sheet/tear-sheet.ts';
import {
  type Block,
  type Cell,
  cell,
  columns,
  decimal,
  facts,
  type LineBlock,
  orNone,
  paragraph,
  percent,
  table,
} from '../model/document.ts';

const two = (value: number): string => decimal(value, 2);

function span(values: readonly (number | null)[], shown: (value: number) => string): string {
  const found = values.flatMap((value) => (value === null ? [] : [value]));
  if (found.length === 0) return 'without a value';
  return `between ${shown(Math.min(...found))} and ${shown(Math.max(...found))}, last ${shown(found.at(-1)!)}`;
}

interface Drawn {
  readonly name: string;
  /** Of what, or by which measure of time. */
  readonly of: string;
  readonly figure: RollingFigure;
  readonly unit: LineBlock['unit'];
  readonly shown: (value: number) => string;
}

function rollingChart(sheet: TearSheet, id: string, { name, of, figure, unit, shown }: Drawn): LineBlock {
  return {
    kind: 'line',
    id: `rolling-${name.toLowerCase()}-${id}`,
    caption: `Rolling ${name}${of}, over ${sheet.rolling.windowRows} rows`,
    description: `From ${figure.dates[0]} to ${figure.dates.at(-1)}: ${span(figure.values, shown)}.`,
    legend: [],
    dates: figure.dates,
    unit,
    series: [{ name, values: figure.values, emphasised: false }],
  };
}

/** Volatility, Sharpe ratio and, where there is a benchmark, beta over time. */
export function rollingCharts(sheet: TearSheet, id: string): Block[] {
  const { volatility, sharpe, beta, windowRows } = sheet.rolling;
  if (volatility.dates.length < 2)
    return [paragraph(`Rolling figures need more than ${windowRows} rows; there are ${sheet.portfolio.performance.rows}.`, 'muted')];
  const drawn: Drawn[] = [
    { name: 'volatility', of: ', a year', figure: volatility, unit: 'percent', shown: percent },
    { name: 'Sharpe', of: ', a year', figure: sharpe, unit: 'ratio', shown: two },
    ...(beta === null || beta.dates.length < 2
      ? []
      : [{ name: 'beta', of: ` to ${sheet.benchmark?.id ?? 'the benchmark'}`, figure: beta, unit: 'ratio' as const, shown: two }]),
  ];
  return drawn.map((each) => rollingChart(sheet, id, each));
}

export function benchmarkFacts({ benchmark }: TearSheet): Block[] {
  if (benchmark === null) return [];
  const { id, comparison: of } = benchmark;
  return [
    facts(
      ['Benchmark', cell(`${id}, on ${of.commonRows} common dates`)],
      ['Beta', orNone(of.beta, two)],
      ['Alpha a year', orNone(of.alphaAnnualised, percent)],
      ['Correlation', orNone(of.correlation, two)],
      ['Tracking error', orNone(of.trackingError, percent)],
      ['Information ratio', orNone(of.informationRatio, two)],
      [
        'Up and down capture',
        cell(`${of.upCapture === null ? 'none' : two(of.upCapture)}, ${of.downCapture === null ? 'none' : two(of.downCapture)}`),
      ],
    ),
  ];
}

/** Benchmarks that other sessions price: compared, not held. */
export function comparedFacts({ compared }: TearSheet): Block[] {
  if (compared.length === 0) return [];
  const rows = compared.map(({ id, comparison, own, benchmark, excessTotal, excessAnnualised }): Cell[] => [
    cell(id),
    cell(String(comparison.commonRows)),
    orNone(comparison.correlation, two),
    orNone(comparison.beta, two),
    cell(percent(own.total)),
    cell(percent(benchmark.total)),
    cell(percent(excessTotal)),
    orNone(excessAnnualised, percent),
    orNone(benchmark.volatility, percent),
    orNone(benchmark.sharpe, two),
    cell(percent(benchmark.maxDrawdown)),
  ]);
  return [
    table(
      'Benchmarks compared, not held: prices on common dates, returns between them',
      columns(
        'benchmark',
        'common rows#',
        'correlation#',
        'beta#',
        'stream#',
        'benchmark#',
        'excess#',
        'excess a year#',
        'its volatility#',
        'its Sharpe#',
        'its drawdown#',
      ),
      rows,
    ),
  ];
}
