import { isRoundTheClock, knownCalendarOf } from '../returns/calendar.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { selects } from './executable.ts';
import type { ResolvedProfile } from './resolved-schema.ts';

/** The one exchange of coins that production sleeves hold; the others, and prices aggregated over several, are for research. */
export const productionVenue = 'BINANCE';

type Claiming = Pick<ResolvedProfile, 'selectionMode' | 'provenance'>;

function isForeign(symbol: string): boolean {
  const calendar = knownCalendarOf(symbol);
  return calendar !== null && isRoundTheClock(calendar) && !symbol.startsWith(`${productionVenue}:`);
}

/** Symbols that trade round the clock on another venue, in code-unit order. */
export function foreignVenues(symbols: readonly string[]): string[] {
  return [...new Set(symbols.filter(isForeign))].toSorted(byCodeUnits);
}

/**
 * Whether a profile is one of production by its own words: it selects, or its manifest writes `data.research`. A profile without a
 * selection that says nothing of research is older than the rule, and goes on as before.
 */
export function claimsVenueRule({ selectionMode, provenance }: Claiming): boolean {
  return selects({ selectionMode }) || (provenance['data.research']?.layer ?? 'code') !== 'code';
}

/** Holds the symbols of a sleeve against the venue of production, where its profile is under the rule. Errors: VenueForeign. */
export function requireVenues(resolved: Pick<ResolvedProfile, 'profile' | 'blocks'> & Claiming, symbols: readonly string[]): void {
  if (resolved.blocks.data.research || !claimsVenueRule(resolved)) return;
  const foreign = foreignVenues(symbols);
  if (foreign.length === 0) return;
  const shown = foreign.slice(0, 5).join(', ');
  const more = foreign.length > 5 ? ` and ${foreign.length - 5} more` : '';
  throw new LedgerError(
    'VenueForeign',
    `Profile ${resolved.profile} is for production, which holds coins of ${productionVenue} only: ${shown}${more}`,
    { evidence: { symbols: foreign, venue: productionVenue }, at: { path: resolved.provenance['data.research']?.at ?? foreign[0]! } },
  );
}
