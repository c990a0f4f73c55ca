/**
 * Our kernels and ml-matrix on the same 500 assets in one process: `npx tsx bench/ml-matrix.ts` prints a line of JSON.
 * The figures stand in docs/decisions/0019.
 */
import { CholeskyDecomposition, covariance, Matrix } from 'ml-matrix';
import { cholesky } from '../domain/risk/cholesky.ts';
import { sampleCovariance } from '../domain/risk/covariance.ts';
import { spectrumOf } from '../domain/risk/spectrum.ts';
import { measure } from './measure.ts';
import { simulatedReturns } from './returns.ts';

const times = { warmUps: 3, repetitions: 11 };
const returns = simulatedReturns('large');
const size = returns.columns.length;
const rows = Matrix.from1DArray(returns.dates.length, size, returns.values);
const matrix = sampleCovariance(returns);
const square = Matrix.from1DArray(size, size, matrix);

const works = {
  covarianceOurs: () => sampleCovariance(returns)[0]!,
  covarianceMlMatrix: () => covariance(rows).get(0, 0),
  choleskyOurs: () => Number(cholesky(matrix, size).ok),
  choleskyMlMatrix: () => Number(new CholeskyDecomposition(square).isPositiveDefinite()),
  eigenvaluesMlMatrix: () => spectrumOf(matrix, size).eigenvalueMin,
};

const figures: Record<string, number> = {};
for (const [name, work] of Object.entries(works)) figures[name] = Number((await measure(work, times)).timing.medianMs.toFixed(1));
process.stdout.write(`${JSON.stringify({ assets: size, days: returns.dates.length, medianMs: figures })}\n`);
