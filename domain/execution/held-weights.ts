import { drift, moveTo, pnlOf } from '../walk-forward/execution.ts';
import { LedgerError } from '../shared/errors.ts';
import type { ExecutionSettings } from './settings.ts';

/** What trading an asset moves, as known at a close: `volatility` is a day's, `dailyValue` money a day. Aligned to the columns. */
export interface Liquidity {
  readonly volatility: Float64Array;
  readonly dailyValue: Float64Array;
}

/** The weights that are held while rows go by, and what happens to them: one book of columns. Pure but for its own arrays. */
export class HeldWeights {
  readonly current: Float64Array;
  readonly #reference: Float64Array;
  readonly #signs: Int8Array | null;
  readonly #settings: ExecutionSettings;

  /** `signs` is -1 for a column whose stream is a short of its asset, else 1; null when there is none. */
  constructor(width: number, signs: Int8Array | null, settings: ExecutionSettings) {
    this.current = new Float64Array(width);
    this.#reference = new Float64Array(width);
    this.#signs = signs;
    this.#settings = settings;
  }

  /** What a target is compared with, for turnover and impact. */
  before(): Float64Array {
    return this.#settings.turnoverFrom === 'held' ? this.current : this.#reference;
  }

  /**
   * Σ Y σ √(|Δw| aum equity / ADV) |Δw| of a trade to the target (the square-root law, as in Almgren, Thum, Hauptmann and Li 2005 with
   * exponent one half). `equity` is the book's at the close of the trade, 1 at the beginning.
   */
  impactOf(target: ArrayLike<number>, liquidity: Liquidity, equity: number): number {
    const { impact } = this.#settings;
    if (impact === null) return 0;
    const before = this.before();
    let sum = 0;
    for (let column = 0; column < before.length; column++) {
      const size = Math.abs(target[column]! - before[column]!);
      if (size === 0) continue;
      const share = (size * impact.assetsUnderManagement * equity) / liquidity.dailyValue[column]!;
      sum += impact.coefficient * liquidity.volatility[column]! * Math.sqrt(share) * size;
    }
    return sum;
  }

  /** Trades to the target; answers the two-sided turnover. */
  trade(target: ArrayLike<number>): number {
    if (this.#settings.turnoverFrom === 'held') return moveTo(this.current, target);
    const turnover = moveTo(this.#reference, target);
    this.current.set(target);
    return turnover;
  }

  /** Physical weights: long and short sums, both at or above zero. */
  exposure(): { readonly long: number; readonly short: number } {
    let long = 0;
    let short = 0;
    for (let column = 0; column < this.current.length; column++) {
      const weight = this.current[column]! * (this.#signs?.[column] ?? 1);
      if (weight > 0) long += weight;
      else short -= weight;
    }
    return { long, short };
  }

  /** Errors: IntegrityFailed where the logarithm of a held return does not exist. */
  pnl(values: Float64Array, offset: number, nameOf: (column: number) => string): number {
    if (this.#settings.returnKind === 'simple') return pnlOf(this.current, values, offset);
    let pnl = 0;
    for (let column = 0; column < this.current.length; column++) {
      const weight = this.current[column]!;
      const value = values[offset + column]!;
      if (weight === 0) continue;
      if (value <= -1)
        throw new LedgerError('IntegrityFailed', `${nameOf(column)}: a return of ${value} has no logarithm`, {
          evidence: { return: value },
          at: { path: nameOf(column) },
        });
      pnl += weight * Math.log1p(value);
    }
    return pnl;
  }

  /** Σ 2h|r| over columns that are shorts of constant notional. */
  resetOfShorts(values: Float64Array, offset: number): number {
    if (this.#signs === null) return 0;
    let sum = 0;
    for (let column = 0; column < this.current.length; column++)
      if (this.#signs[column] === -1) sum += 2 * Math.abs(this.current[column]! * values[offset + column]!);
    return sum;
  }

  drift(values: Float64Array, offset: number, growth: number): void {
    if (this.#settings.holding === 'drift') drift(this.current, values, offset, growth);
  }

  /** Nothing is left to hold. */
  ruin(): void {
    this.current.fill(0);
  }
}
