import { depthsOfEquity } from './drawdowns.ts';
import type { Simulation } from './simulation.ts';

/** A dated column of an answer. */
export interface NamedSeries {
  readonly name: string;
  readonly values: Float64Array;
}

/** Every series of a simulation, on its rows; those of single columns as `weight:NAME` and `pnl:NAME` where they were kept. */
export function seriesOfSimulation({ path, columnSeries }: Simulation): NamedSeries[] {
  const series: NamedSeries[] = [
    { name: 'gross_return', values: path.grossReturn },
    { name: 'cash_interest', values: path.cashInterest },
    { name: 'borrow', values: path.borrow },
    { name: 'cost', values: path.cost },
    { name: 'impact', values: path.impact },
    { name: 'net_return', values: path.net },
    { name: 'equity', values: path.equity },
    { name: 'drawdown', values: depthsOfEquity(path.equity) },
    { name: 'turnover_two_sided', values: path.turnoverTwoSided },
    { name: 'gross_exposure', values: path.grossExposure },
    { name: 'net_exposure', values: path.netExposure },
    { name: 'cash', values: path.cash },
  ];
  if (columnSeries === null) return series;
  const width = columnSeries.columns.length;
  const columnOf = (values: Float64Array, column: number): Float64Array =>
    Float64Array.from(path.dates, (_, row) => values[row * width + column]!);
  for (const kind of ['weights', 'pnl'] as const)
    for (const [column, name] of columnSeries.columns.entries())
      series.push({ name: `${kind === 'weights' ? 'weight' : kind}:${name}`, values: columnOf(columnSeries[kind], column) });
  return series;
}
