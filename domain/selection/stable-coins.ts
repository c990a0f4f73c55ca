import { linearQuantile } from '../returns/quantile.ts';
import { sampleMoments } from '../returns/sample-moments.ts';
import { baseAssetOf, isCoin } from './identity.ts';

/** Coins that are meant to stay at the price of a currency. A change of the list is a new version. */
export const stableCoins = {
  version: 1,
  bases: [
    'AEUR',
    'BUSD',
    'CRVUSD',
    'DAI',
    'EURC',
    'EURI',
    'EURS',
    'EURT',
    'FDUSD',
    'FRAX',
    'GHO',
    'GUSD',
    'LUSD',
    'MIM',
    'PAX',
    'PYUSD',
    'RLUSD',
    'SUSD',
    'TUSD',
    'USD1',
    'USDC',
    'USDD',
    'USDE',
    'USDP',
    'USDS',
    'USDT',
    'UST',
    'USTC',
    'XUSD',
  ],
} as const;

const listed: ReadonlySet<string> = new Set(stableCoins.bases);
const pegWidth = 0.02;
const pegVolatility = 0.05;

/** The last closes of a coin and the returns between them. */
export interface CoinPrices {
  readonly closes: Float64Array;
  readonly returns: Float64Array;
  readonly annualisationDays: number;
}

/** Median close within 2 % of 1, annualised volatility below .05. */
function isPegged({ closes, returns, annualisationDays }: CoinPrices): boolean {
  const known = closes.filter((close) => !Number.isNaN(close));
  const { deviation } = sampleMoments(returns);
  if (known.length === 0 || deviation === null) return false;
  return Math.abs(linearQuantile(known.toSorted(), 0.5) - 1) <= pegWidth && deviation * Math.sqrt(annualisationDays) < pegVolatility;
}

/** Why a symbol counts as a stable coin: its base is listed, or its price says so; null where it does not. Only coins can. */
export function stableCoinOf(symbol: string, prices: CoinPrices): 'listed' | 'pegged' | null {
  if (!isCoin(symbol)) return null;
  if (listed.has(baseAssetOf(symbol))) return 'listed';
  return isPegged(prices) ? 'pegged' : null;
}
