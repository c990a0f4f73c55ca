/** Data of the solvers' benchmark: simulated from a seed, and written as raw doubles which both sides read. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { columnMeans } from '../domain/risk/covariance.ts';
import { covarianceOf, defaultSolveParameters, type SolveParameters } from '../domain/risk/profiles.ts';
import type { ReturnMatrix } from '../domain/returns/series.ts';
import { normals } from './returns.ts';
import { dataName, dataOf, type SolverCase, type SolverData, type SolverKind } from './solver-cases.ts';

/** What the peers compute: the sample covariance as it is, without shrinkage or ridge. */
export const solverParameters: SolveParameters = { ...defaultSolveParameters, estimator: 'sample', correlationShrinkage: 0, ridge: 0 };

const seeds: Readonly<Record<SolverKind, number>> = { oneFactor: 31, fiveFactors: 37, independent: 41, nearCopies: 43 };
const copiesInGroup = 5;

/** Returns of one row, drawn from what each column is made of. */
type Draw = (row: Float64Array) => void;

const ownDeviation = (column: number, columns: number): number => 0.01 + (0.02 * column) / columns;

/** One market with betas around 1, and little of their own: few columns are held at the minimum of variance. */
function oneFactor(columns: number, normal: () => number): Draw {
  const betas = Float64Array.from({ length: columns }, () => 1 + 0.3 * normal());
  return (row) => {
    const market = 0.0003 + 0.009 * normal();
    for (let i = 0; i < columns; i++) row[i] = betas[i]! * market + (ownDeviation(i, columns) - 0.005) * normal();
  };
}

/** Betas of either sign to five factors, and much of their own: most columns are held. */
function fiveFactors(columns: number, normal: () => number): Draw {
  const factors = 5;
  const betas = Float64Array.from({ length: columns * factors }, () => 0.3 * normal());
  const drifts = Float64Array.from({ length: columns }, () => 0.0003 + 0.0002 * normal());
  const moves = new Float64Array(factors);
  return (row) => {
    for (let k = 0; k < factors; k++) moves[k] = 0.01 * normal();
    for (let i = 0; i < columns; i++) {
      let value = drifts[i]! + ownDeviation(i, columns) * normal();
      for (let k = 0; k < factors; k++) value += betas[i * factors + k]! * moves[k]!;
      row[i] = value;
    }
  };
}

function independent(columns: number, normal: () => number): Draw {
  const drifts = Float64Array.from({ length: columns }, () => 0.0003 + 0.0002 * normal());
  return (row) => {
    for (let i = 0; i < columns; i++) row[i] = drifts[i]! + ownDeviation(i, columns) * normal();
  };
}

/** Groups of five columns that are one another but for a hundredth to a thousandth of their deviation, over one market. */
function nearCopies(columns: number, normal: () => number): Draw {
  const groups = Math.ceil(columns / copiesInGroup);
  const betas = Float64Array.from({ length: groups }, () => 1 + 0.3 * normal());
  const misses = Float64Array.from({ length: groups }, (_, group) => 10 ** (-2 - group / Math.max(1, groups - 1)));
  return (row) => {
    const market = 0.0003 + 0.005 * normal();
    for (let group = 0; group < groups; group++) {
      const first = group * copiesInGroup;
      const deviation = ownDeviation(first, columns);
      const shared = betas[group]! * market + deviation * normal();
      for (let i = first; i < Math.min(columns, first + copiesInGroup); i++) row[i] = shared + misses[group]! * deviation * normal();
    }
  };
}

const makers: Readonly<Record<SolverKind, (columns: number, normal: () => number) => Draw>> = {
  oneFactor,
  fiveFactors,
  independent,
  nearCopies,
};

export function solverReturns({ kind, columns, rows }: SolverData): ReturnMatrix {
  const draw = makers[kind](columns, normals(seeds[kind] * 10_007 + columns));
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) draw(values.subarray(row * columns, (row + 1) * columns));
  return { ...labelsOf(columns, rows), values };
}

function labelsOf(columns: number, rows: number): Pick<ReturnMatrix, 'dates' | 'columns'> {
  const dayMs = 86_400_000;
  return {
    dates: Array.from({ length: rows }, (_, row) => new Date(Date.UTC(2000, 0, 1) + row * dayMs).toISOString().slice(0, 10)),
    columns: Array.from({ length: columns }, (_, index) => `S${String(index).padStart(4, '0')}`),
  };
}

type Part = 'returns' | 'covariance' | 'means';
const fileOf = (scratch: string, data: SolverData, part: Part): string => join(scratch, `${dataName(data)}.${part}.f64`);

function readDoubles(file: string): Float64Array {
  const bytes = readFileSync(file);
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Writes returns, and where somebody needs them the yearly moments: little-endian doubles, row after row. */
export function writeSolverData(scratch: string, cases: readonly SolverCase[]): void {
  const write = (data: SolverData, part: Part, values: Float64Array): void =>
    writeFileSync(fileOf(scratch, data, part), Buffer.from(values.buffer));
  for (const data of dataOf(cases)) {
    const returns = solverReturns(data);
    write(data, 'returns', returns.values);
    if (!data.needsMoments) continue;
    write(data, 'covariance', Float64Array.from(covarianceOf(returns, solverParameters).covariance));
    write(
      data,
      'means',
      columnMeans(returns).map((mean) => mean * solverParameters.annualisationDays),
    );
  }
}

export function readSolverReturns(scratch: string, data: SolverData): ReturnMatrix {
  return { ...labelsOf(data.columns, data.rows), values: readDoubles(fileOf(scratch, data, 'returns')) };
}

export interface SolverMoments {
  readonly columns: readonly string[];
  readonly covariance: Float64Array;
  readonly means: Float64Array;
}

export function readSolverMoments(scratch: string, data: SolverData): SolverMoments {
  return {
    columns: labelsOf(data.columns, 0).columns,
    covariance: readDoubles(fileOf(scratch, data, 'covariance')),
    means: readDoubles(fileOf(scratch, data, 'means')),
  };
}
