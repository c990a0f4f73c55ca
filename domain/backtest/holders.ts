import { physicalSymbol } from '../allocation/flatten.ts';
import { rowsOf } from '../returns/matrix.ts';
import type { IsoDate, ReturnMatrix } from '../returns/series.ts';
import { pathVariance } from '../metrics/contribution.ts';
import { selectColumns } from '../risk/columns.ts';
import { type EstimatorParameters, estimateCovariance } from '../risk/covariance.ts';
import type { RebalanceMode } from '../walk-forward/walk-forward.ts';
import type { SleeveWalk } from './sleeve-job.ts';

/** A leaf of a book: one asset of one sleeve, by the way down to it. */
export interface LeafPath {
  /** Sleeve ids from the root down, then the asset as its sleeve names it, joined by `/`. */
  readonly key: string;
  /** The asset as its sleeve names it. */
  readonly atom: string;
  readonly symbol: string;
  /** -1 where the asset is held short: its return is that of the short position. */
  readonly sign: 1 | -1;
  /** Slippage plus commission of its sleeve, as a fraction of the value traded. */
  readonly costFraction: number;
}

/** Something that a book holds, moved from date to date. Weights are fractions of its own equity, aligned to its paths. */
export interface Holder {
  readonly paths: readonly LeafPath[];
  /** Dates on which it has a return, ascending. */
  readonly dates: readonly IsoDate[];
  /** Returns of its paths over the date; 0 for one without a row. */
  readonly returns: Float64Array;
  /** Its own return over the date, before costs. */
  readonly gross: number;
  /** Held into the date; drifted to its close; held from its close on. */
  readonly opened: Float64Array;
  readonly drifted: Float64Array;
  readonly held: Float64Array;
  /** Moves over a date of any calendar, in ascending order, and trades at its close. */
  readonly step: (date: IsoDate) => void;
}

/** Something whose own holdings were decided: it says how they share its risk. */
export interface DecidedHolder extends Holder {
  /** Share of each of its paths in its ex-ante variance, as held now, by the covariance it was last decided by; null where that is 0. */
  readonly riskShares: () => ArrayLike<number> | null;
}

export function leafPath(key: readonly string[], atom: string, costFraction: number): LeafPath {
  const { symbol, sign } = physicalSymbol(atom);
  return { key: [...key, atom].join('/'), atom, symbol, sign, costFraction };
}

export interface HeldSleeve {
  readonly path: readonly string[];
  /** What its windows were run on. */
  readonly returns: ReturnMatrix;
  /** Places of the columns that each window may hold, null in one that holds cash; null itself where every column may be held. */
  readonly choices: readonly (readonly number[] | null)[] | null;
  readonly walk: SleeveWalk;
  readonly trainWindow: number;
  readonly estimator: EstimatorParameters['estimator'];
  readonly mode: RebalanceMode;
  readonly costFraction: number;
}

/** Of the columns that a window may hold, 0 for the others: an estimator that shrinks is not to see what the optimiser did not. */
function covarianceAmong(training: ReturnMatrix, columns: readonly number[] | null, parameters: EstimatorParameters): Float64Array {
  const size = training.columns.length;
  const whole = new Float64Array(size * size);
  if (columns === null) return whole;
  const { covariance } = estimateCovariance(selectColumns(training, columns), parameters);
  columns.forEach((row, i) => columns.forEach((column, j) => (whole[row * size + column] = covariance[i * columns.length + j]!)));
  return whole;
}

/**
 * A sleeve with the windows of its walk-forward: a window trades at the close of the row before its first, and drifts by (1+r)/(1+pnl), as
 * in `simulateWindow`.
 */
export class SleeveHolder implements DecidedHolder {
  readonly paths: readonly LeafPath[];
  readonly dates: readonly IsoDate[];
  readonly returns: Float64Array;
  readonly opened: Float64Array;
  readonly drifted: Float64Array;
  readonly held: Float64Array;
  gross = 0;
  readonly #sleeve: HeldSleeve;
  #row: number;
  readonly #endRow: number;
  #window = 0;
  /** Each column is an asset of its own. */
  readonly #columns: Int32Array;
  #seen: { readonly window: number; readonly covariance: Float64Array } | null = null;

