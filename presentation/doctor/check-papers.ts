import { hierarchicalRiskParity } from '../../domain/risk/hierarchical-risk-parity.ts';
import { maxSharpe } from '../../domain/risk/max-sharpe.ts';
import { minVariance } from '../../domain/risk/min-variance.ts';
import { riskParity } from '../../domain/risk/risk-parity.ts';
import type { SymbolWeight } from '../../domain/returns/series.ts';
import { type Spectrum, spectrumOf } from '../../domain/risk/spectrum.ts';
import { type PaperCase, paperCases } from './paper-cases.ts';

export interface PaperResult {
  readonly name: string;
  readonly source: string;
  readonly passed: boolean;
  /** Largest absolute difference of a weight. */
  readonly difference: number;
  readonly tolerance: number;
  /** Of the paper's covariance, by another library than the solvers'. */
  readonly spectrum: Spectrum;
}

function solved(paper: PaperCase, columns: readonly string[]): readonly SymbolWeight[] {
  const size = columns.length;
  const covariance = Float64Array.from(paper.covariance.flat());
  switch (paper.method) {
    case 'risk_parity':
      return riskParity({ covariance, columns }).weights;
    case 'min_variance':
      return minVariance({ covariance, columns, ridge: 0 }).weights;
    case 'max_sharpe':
      return maxSharpe({ covariance, means: paper.means!, columns })?.weights ?? [];
    case 'hrp': {
      const deviation = paper.covariance.map((row, i) => Math.sqrt(row[i]!));
      const correlation = covariance.map((entry, at) => {
        const i = Math.floor(at / size);
        const j = at % size;
        return i === j ? 1 : entry / (deviation[i]! * deviation[j]!);
      });
      return hierarchicalRiskParity({
        covariance,
        correlation,
        columns,
        parameters: { distance: 'euclidean_of_d', linkage: 'single', leafOrder: 'plain' },
      }).weights;
    }
  }
}

/** The literature's examples on the build at hand. */
export function checkPapers(): PaperResult[] {
  return paperCases.map((paper) => {
    const columns = paper.weights.map((_, index) => `asset${index}`);
    const weights = solved(paper, columns);
    const difference = Math.max(
      ...paper.weights.map((expected, index) =>
        Math.abs(expected - (weights.find(({ symbol }) => symbol === columns[index])?.weight ?? Number.NaN)),
      ),
    );
    return {
      name: paper.name,
      source: paper.source,
      passed: difference <= paper.tolerance,
      difference,
      tolerance: paper.tolerance,
      spectrum: spectrumOf(Float64Array.from(paper.covariance.flat()), columns.length),
    };
  });
}
