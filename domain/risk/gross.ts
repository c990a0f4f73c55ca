import type { SymbolWeight } from '../returns/series.ts';
import { type ErrorLocation, LedgerError } from '../shared/errors.ts';

/** Gross exposure is the sum of |w|, as a fraction of equity. */

/** Where no profile declares another bound: the sum that the specification lets a portfolio file reach. */
export const grossMaxDefault = 1.05;
/** Less than this is nothing: the tolerance within which the sources conserve gross exposure. */
const grossMin = 1e-6;
/** Of a sum of weights against its bound. */
const rounding = 1e-9;
/** How far from 100 percent of equity weights may sum that were meant as percent. */
const percentSlack = 0.05;

export type GrossReason = 'gross_exceeded' | 'no_weights';

export interface GrossFault {
  readonly reason: GrossReason;
  /** The sum of |w|; Infinity where it is beyond any number, NaN where a weight is none. */
  readonly gross: number;
  /** The same weights divided by 100 would be a whole portfolio. */
  readonly looksLikePercent: boolean;
}

function isNearWhole(fraction: number, grossMax: number): boolean {
  return fraction >= 1 - percentSlack && fraction <= Math.max(1 + percentSlack, grossMax);
}

/**
 * What is wrong with the size of weights; null when nothing is. A fault is a gross exposure above `grossMax`, one that is no number, or one
 * so small that nothing is held.
 */
export function grossFault(weights: readonly number[], grossMax: number): GrossFault | null {
  let gross = 0;
  let net = 0;
  for (const weight of weights) {
    gross += Math.abs(weight);
    net += weight;
  }
  if (gross < grossMin) return { reason: 'no_weights', gross, looksLikePercent: false };
  if (gross <= grossMax + rounding) return null;
  const looksLikePercent = isNearWhole(gross / 100, grossMax) || isNearWhole(Math.abs(net) / 100, 1);
  return { reason: 'gross_exceeded', gross, looksLikePercent };
}

/**
 * The one decision about the size of weights: whether they were solved here, imported, or reported by a message. `of` names the weights as
 * the user knows them. Errors: WeightsRefused, whose message begins with `gross_exceeded` or `no_weights`.
 */
export function requireGross(weights: readonly SymbolWeight[], grossMax: number, of: string, at: ErrorLocation = {}): void {
  const fault = grossFault(
    weights.map(({ weight }) => weight),
    grossMax,
  );
  if (fault === null) return;
  const { reason, gross, looksLikePercent } = fault;
  const why =
    reason === 'no_weights'
      ? `${of} holds nothing: the sum of |weight| is ${gross}`
      : `the sum of |weight| of ${of} is ${gross}, and at most ${grossMax} is taken${looksLikePercent ? ': percent?' : ''}`;
  throw new LedgerError('WeightsRefused', `${reason}: ${why}`, {
    evidence: { reason, gross: String(gross), grossMax, looksLikePercent },
    at,
  });
}
