/** Laws of directions: what atoms earn is what their flattened symbols earn, and every reader finds the same symbol in an atom. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { flatten, physicalSymbol } from '../../domain/allocation/flatten.ts';
import { flattenAtoms, parseAtom } from '../../domain/selection/atoms.ts';
import { atomOf, heldStreams } from '../../domain/sleeve-selection/streams.ts';
import { propertyRuns } from '../support/property-runs.ts';

const tickers = ['NYSE:AAA', 'CME_MINI:ES1!', 'BINANCE:BTCUSDT.P', 'FX_IDC:EURUSD', 'CRYPTO:DOGEUSD'];
const strategy = fc.constantFrom('trend_following', 'mean_reversion', 'ma', 'rating_all_2');
const day = fc.array(fc.integer({ min: -99, max: 400 }), { minLength: tickers.length, maxLength: tickers.length });
const weights = fc.array(fc.nat(1000), { minLength: 2 * tickers.length, maxLength: 2 * tickers.length });
const sleeveWeight = fc.integer({ min: 1, max: 1000 }).map((step) => step / 1000);

describe('directions', () => {
  test('flattened atoms earn what their streams earn on a day, and hold the same exposure', () => {
    fc.assert(
      fc.property(strategy, day, weights, sleeveWeight, (logic, percents, steps, share) => {
        const raw = { dates: ['2021-01-28'], columns: tickers, values: Float64Array.from(percents, (percent) => percent / 100) };
        const { columns, values } = heldStreams(raw, { hasDirections: true, strategy: logic });
        const portfolio = columns.map((symbol, at) => ({ symbol, weight: steps[at]! / 10_000 }));
        const flat = flatten([{ path: ['desk'], runId: 'run', weights: [share], portfolio }]);
        const earned = portfolio.reduce((sum, { weight }, at) => sum + share * weight * values[at]!, 0);
        const returnOf = (symbol: string): number => raw.values[tickers.indexOf(symbol)]!;
        // A short loses at most itself, so a position counts for itself and not only in the net of its symbol.
        const held = flat.assets.flatMap(({ symbol, contributors }) =>
          contributors.map(({ amount }) => amount * (amount < 0 ? Math.min(returnOf(symbol), 1) : returnOf(symbol))),
        );
        expect(Math.abs(held.reduce((sum, pnl) => sum + pnl, 0) - earned)).toBeLessThanOrEqual(1e-12);
        if (percents.every((percent) => percent <= 100)) {
          const net = flat.assets.reduce((sum, { symbol, weight }) => sum + weight * returnOf(symbol), 0);
          expect(Math.abs(net - earned)).toBeLessThanOrEqual(1e-12);
        }
        const alone = flattenAtoms(new Map(portfolio.map(({ symbol, weight }) => [symbol, share * weight])));
        expect(Math.abs(flat.nettedExposure - alone.nettedExposure)).toBeLessThanOrEqual(1e-12);
        for (const { symbol, weight } of flat.assets)
          expect(Math.abs(weight - alone.assets.find((asset) => asset.symbol === symbol)!.net)).toBeLessThanOrEqual(1e-15);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test('every reader of an atom finds its symbol and its sign', () => {
    fc.assert(
      fc.property(fc.constantFrom(...tickers), strategy, fc.constantFrom('LONG' as const, 'SHORT' as const), (symbol, logic, direction) => {
        const atom = atomOf(symbol, logic, direction);
        expect(parseAtom(atom)).toEqual({ symbol, logic, direction, timescale: null });
        expect(physicalSymbol(atom)).toEqual({ symbol, sign: direction === 'SHORT' ? -1 : 1 });
      }),
    );
  });
});
