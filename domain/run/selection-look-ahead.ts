import type { PricesAsked } from './price-input.ts';
import { scansAfter } from './scanned-universe.ts';

/** `selection look-ahead`: rows of prices from before the scan that chose the symbols are tested. */
export interface SelectionLookAhead {
  /** The first price row that is used. */
  readonly first: string;
  /** `scanner@date`, of the scans that were made after it. */
  readonly scans: readonly string[];
}

/** What a test on prices knew of them by its universe; null where the symbols came from no scan, or from earlier ones. */
export function selectionLookAheadOf({ universe }: Pick<PricesAsked, 'universe'>, first: string): SelectionLookAhead | null {
  const scans = scansAfter(universe?.scans ?? [], first).map(({ scanner, asOf }) => `${scanner}@${asOf}`);
  return scans.length === 0 ? null : { first, scans };
}

/** The label in words. */
export function selectionLookAheadInWords({ first, scans }: SelectionLookAhead): string {
  return `selection look-ahead: ${scans.join(', ')} chose its symbols, and prices are used from ${first}`;
}