  constructor(sleeve: HeldSleeve) {
    const { columns } = sleeve.returns;
    const { windows, dates } = sleeve.walk;
    this.#sleeve = sleeve;
    this.paths = columns.map((atom) => leafPath(sleeve.path, atom, sleeve.costFraction));
    this.dates = dates;
    this.#row = windows[0]!.firstRow;
    this.#endRow = this.#row + dates.length;
    this.returns = new Float64Array(columns.length);
    this.opened = new Float64Array(columns.length);
    this.drifted = new Float64Array(columns.length);
    this.held = Float64Array.from(windows[0]!.weights);
    this.#columns = Int32Array.from(columns, (_, column) => column);
  }

  step(date: IsoDate): void {
    const { held, opened, drifted, returns } = this;
    opened.set(held);
    if (this.#row >= this.#endRow || this.#sleeve.returns.dates[this.#row] !== date) {
      this.gross = 0;
      returns.fill(0);
      drifted.set(held);
      return;
    }
    const width = held.length;
    const offset = this.#row * width;
    const { values } = this.#sleeve.returns;
    let gross = 0;
    for (let column = 0; column < width; column++) {
      returns[column] = values[offset + column]!;
      gross += held[column]! * returns[column]!;
    }
    const growth = 1 + gross;
    for (let column = 0; column < width; column++) drifted[column] = (held[column]! * (1 + returns[column]!)) / growth;
    this.gross = gross;
    this.#row += 1;
    this.#trade();
  }

  /** At the close of the row just passed: to the target of the window that begins with the next, or back to the one in force. */
  #trade(): void {
    const { windows } = this.#sleeve.walk;
    const begins = windows[this.#window + 1]?.firstRow === this.#row;
    if (begins) this.#window += 1;
    const trades = begins || (this.#sleeve.mode === 'daily' && this.#row < this.#endRow);
    this.held.set(trades ? windows[this.#window]!.weights : this.drifted);
  }

  riskShares(): ArrayLike<number> | null {
    return pathVariance(this.held, this.#columns, this.#covariance(), this.held.length).shares;
  }

  /** What the window in force was solved by; shares do not depend on its period. */
  #covariance(): Float64Array {
    const window = this.#window;
    if (this.#seen?.window === window) return this.#seen.covariance;
    const { walk, returns, choices, trainWindow, estimator } = this.#sleeve;
    const { firstRow, correlationShrinkage } = walk.windows[window]!;
    const training = rowsOf(returns, firstRow - trainWindow, firstRow);
    const parameters = { estimator, correlationShrinkage, annualisationDays: 1 };
    const covariance =
      choices === null ? estimateCovariance(training, parameters).covariance : covarianceAmong(training, choices[window]!, parameters);
    this.#seen = { window, covariance };
    return covariance;
  }
}

/** One asset by itself, for a book that holds assets and no sleeves. */
export class AssetHolder implements Holder {
  readonly paths: readonly [LeafPath];
  readonly dates: readonly IsoDate[];
  readonly returns = new Float64Array(1);
  readonly opened = Float64Array.of(1);
  readonly drifted = Float64Array.of(1);
  readonly held = Float64Array.of(1);
  gross = 0;
  readonly #matrix: ReturnMatrix;
  readonly #column: number;
  #row = 0;

  constructor(path: LeafPath, matrix: ReturnMatrix, column: number) {
    this.paths = [path];
    this.dates = matrix.dates;
    this.#matrix = matrix;
    this.#column = column;
  }

  step(date: IsoDate): void {
    const { dates, columns, values } = this.#matrix;
    while (this.#row < dates.length && dates[this.#row]! < date) this.#row += 1;
    this.gross = dates[this.#row] === date ? values[this.#row * columns.length + this.#column]! : 0;
    this.returns[0] = this.gross;
  }
}
