import type { SleeveAllocationInput } from '../../../../domain/allocation/sleeve/allocation.ts';
import type { SleeveRunOptions } from '../../../../domain/allocation/sleeve/options.ts';
import { scopeOf } from '../../../../domain/allocation/sleeve/scope.ts';
import { resolveProfile } from '../../../../domain/manifest/resolve.ts';
import type { ResolvedProfile } from '../../../../domain/manifest/resolved-schema.ts';
import { parseManifest } from '../../../../domain/manifest/validate.ts';
import type { PriceFile } from '../../../../domain/returns/price-file.ts';
import { rulesInForce } from '../../../../domain/run/rules.ts';
import { priceFile, simulatedPrices } from '../../../support/prices.ts';
import { type LooseManifest, smallManifest } from '../../../support/small-market.ts';

/** A small sleeve of stocks with a benchmark, simulated. */

export const defaultRunOptions: SleeveRunOptions = { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} };

export function stocks(change?: (manifest: LooseManifest) => void): ResolvedProfile {
  return resolveProfile(parseManifest(smallManifest(change), 'manifest.json'), 'stocks');
}

export const symbols = ['NYSE:AAA', 'NYSE:BBB', 'NASDAQ:CCC', 'AMEX:SPY'];

export function prices(named: readonly string[] = symbols, last = '2022-12-30', file = 'stocks.csv'): PriceFile {
  return priceFile(file, simulatedPrices({ symbols: named, first: '2022-04-01', last, seed: 7 }));
}

export function input(
  files: readonly PriceFile[] = [prices()],
  options: Partial<SleeveRunOptions> = {},
  resolved: ResolvedProfile = stocks(),
  rules: number = rulesInForce,
): SleeveAllocationInput {
  const asked = { ...defaultRunOptions, ...options };
  const scope = scopeOf({ resolved, options: asked, files, leftOut: [], rules });
  return { resolved, options: asked, scope, rules };
}
