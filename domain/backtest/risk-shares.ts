import { multipliedShares, pathVariance } from '../metrics/contribution.ts';
import { rowsOf } from '../returns/matrix.ts';
import type { IsoDate } from '../returns/series.ts';
import { type EstimatorParameters, estimateCovariance } from '../risk/covariance.ts';
import type { WindowRows } from '../walk-forward/walk-forward.ts';
import type { MetaDecision } from './decisions.ts';
import type { DecidedHolder, LeafPath } from './holders.ts';
import type { JoinedAssets } from './joined-assets.ts';

/**
 * Contribution to risk over time, ex ante (Euler's decomposition): a row for each decision, a share for each leaf path. A row sums to 1; it
 * is null where there is no variance to share.
 */
export interface RiskShareHistory {
  /** As the optimisers saw risk: a sleeve's share by the covariance of the decision, an asset's within it by the sleeve's own. */
  readonly optimiser: readonly (Float64Array | null)[];
  /** By one covariance of the distinct assets, on the training rows of the decision. */
  readonly joint: readonly (Float64Array | null)[];
}

/** Shares of all leaf paths, from those of the holders and those within each holder. */
export function sharesWithin(ofHolders: readonly number[] | null, holders: readonly DecidedHolder[]): Float64Array | null {
  if (ofHolders === null) return null;
  return multipliedShares(
    holders.map((holder, index) => ({ share: ofHolders[index]!, size: holder.paths.length, within: holder.riskShares() })),
  );
}

/** Notes the optimisers' shares at the close of each decision. It moves with the book, behind it. */
export class OptimiserShares {
  readonly rows: (Float64Array | null)[] = [];
  readonly #decisions: readonly Pick<MetaDecision, 'newestRead' | 'riskShares'>[];
  readonly #holders: readonly DecidedHolder[];

  constructor(decisions: readonly Pick<MetaDecision, 'newestRead' | 'riskShares'>[], holders: readonly DecidedHolder[]) {
    this.#decisions = decisions;
    this.#holders = holders;
  }

  step(date: IsoDate): void {
    const decision = this.#decisions[this.rows.length];
    if (decision?.newestRead === date) this.rows.push(sharesWithin(decision.riskShares, this.#holders));
  }
}

/**
 * Shares by one covariance: the estimator of the portfolio on the training rows of each decision, joined returns of the assets; `weights`
 * are those of the leaf paths from its close on.
 */
export function jointShares(
  { assets, matrix }: JoinedAssets,
  windows: readonly Pick<WindowRows, 'trainFirst' | 'testFirst'>[],
  parameters: EstimatorParameters,
  paths: readonly LeafPath[],
  weights: readonly Float64Array[],
): (Float64Array | null)[] {
  const places = new Map(assets.map(({ path }, place) => [path.atom, place]));
  const placeOfPath = Int32Array.from(paths, ({ atom }) => places.get(atom)!);
  return windows.map(({ trainFirst, testFirst }, index) => {
    const { covariance } = estimateCovariance(rowsOf(matrix, trainFirst, testFirst), parameters);
    return pathVariance(weights[index]!, placeOfPath, covariance, assets.length).shares;
  });
}
