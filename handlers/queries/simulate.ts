import type { PriceFile } from '../../domain/returns/price-file.ts';
import { admitPriceDates, latestDateAt } from '../../domain/returns/future-dates.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { type Simulation, type SimulationInput, simulateWeights } from '../../domain/execution/simulation.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { ofWeights, tableOf } from './dated-files.ts';

export interface SimulationQuestion extends Omit<SimulationInput, 'weights' | 'market' | 'volumes' | 'against'> {
  readonly weights: PriceFile;
  readonly kind: SimulationInput['market']['kind'];
  readonly market: readonly PriceFile[];
  readonly volumes: readonly PriceFile[];
  readonly against: PriceFile | null;
  /** The present instant, after whose tomorrow no row is taken. */
  readonly now: string;
}

function seriesOf(file: PriceFile): ReturnSeries {
  const { dates, columns, values } = tableOf([file]);
  if (columns.length !== 1)
    throw new LedgerError('SchemaViolation', `${file.file}: ${columns.length} columns where one series was expected`, {
      evidence: { columns },
      at: { file: file.file, line: 1 },
    });
  const rows = dates.flatMap((_, row) => (Number.isNaN(values[0]![row]!) ? [] : [row]));
  return { dates: rows.map((row) => dates[row]!), values: Float64Array.from(rows, (row) => values[0]![row]!) };
}

/**
 * Simulates the execution of a file of weights over files of prices or returns. Nothing is recorded and no ledger is asked.
 * Errors: those of `simulateWeights`, SymbolTwice, DateInFuture; dates out of order in any file are refused.
 */
export function simulateFiles(question: SimulationQuestion): Simulation {
  const { weights, kind, market, volumes, against, now, ...rest } = question;
  admitPriceDates([...market, ...volumes], latestDateAt(now));
  const input: SimulationInput = {
    ...rest,
    weights: tableOf([weights]),
    market: { kind, table: tableOf(market) },
    volumes: volumes.length === 0 ? null : tableOf(volumes),
    against: against === null ? null : seriesOf(against),
  };
  try {
    return simulateWeights(input);
  } catch (error) {
    throw ofWeights(weights, error);
  }
}
